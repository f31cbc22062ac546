"""Draft editions as a table: a row is edited in place with a script, on a page of its own without one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.people.models import User
from products.lab.views.access import lab_page
from products.suites.errors import DraftStale
from products.suites.forms import DraftForm, FactsForm, ItemForm
from products.suites.importing import (
    edition_row,
    remove_item,
    save_facts,
    save_item,
    start_draft,
    version_of,
)
from products.suites.models import Edition
from products.suites.permissions import can_edit_editions
from products.suites.rendering import FieldChange, basis_of, field_changes, rules_of, values_of
from products.suites.selectors import (
    content_of,
    editions_public,
    editions_visible_to,
    items_of,
    tables_of,
    words_in_use,
)
from products.suites.states import TRANSITIONS
from products.suites.views import Line, Section, names_in_use, sections_of, standard_titles
from wapicert.errors import DomainError
from wapicert.forms import show_refusal
from wapicert.sheets import XLSX, xlsx_of


@dataclass(frozen=True)
class Opened:
    """One item of a draft as its form shows it; `stood` is what somebody else made of it meanwhile."""

    edition: Edition
    form: ItemForm
    code: str
    stood: list[FieldChange]
    status: int = 200


def find_draft(user: User, slug: str) -> Edition:
    """An edition that may still be edited; 404 for any other."""
    editions = editions_visible_to(user).filter(status__in=TRANSITIONS["edit"].sources)
    return get_object_or_404(editions, slug=slug)


@lab_page
def begin_draft(request: HttpRequest, user: User) -> HttpResponseBase:
    """The form for a new draft; a POST makes it, with all items of the edition it continues."""
    form = DraftForm(request.POST or None, editions=editions_public())
    status = 200 if not form.is_bound else 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            draft = start_draft(actor=user, **data)
        except DomainError as error:
            if error.rows:
                form.add_error(None, str(error.message))
            else:
                show_refusal(form, error)
            status = error.status
        else:
            messages.success(request, _("草稿已建立。"))
            return redirect("lab-draft", slug=draft.slug)
    return render(request, "products/lab/draft_new.html", {"form": form}, status=status)


@lab_page
def show_draft(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """The draft's items as a table; a POST saves what the edition itself says."""
    edition = find_draft(user, slug)
    if request.method != "POST":
        return _table(request, user, edition, _facts_form(edition))
    form = FactsForm(request.POST, auto_id="facts_%s")
    if not form.is_valid():
        return _table(request, user, edition, form, 422)
    try:
        save_facts(edition=edition, facts=form.row(), seen=form.cleaned_data["seen"], actor=user)
    except DomainError as error:
        form.show(error)
        return _table(request, user, edition, form, error.status)
    messages.success(request, _("已保存。"))
    return redirect("lab-draft", slug=slug)


@lab_page
def edit_item(request: HttpRequest, user: User, slug: str, code: str = "") -> HttpResponseBase:
    """The form of an item, or of a new one; a POST saves it. Asked for by a script, only the row is sent."""
    edition = find_draft(user, slug)
    opened = _open(edition, user, code, request.POST if request.method == "POST" else None)
    is_script = bool(request.headers.get("HX-Request"))
    if request.method == "POST" and opened.status == 200:
        return _saved(request, edition, opened.form, is_script)
    if is_script and "row" in request.GET:
        return _row(request, edition, code)
    name = "draft_row_form" if is_script else "draft_item"
    return render(request, f"products/lab/{name}.html", {"opened": opened, "edition": edition},
                  status=opened.status)


@require_POST
@lab_page
def drop_item(request: HttpRequest, user: User, slug: str, code: str) -> HttpResponseBase:
    """Take an item out of the draft."""
    edition = find_draft(user, slug)
    try:
        remove_item(edition=edition, code=code, seen=request.POST.get("seen", ""), actor=user)
    except DomainError as error:
        messages.error(request, f"{code}: {error}")
        opened = _open(edition, user, code, None)
        return render(request, "products/lab/draft_item.html", {"opened": opened, "edition": edition},
                      status=error.status)
    messages.success(request, _("已删除 %(code)s。") % {"code": code})
    return redirect("lab-draft", slug=slug)


@lab_page
def export_draft(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """Any edition as the XLSX that an import takes."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    tables = tables_of(content_of(edition), words_in_use())
    name = content_disposition_header(True, f"edition-{edition.slug}.xlsx")
    return HttpResponse(xlsx_of(tables), content_type=XLSX,
                        headers={"Content-Disposition": str(name), "Cache-Control": "private, no-store"})


def _open(edition: Edition, user: User, code: str, typed: Any) -> Opened:
    """The form with what is typed, saved if there is anything; else with what stands."""
    by_code = {item["code"]: item for item in content_of(edition)}
    if code and code not in by_code and typed is None:
        raise Http404
    item = by_code.get(code)
    version = version_of(item) if item else ""
    form = ItemForm(typed, words=words_in_use(), codes=list(by_code), item=item, seen=version)
    if typed is None:
        return Opened(edition, form, code, [])
    if not form.is_valid():
        return Opened(edition, form, code, [], 422)
    try:
        save_item(edition=edition, row=form.row(), actor=user, code=code or None, after=form.place(),
                  seen=form.cleaned_data["seen"])
    except DraftStale as error:
        typed = typed.copy()
        typed["seen"] = version
        again = ItemForm(typed, words=words_in_use(), codes=list(by_code), item=item)
        again.is_valid()
        again.show(error)
        return Opened(edition, again, code, _stood(item), error.status)
    except DomainError as error:
        form.show(error)
        return Opened(edition, form, code, [], error.status)
    return Opened(edition, form, code, [])


def _stood(item: Any) -> list[FieldChange]:
    """What the item says now, field by field; nothing if it was removed."""
    return field_changes({name: (value, value) for name, value in item.items()}, names_in_use()) if item else []


def _saved(request: HttpRequest, edition: Edition, form: ItemForm, is_script: bool) -> HttpResponseBase:
    """After saving: the row alone if it stays where it is, else the table at its place."""
    code = form.cleaned_data["code"]
    moves = {"code", "category", "group_zh", "parent", "after"} & set(form.changed_data)
    if is_script and form.item and not moves:
        return _row(request, edition, code, is_saved=True)
    address = f"{reverse('lab-draft', args=[edition.slug])}?saved={code}#{code}"
    if is_script:
        return HttpResponse(headers={"HX-Redirect": address})
    messages.success(request, _("已保存 %(code)s。") % {"code": code})
    return redirect(address)


def _row(request: HttpRequest, edition: Edition, code: str, is_saved: bool = False) -> HttpResponseBase:
    line = next(iter(_lines_of(item for item in items_of(edition) if item.code == code)), None)
    if line is None:
        raise Http404
    return render(request, "products/lab/draft_row.html",
                  {"line": line, "edition": edition, "is_saved": is_saved, "may_edit": True})


def _table(
    request: HttpRequest, user: User, edition: Edition, form: FactsForm, status: int = 200
) -> HttpResponseBase:
    items = list(items_of(edition))
    sections: list[Section] = sections_of(_lines_of(items))
    context = {"edition": edition, "sections": sections, "form": form, "count": len(items),
               "may_edit": can_edit_editions(user), "sheets": edition.sheets.select_related("actor", "file")[:5]}
    return render(request, "products/lab/draft.html", context, status=status)


def _lines_of(items: Iterable[Any]) -> list[Line]:
    standards = standard_titles()
    return [Line(item, values_of(item), rules_of(item), basis_of(item, standards), list(item.evidence))
            for item in items]


def _facts_form(edition: Edition) -> FactsForm:
    row = edition_row(edition)
    return FactsForm(initial=row | {"seen": version_of(row)}, auto_id="facts_%s")
