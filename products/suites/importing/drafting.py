"""Drafts edited by people: begun from a published edition, then item by item or by a whole table."""

from __future__ import annotations

import re
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.db import transaction

from members.people.models import User
from products.files.models import StoredFile
from products.files.services import kept_only_if_used, store_file
from products.suites import errors
from products.suites.importing.checking import Checker
from products.suites.importing.loading import import_suite, known_in
from products.suites.importing.reading import read_items
from products.suites.models import DraftSheet, Edition
from products.suites.permissions import can_edit_editions
from products.suites.selectors import content_of, fingerprint_of, sheet_in, words_in_use
from products.suites.selectors.content import Content
from products.suites.states import TRANSITIONS, EditionStatus, SheetState
from wapicert.canonical import digest_of
from wapicert.texts import CODE, LONG, STORY, clean_value, takes_text
from wapicert.transitions import require_transition

Row = dict[str, Any]
FACTS = ("label_zh", "label_en", "name_zh", "name_en", "mandatory", "available_on", "active_on")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@takes_text(slug=CODE, label_zh=LONG, label_en=LONG)
@transaction.atomic
def start_draft(*, predecessor: Edition, slug: str, label_zh: str, label_en: str, actor: User) -> Edition:
    """A new draft with all items of another edition; refuses anybody but an editor (SE) and a slug that is taken."""
    if not can_edit_editions(actor):
        raise errors.NotSuiteEditor
    if not SLUG.fullmatch(slug) or Edition.objects.filter(slug=slug).exists():
        raise errors.SlugTaken(field="slug")
    row = edition_row(predecessor) | {"slug": slug, "label_zh": label_zh, "label_en": label_en, "name_zh": None,
                                      "name_en": None, "origin": "proposed", "predecessor": predecessor.slug,
                                      "state": EditionStatus.DRAFT, "available_on": None, "active_on": None}
    import_suite({"editions": [row], "items": item_rows(content_of(predecessor), slug)}, actor)
    return Edition.objects.get(slug=slug)


@takes_text(facts=LONG)
@transaction.atomic
def save_facts(*, edition: Edition, facts: Row, seen: str, actor: User) -> Edition:
    """Labels, names, dates and duty of a draft; refuses what somebody else changed since (DraftStale)."""
    locked = _locked(edition, actor)
    if seen != version_of(edition_row(locked)):
        raise _stale(locked)
    return _write(locked, item_rows(content_of(locked), locked.slug), actor, facts)


@takes_text(row=STORY, code=CODE, after=CODE)
@transaction.atomic
def save_item(
    *, edition: Edition, row: Row, actor: User, code: str | None = None, seen: str = "", after: str | None = None
) -> Edition:
    """Change the item of `code`, or add one without it; `after` names the item behind which it stands ("": first).

    `seen` is the `version_of` the item that the editor read. Refuses, and saves nothing, if somebody else changed the
    same item since (DraftStale), and every contradiction in the draft as a whole (SuiteInvalid, by item and field).
    An approval falls with any change.
    """
    locked = _locked(edition, actor)
    contents = content_of(locked)
    rows = item_rows(contents, locked.slug)
    codes = [one["code"] for one in contents]
    wanted = row | {"editions": [locked.slug], "code": code or row.get("code")}
    if code is None:
        rows.append(wanted)
        after = _last_of(rows[:-1], wanted) if after is None else after
    else:
        place = _unchanged(locked, contents, code, seen)
        rows[place] = wanted
    if after is not None and after != wanted["code"]:
        rows.remove(wanted)
        rows.insert([one["code"] for one in rows].index(after) + 1 if after in codes else 0, wanted)
    return _write(locked, rows, actor)


@takes_text(code=CODE)
@transaction.atomic
def remove_item(*, edition: Edition, code: str, seen: str, actor: User) -> Edition:
    """Take an item out of a draft; refuses one with children (SuiteInvalid) and what was changed since."""
    locked = _locked(edition, actor)
    contents = content_of(locked)
    place = _unchanged(locked, contents, code, seen)
    rows = item_rows(contents, locked.slug)
    return _write(locked, rows[:place] + rows[place + 1:], actor)


@transaction.atomic
def check_sheet(*, edition: Edition, upload: File[bytes] | None, actor: User) -> DraftSheet:
    """Hold a file (XLSX) against the draft: what is wrong by cell, or its items ready to be saved.

    Refuses a file that is no such table (SheetUnreadable, SheetTooLarge, SheetMerged, SuiteSheetHeadWrong).
    """
    locked = _locked(edition, actor)
    stored = store_file(upload=upload, actor=actor)
    with kept_only_if_used(stored):
        return _checked(locked, stored, actor)


def _checked(locked: Edition, stored: StoredFile, actor: User) -> DraftSheet:
    with stored.content.open("rb") as content:
        sheet = sheet_in(cast("BinaryIO", content), words_in_use())
    if not sheet.items:
        raise errors.SheetWithoutItems(field="file")
    items = [row | {"editions": [locked.slug]} for row in sheet.items]
    data = {"editions": [edition_row(locked)], "items": items}
    # A cell that could not be read is named once, as itself, and not for what its item lacks without it.
    unread = {place for one in sheet.faults for place in ((one["sheet"], one["cell"]), (one["item"], ""))}
    found = [sheet.place_of(one["row"], one["item"], one["field"]) | {"item": one["item"], "code": one["code"]}
             for one in Checker(data, known_in(data)).check()]
    faults = sheet.faults + [one for one in found if not {(one["sheet"], one["cell"] or "-"),
                                                          (one["item"], one["cell"])} & unread]
    return DraftSheet.objects.create(
        edition=locked, actor=actor, file=stored, seen=fingerprint_of(locked.slug, content_of(locked)),
        items=[] if faults else clean_value(items), faults=faults[:200], left_out=sheet.account.entries,
        state=SheetState.FAULTY if faults else SheetState.CHECKED,
    )


@transaction.atomic
def save_sheet(*, sheet: DraftSheet, actor: User) -> DraftSheet:
    """Make the draft what the checked file says; refuses if anybody changed the draft since the check (DraftStale)."""
    edition = _locked(sheet.edition, actor)
    locked = _own_sheet(sheet, actor)
    if locked.seen != fingerprint_of(edition.slug, content_of(edition)):
        raise _stale(edition)
    _write(edition, locked.items, actor)
    return _end(locked, SheetState.SAVED)


@transaction.atomic
def discard_sheet(*, sheet: DraftSheet, actor: User) -> DraftSheet:
    """Give a checked file up."""
    return _end(_own_sheet(sheet, actor), SheetState.DISCARDED)


def version_of(content: Row) -> str:
    """What tells two states of an item, or of an edition's facts, apart."""
    return digest_of(content)[:16]


def edition_row(edition: Edition) -> Row:
    """The edition's own facts in the form of the suite's data."""
    return {
        "slug": edition.slug, "origin": edition.origin, "state": EditionStatus.DRAFT,
        "predecessor": edition.predecessor.slug if edition.predecessor else None, "mandatory": edition.is_mandatory,
        **{name: getattr(edition, name) for name in ("label_zh", "label_en", "name_zh", "name_en")},
        **{name: value.isoformat() if (value := getattr(edition, name)) else None
           for name in ("available_on", "active_on")},
    }


def item_rows(contents: list[Content], slug: str) -> list[Row]:
    """Items in the form of the suite's data."""
    return [
        {**item, "editions": [slug], "evidence_zh": item["evidence"],
         "applicability": {kind: {"level": rule["level"], "when": rule["feature"]}
                           for kind, rule in item["applicability"].items()}}
        for item in contents
    ]


def content_in(row: Row) -> Content:
    """A row of a checked file as an item's content."""
    return read_items({"items": [row | {"editions": [""]}]}, "")[0]


def _locked(edition: Edition, actor: User) -> Edition:
    if not can_edit_editions(actor):
        raise errors.NotSuiteEditor
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    require_transition(TRANSITIONS, "edit", locked.status, locked.get_status_display())
    return locked


def _write(locked: Edition, items: list[Row], actor: User, facts: Row | None = None) -> Edition:
    row = edition_row(locked) | {name: value for name, value in (facts or {}).items() if name in FACTS}
    import_suite({"editions": [row], "items": items}, actor)
    locked.refresh_from_db()
    return locked


def _unchanged(edition: Edition, contents: list[Content], code: str, seen: str) -> int:
    place = next((place for place, item in enumerate(contents) if item["code"] == code), None)
    if place is None or version_of(contents[place]) != seen:
        raise _stale(edition)
    return place


def _last_of(rows: list[Row], wanted: Row) -> str:
    """The last item of the same group, else category, else of all: where a new one is looked for."""
    for names in (("category", "group_zh"), ("category",), ()):
        alike = [row["code"] for row in rows if all(row.get(name) == wanted.get(name) for name in names)]
        if alike:
            return str(alike[-1])
    return ""


def _stale(edition: Edition) -> errors.DraftStale:
    who = edition.edited_by.name if edition.edited_by else "–"
    return errors.DraftStale(errors.DraftStale.message % {"who": who})


def _own_sheet(sheet: DraftSheet, actor: User) -> DraftSheet:
    locked = DraftSheet.objects.select_for_update().get(pk=sheet.pk)
    if locked.state != SheetState.CHECKED or locked.actor_id != actor.pk:
        raise errors.SheetNotReady
    return locked


def _end(sheet: DraftSheet, state: SheetState) -> DraftSheet:
    sheet.state, sheet.items = state, []
    sheet.save(update_fields=["state", "items"])
    return sheet
