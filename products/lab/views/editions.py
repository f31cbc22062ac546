"""Editions of the suite in the laboratory: drafts are approved, published, and retired when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from products.lab.forms import Act, EditionForm, PublishForm, RetireForm
from products.lab.views.access import lab_page
from products.orders.services import withdraw_edition
from products.suites.models import Edition
from products.suites.permissions import can_approve_editions, can_edit_editions
from products.suites.selectors import editions_visible_to, is_last_in_force, version_of
from products.suites.services import approve_edition, publish_edition
from products.suites.states import TRANSITIONS
from wapicert.errors import DomainError
from wapicert.forms import show_refusal

VERBS: dict[str, tuple[Any, type[Form], Callable[..., Edition]]] = {
    "approve": (pgettext_lazy("版本", "批准"), EditionForm, approve_edition),
    "publish": (pgettext_lazy("版本", "发布"), PublishForm, publish_edition),
    "retire": (pgettext_lazy("版本", "停用"), RetireForm, withdraw_edition),
}


@require_GET
@lab_page
def show_editions(request: HttpRequest, user: User) -> HttpResponseBase:
    """All editions, drafts included, with what this person may do with each."""
    return _page(request, user)


@require_POST
@lab_page
def move_edition(request: HttpRequest, user: User, slug: str, verb: str) -> HttpResponseBase:
    """Approve, publish or retire; a refusal comes back beside what was typed."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    if verb not in VERBS:
        raise Http404
    label, kind, service = VERBS[verb]
    form = kind(request.POST, auto_id=f"{slug}_{verb}_%s")
    if not form.is_valid():
        return _page(request, user, (slug, verb, form), 422)
    try:
        service(edition=edition, actor=user, **form.cleaned_data)
    except DomainError as error:
        show_refusal(form, error)
        return _page(request, user, (slug, verb, form), error.status)
    messages.success(request, _("已完成：%(verb)s。") % {"verb": label})
    return redirect("lab-editions")


def _page(
    request: HttpRequest, user: User, refused: tuple[str, str, Form] | None = None, status: int = 200
) -> HttpResponseBase:
    editions = editions_visible_to(user).select_related("edited_by", "approved_by", "predecessor", "replaced_by")
    rows = [{"edition": edition, "acts": _acts(user, edition, refused),
             "is_draft": edition.status in TRANSITIONS["edit"].sources} for edition in editions]
    context = {"rows": rows, "may_edit": can_edit_editions(user)}
    return render(request, "products/lab/editions.html", context, status=status)


def _acts(user: User, edition: Edition, refused: tuple[str, str, Form] | None) -> list[Act]:
    """What may be done now; a form that came back refused stays, though its time may have passed."""
    back = {refused[1]: refused[2]} if refused and refused[0] == edition.slug else {}
    acts = []
    for verb, (label, kind, _service) in VERBS.items():
        is_open = can_approve_editions(user) and edition.status in TRANSITIONS[verb].sources
        if is_open or verb in back:
            fresh = {name: getattr(edition, name) for name in kind.base_fields if hasattr(edition, name)}
            fresh["seen"] = version_of(edition)
            form = back.get(verb) or kind(initial=fresh, auto_id=f"{edition.slug}_{verb}_%s")
            if isinstance(form, RetireForm) and not form.is_bound:
                form.ask_about(edition, has_others=not is_last_in_force(edition, timezone.localdate()))
            address = reverse("lab-edition-move", args=[edition.slug, verb])
            acts.append(Act(label, address, form, tone="danger" if verb == "retire" else ""))
    return acts
