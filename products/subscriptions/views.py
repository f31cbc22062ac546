"""Pages to follow a device, a company or a search by e-mail: ask, confirm, leave."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from products.subscriptions.errors import NothingToFollow
from products.subscriptions.forms import FollowFilter, SubscribeForm
from products.subscriptions.services import (
    ask_subscription,
    confirm_subscription,
    leave_subscription,
    subscription_to_confirm,
    subscription_to_leave,
    what_of,
)
from products.suites.rendering import name_of
from wapicert.errors import DomainError
from wapicert.forms import show_refusal
from wapicert.tracing import client_address

PAGE = "products/subscriptions/"


class Wanted(NamedTuple):
    """What somebody wants to follow: as `ask_subscription` takes it, in words, and as hidden fields."""

    wanted: dict[str, Any]
    what: str
    kept: list[tuple[str, str]]


def target_of(given: QueryDict) -> Wanted:
    """The device, or else the search, or else the company that was given; raises NothingToFollow without any."""
    asked = SubscribeForm({"email": "x@example.com", "device": given.get("device")})
    asked.full_clean()
    if device := asked.cleaned_data.get("device"):
        return Wanted({"listing": device}, device.model or device.listing_number, [])
    search = FollowFilter(given)
    if search.is_search:
        words = search.values.get("q") or ""
        wanted = {"words": words, "filters": search.text, "description": search.description}
        return Wanted(wanted, search.description, [("q", words), *search.pairs] if words else search.pairs)
    if company := search.values.get("company"):
        return Wanted({"company": company}, name_of(company), search.pairs)
    raise NothingToFollow


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask to be told about a `device`, a `company` or what a search finds; the answer tells of nobody else."""
    given = request.POST if request.method == "POST" else request.GET
    form = SubscribeForm(request.POST) if request.method == "POST" else SubscribeForm(initial=request.GET.dict())
    target = target_of(given)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            ask_subscription(email=form.cleaned_data["email"], language=get_language() or "zh-hans",
                             caller=client_address(request), **target.wanted)
            return redirect("subscription-asked")
        except DomainError as error:
            show_refusal(form, error)
            status = error.status
    status = 422 if form.errors and status == 200 else status
    return render(request, f"{PAGE}subscribe.html", {"form": form, "what": target.what, "kept": target.kept},
                  status=status)


@never_cache
@require_safe
def asked_page(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for every address."""
    return render(request, f"{PAGE}done.html", {"done": "asked"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button that says yes: a program that opens the links of mails must not say it for people."""
    if request.method == "POST":
        row = confirm_subscription(token=token)
        return render(request, f"{PAGE}done.html", {"done": "confirmed", "what": what_of(row)})
    row = subscription_to_confirm(token)
    return render(request, f"{PAGE}decide.html", {"verb": "confirm", "what": what_of(row)})


# Mail programs leave with one click (RFC 8058) and carry no cookie; the signed link is the right to do so.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """A button that ends it; mail programs post here by themselves."""
    if request.method == "POST":
        leave_subscription(token=token)
        return render(request, f"{PAGE}done.html", {"done": "left"})
    row = subscription_to_leave(token)
    if row is None:
        return render(request, f"{PAGE}done.html", {"done": "left"})
    return render(request, f"{PAGE}decide.html", {"verb": "leave", "what": what_of(row)})
