"""The member's webhooks: register one, see what was told, end it, enable it again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from members.people.models import User
from products.portal.forms import WebhookForm
from products.portal.views.access import member_page
from products.webhooks.selectors import webhooks_visible_to
from products.webhooks.services import enable_webhook, end_webhook, register_webhook, secret_of
from products.webhooks.states import Event
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

SHOWN = 10
VERBS = {"end": end_webhook, "enable": enable_webhook}


@never_cache
@member_page
def show_webhooks(request: HttpRequest, user: User) -> HttpResponseBase:
    """All of the company's that were not ended; a POST registers one, whose secret this one answer shows."""
    form = WebhookForm(request.POST or None)
    if request.method != "POST":
        return _page(request, user, form)
    if not form.is_valid():
        return _page(request, user, form, status=422)
    try:
        made = register_webhook(actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, form, status=error.status)
    return _page(request, user, WebhookForm(), secret=secret_of(made))


@require_POST
@member_page
def act_on_webhook(request: HttpRequest, user: User, pk: str, verb: str) -> HttpResponseBase:
    """End it, or enable it again."""
    if verb not in VERBS:
        raise Http404
    webhook = get_object_or_404(webhooks_visible_to(user), pk=pk)
    try:
        VERBS[verb](webhook=webhook, actor=user)
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, WebhookForm(), status=error.status)
    messages.success(request, _("已记录。"))
    return redirect("portal-webhooks")


def _page(
    request: HttpRequest, user: User, form: WebhookForm, *, secret: str = "", status: int = 200
) -> HttpResponseBase:
    kept = webhooks_visible_to(user).filter(ended_at__isnull=True)
    rows = [{"webhook": one, "events": [Event(event).label for event in one.events],
             "deliveries": list(one.deliveries.all()[:SHOWN])}
            for one in kept]
    return render(request, "products/portal/webhooks.html", {"rows": rows, "form": form, "secret": secret},
                  status=status)
