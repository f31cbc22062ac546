"""A draft edition from a spreadsheet: see what is wrong cell by cell or what would change, then save it whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import lab_page
from products.lab.views.drafts import find_draft
from products.suites.importing import check_sheet, content_in, discard_sheet, message_of, save_sheet
from products.suites.models import DraftSheet
from products.suites.rendering import field_changes
from products.suites.selectors import content_of, differences_between
from products.suites.states import SheetState
from products.suites.views import names_in_use
from wapicert.errors import DomainError
from wapicert.sheets import told


@lab_page
def bring_sheet(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """The form for a file; a POST has it checked and leads to what was found."""
    edition = find_draft(user, slug)
    if request.method != "POST":
        return render(request, "products/lab/draft_import.html", {"edition": edition})
    try:
        sheet = check_sheet(edition=edition, upload=request.FILES.get("file"), actor=user)
    except DomainError as error:
        context = {"edition": edition, "refusal": error}
        return render(request, "products/lab/draft_import.html", context, status=error.status)
    return redirect("lab-draft-sheet", pk=sheet.pk)


@lab_page
def show_sheet(request: HttpRequest, user: User, pk: Any) -> HttpResponseBase:
    """The faults of a file by row and cell, or what saving it would change."""
    return _page(request, user, get_object_or_404(DraftSheet, pk=pk))


@require_POST
@lab_page
def act_on_sheet(request: HttpRequest, user: User, pk: Any, verb: str) -> HttpResponseBase:
    """Save what was checked, or give it up."""
    sheet = get_object_or_404(DraftSheet, pk=pk)
    if verb not in ("save", "discard"):
        raise Http404
    try:
        (save_sheet if verb == "save" else discard_sheet)(sheet=sheet, actor=user)
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, user, sheet, error.status)
    messages.success(request, _("草稿已按文件保存。") if verb == "save" else _("文件已放弃，草稿未变。"))
    return redirect("lab-draft", slug=sheet.edition.slug)


def _page(request: HttpRequest, user: User, sheet: DraftSheet, status: int = 200) -> HttpResponseBase:
    faults = [fault | {"message": message_of(fault["code"], fault.get("facts"))} for fault in sheet.faults]
    context = {"sheet": sheet, "edition": sheet.edition, "faults": faults, "may_save": sheet.actor_id == user.pk,
               "left_out": [told(entry) for entry in sheet.left_out]}
    if sheet.state == SheetState.CHECKED:
        context |= _changes(sheet)
    return render(request, "products/lab/draft_sheet.html", context, status=status)


def _changes(sheet: DraftSheet) -> dict[str, Any]:
    """What saving would add, change and remove, with the words that differ marked."""
    stands, comes = content_of(sheet.edition), [content_in(row) for row in sheet.items]
    old, new = ({item["code"]: item for item in part} for part in (stands, comes))
    rows, names = differences_between(stands, comes), names_in_use()
    changed = [(new[row.code], field_changes({name: (old[row.code][name], new[row.code][name]) for name in row.fields},
                                             names)) for row in rows if row.kind == "changed"]
    return {"added": [new[row.code] for row in rows if row.kind == "added"], "changed": changed,
            "removed": [old[row.code] for row in rows if row.kind == "removed"],
            "is_reordered": not rows and [*old] != [*new]}
