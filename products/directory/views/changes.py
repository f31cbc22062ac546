"""What is new in the directory and what changed, as a page and as an Atom feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from products.directory.forms import ChangesForm
from products.directory.selectors import change_page, changes_public, directory_state
from products.directory.selectors.changes import PAGE
from products.directory.views.lines import name_of
from products.listings.models import ListingChange
from wapicert.conditional import answer_conditionally
from wapicert.texts import printable


@require_safe
@answer_conditionally(lambda request: directory_state())
def changes_page(request: HttpRequest) -> HttpResponse:
    """The changes, newest first; `kind`, `type` and `company` narrow them, a wrong value is named and left out."""
    asked = ChangesForm(request.GET)
    page = change_page(changes_public(**asked.wanted), before=number_in(request, "before"),
                       after=number_in(request, "after"))
    kept = query_of(asked)
    context = {
        "asked": asked, "mistakes": asked.mistakes, "lines": lines_of_changes(page.rows),
        "company": asked.cleaned_data.get("company"), "feed": f"/changes.atom{'?' if kept else ''}{kept}",
        "without_company": f"/changes/?{query_of(asked, 'company')}",
        "older": page.older and f"/changes/?{joined(kept, before=page.older)}",
        "newer": page.newer and f"/changes/?{joined(kept, after=page.newer)}",
        "company_name": name_of(asked.cleaned_data["company"]) if asked.cleaned_data.get("company") else "",
        "is_narrowed": bool(kept),
    }
    return render(request, "products/directory/changes.html", context)


def number_in(request: HttpRequest, name: str) -> int | None:
    """An id of the query; what is none leads to the first page."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def query_of(asked: ChangesForm, *left_out: str) -> str:
    """The filters that are right, as a query."""
    wanted = {"kind": asked.wanted["kind"], "type": asked.wanted["device_type"], "company": asked.wanted["company"]}
    return urlencode({name: value for name, value in wanted.items() if value and name not in left_out})


def joined(kept: str, **more: int) -> str:
    """The query with a place added."""
    return "&".join(filter(None, [kept, urlencode(more)]))


def lines_of_changes(changes: Iterable[ListingChange]) -> list[dict[str, Any]]:
    """A plain dictionary per change."""
    return [
        {"pk": change.pk, "kind": change.kind, "label": change.get_kind_display(), "on": change.on, "at": change.at,
         "number": change.listing.listing_number, "model": change.listing.model,
         "name": name_of(change.listing) or None, "company": name_of(change.listing.company),
         "company_number": change.listing.company.number,
         "type": name_of(change.listing.device_type) if change.listing.device_type else None,
         "reason": name_of(change, "reason"), "is_demonstration": change.listing.is_demonstration}
        for change in changes
    ]


@require_safe
@answer_conditionally(lambda request: directory_state())
def changes_feed(request: HttpRequest) -> HttpResponse:
    """The newest changes as Atom (RFC 4287), with the same filters as the page."""
    asked = ChangesForm(request.GET)
    kept = query_of(asked)
    title = str(_("WAPI产品名录的变更"))
    feed = Atom1Feed(title=title, link=f"{settings.PUBLIC_URL}/changes/{'?' if kept else ''}{kept}", description=None,
                     language=get_language() or settings.LANGUAGE_CODE, author_name=str(_("WAPI产业联盟")),
                     feed_url=f"{settings.PUBLIC_URL}{request.get_full_path()}")
    for line in lines_of_changes(changes_public(**asked.wanted).order_by("-id")[:PAGE]):
        feed.add_item(**entry_of(line))
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def entry_of(line: dict[str, Any]) -> dict[str, Any]:
    """One change as an entry; its id never changes. XML cannot hold every character that a name held once."""
    what = " · ".join(part for part in (line["model"], line["name"], line["company"]) if part)
    mark = f"（{_('演示')}）" if line["is_demonstration"] else ""
    return {
        "title": printable(f"{line['label']}{_('：')}{what}{mark}"),
        "link": f"{settings.PUBLIC_URL}/products/{line['number']}/",
        "description": printable(line["reason"] or f"{line['label']} {line['on']:%Y-%m-%d}"),
        "pubdate": line["at"], "updateddate": line["at"],
        "unique_id": f"{settings.PUBLIC_URL}/changes/#{line['pk']}", "categories": [line["kind"]],
    }
