"""Who did what, and when: the history of an order, and of whatever else the laboratory keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from members.companies.models import Company
from members.history.models import Entry
from members.history.selectors import breaks_in, entries_about, entries_of
from members.history.services import history_archive
from members.people.models import User
from members.people.states import Role
from products.certification.selectors import certifications_visible_to
from products.devices.selectors import devices_visible_to
from products.equipment.selectors import tools_visible_to
from products.lab.views.access import find_order, lab_page
from products.listings.models import Listing
from products.suites.selectors import editions_visible_to


def _person(reader: User, key: str) -> Any:
    """What was granted to a person is for the quality manager and the auditor."""
    return User.objects.filter(staff_number=key).first() if reader.role_codes & {Role.QM, Role.AU} else None


def _by_uuid(key: str) -> dict[str, Any]:
    try:
        return {"pk": UUID(key)}
    except ValueError:
        return {"pk": None}


# What an address may name: how it is called, and the object if this reader may see it.
KINDS: dict[str, tuple[Any, Callable[[User, str], Any]]] = {
    "company": (_("企业"), lambda reader, key: Company.objects.filter(number=key).first()),
    "device": (_("设备"), lambda reader, key: devices_visible_to(reader).filter(**_by_uuid(key)).first()),
    "certification": (_("认证"), lambda reader, key: certifications_visible_to(reader).filter(**_by_uuid(key)).first()),
    "listing": (_("名录条目"), lambda reader, key: Listing.objects.filter(listing_number=key).first()),
    "edition": (_("测试项目版本"), lambda reader, key: editions_visible_to(reader).filter(slug=key).first()),
    "tool": (_("测试工具"), lambda reader, key: tools_visible_to(reader).filter(number=key).first()),
    "user": (_("人员"), _person),
}


@require_GET
@lab_page
def show_history(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Every act on the order with its digest, and whether the chain is whole."""
    order = find_order(user, number)
    entries = _named(entries_of(order.chain))
    context = {"order": order, "entries": entries, "breaks": breaks_in(order.chain), "tab": "history"}
    return render(request, "products/lab/history.html", context)


@require_GET
@lab_page
def export_history(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The order's chain for an assessor, with a program that checks it elsewhere."""
    order = find_order(user, number)
    return HttpResponse(history_archive(chain=order.chain), content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="history-{order.number}.zip"',
        "Cache-Control": "private, no-store",
    })


@require_GET
@lab_page
def show_timeline(request: HttpRequest, user: User, kind: str, key: str) -> HttpResponseBase:
    """Every act on one object that is no order; what the reader may not see is not there."""
    name, find = KINDS.get(kind, ("", lambda reader, key: None))
    subject = find(user, key)
    if subject is None:
        raise Http404
    rows = list(entries_about(kind, key))
    breaks = [f"{chain} #{place}" for chain in dict.fromkeys(row.chain for row in rows) for place in breaks_in(chain)]
    context = {"kind_name": name, "subject": subject, "key": key, "entries": _named(rows), "breaks": breaks}
    return render(request, "products/lab/timeline.html", context)


def _named(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The entries with the names that their staff numbers stand for today."""
    rows = list(entries)
    names = dict(User.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    return [{"entry": row, "name": names.get(row.actor_id or 0, "")} for row in rows]
