"""Editions move draft → approved → published → retired, by the right people and in no other order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from members.history.selectors import breaks_in, entries_of
from members.people.states import Role
from products.suites.errors import (
    DatesOutOfOrder,
    EditionChanged,
    EditionEmpty,
    EditionFrozen,
    NotSuiteApprover,
    OwnDraft,
    ReasonMissing,
)
from products.suites.importing import import_suite
from products.suites.models import Edition
from products.suites.selectors import content_of, current_edition, fingerprint_of
from products.suites.services import approve_edition, publish_edition, retire_edition
from products.suites.states import TRANSITIONS, EditionStatus
from tests.factories import catalogue as factory
from tests.factories.people import person
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db
VERBS = {
    "approve": approve_edition,
    "publish": publish_edition,
    "retire": lambda **kwargs: retire_edition(reason="演示原因", **kwargs),
}


@pytest.fixture
def draft(catalogue: Any, cast: Any) -> Edition:
    return factory.draft_edition(editor=cast.editor)


@pytest.fixture
def bare(db: None) -> Edition:
    """An edition without items, which is enough for what is refused before they are read."""
    return Edition.objects.create(slug="2026-bare", label_zh="演示空版", label_en="Bare", origin="proposed")


def put_in(edition: Edition, status: str) -> Edition:
    """The edition in a status, whatever the way there."""
    fingerprint = fingerprint_of(edition.slug, content_of(edition)) if status != EditionStatus.DRAFT else ""
    Edition.objects.filter(pk=edition.pk).update(status=status, fingerprint=fingerprint)
    edition.refresh_from_db()
    return edition


PAIRS = [(verb, status) for verb in VERBS for status in EditionStatus.values]
LEGAL = [(verb, status) for verb, status in PAIRS if status in TRANSITIONS[verb].sources]


@pytest.mark.parametrize(("verb", "status"), LEGAL)
def test_move_edition_in_order_reaches_its_state(draft: Edition, cast: Any, verb: str, status: str) -> None:
    edition = put_in(draft, status)
    assert VERBS[verb](edition=edition, actor=cast.approver).status == TRANSITIONS[verb].target


@pytest.mark.parametrize(("verb", "status"), [pair for pair in PAIRS if pair not in LEGAL])
def test_move_edition_out_of_order_is_refused(bare: Edition, verb: str, status: str) -> None:
    edition = put_in(bare, status)
    with pytest.raises(IllegalTransition) as refusal:
        VERBS[verb](edition=edition, actor=person("approver", Role.SA))
    edition.refresh_from_db()
    assert (edition.status, refusal.value.extra["state"]) == (status, status)
    assert not entries_of(edition.chain).exists()


@pytest.mark.parametrize("status", EditionStatus.values)
def test_edit_edition_in_each_state_follows_the_table(draft: Edition, cast: Any, status: str) -> None:
    edition = put_in(draft, status)
    data = factory.draft_data()
    factory.item_of(data, "IOP-01")["name_zh"] = "演示改名"
    if status in TRANSITIONS["edit"].sources:
        import_suite(data, actor=cast.editor)
        assert edition.items.get(code="IOP-01").name_zh == "演示改名"
        return
    with pytest.raises(EditionFrozen):
        import_suite(data, actor=cast.editor)
    assert edition.items.get(code="IOP-01").name_zh != "演示改名"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SA])
@pytest.mark.parametrize("verb", VERBS)
def test_move_edition_by_any_other_role_is_refused(bare: Edition, role: Role, verb: str) -> None:
    edition = put_in(bare, next(iter(TRANSITIONS[verb].sources)))
    status = edition.status
    with pytest.raises(NotSuiteApprover):
        VERBS[verb](edition=edition, actor=person("other", role))
    edition.refresh_from_db()
    assert edition.status == status


def test_approve_edition_by_last_editor_is_refused(catalogue: Any) -> None:
    both = person("both", Role.SE, Role.SA)
    edition = factory.draft_edition(editor=both)
    with pytest.raises(OwnDraft):
        approve_edition(edition=edition, actor=both)


def test_approve_edition_by_earlier_editor_is_refused(catalogue: Any, cast: Any) -> None:
    both = person("both", Role.SE, Role.SA)
    edition = factory.draft_edition(editor=both)
    data = factory.draft_data()
    factory.item_of(data, "IOP-01")["name_zh"] = "演示改名"
    import_suite(data, actor=cast.editor)
    edition.refresh_from_db()
    assert edition.edited_by == cast.editor
    with pytest.raises(OwnDraft):
        approve_edition(edition=edition, actor=both)


def test_approve_edition_without_items_is_refused(draft: Edition, cast: Any) -> None:
    data = factory.draft_data()
    data["items"] = []
    import_suite(data, actor=cast.editor)
    with pytest.raises(EditionEmpty):
        approve_edition(edition=draft, actor=cast.approver)


def test_approve_edition_keeps_approver_fingerprint_and_history(draft: Edition, cast: Any) -> None:
    edition = approve_edition(edition=draft, actor=cast.approver)
    entry = entries_of(edition.chain).last()
    assert entry is not None
    assert (edition.approved_by, edition.fingerprint) == (cast.approver,
                                                          fingerprint_of(edition.slug, content_of(edition)))
    assert (entry.act, entry.actor_id, entry.before, entry.told) == (
        "edition.approved", cast.approver.pk, {"status": "draft"},
        {"status": "approved", "fingerprint": edition.fingerprint},
    )
    assert breaks_in(edition.chain) == []


def test_publish_edition_makes_it_current_from_its_day(draft: Edition, catalogue: Any, cast: Any) -> None:
    approve_edition(edition=draft, actor=cast.approver)
    with time_machine.travel("2026-06-01T00:00:00Z", tick=False):
        edition = publish_edition(edition=draft, actor=cast.approver, available_on=date(2026, 6, 1),
                                  active_on=date(2026, 7, 1))
        assert current_edition() == catalogue.edition
    with time_machine.travel("2026-06-30T16:00:00Z", tick=False):  # the first of July in China
        assert current_edition() == edition
    entry = entries_of(edition.chain).last()
    assert entry is not None
    assert entry.act == "edition.published"
    assert entry.after["active_on"] == "2026-07-01"
    assert (edition.is_mandatory, edition.published_at.isoformat()) == (True, "2026-06-01T00:00:00+00:00")


def test_publish_edition_with_dates_out_of_order_is_refused(draft: Edition, cast: Any) -> None:
    approve_edition(edition=draft, actor=cast.approver)
    with pytest.raises(DatesOutOfOrder) as refusal:
        publish_edition(edition=draft, actor=cast.approver, available_on=date(2026, 7, 1),
                        active_on=date(2026, 6, 1))
    draft.refresh_from_db()
    assert (draft.status, draft.available_on, refusal.value.field) == ("approved", None, "active_on")


def test_publish_edition_changed_since_approval_is_refused(draft: Edition, cast: Any) -> None:
    approve_edition(edition=draft, actor=cast.approver)
    draft.items.filter(code="IOP-01").update(name_zh="背后改名")
    with pytest.raises(EditionChanged):
        publish_edition(edition=draft, actor=cast.approver)


def test_retire_edition_keeps_reason_and_leaves_it_readable(catalogue: Any, cast: Any) -> None:
    edition = retire_edition(edition=catalogue.edition, actor=cast.approver, reason="  由新版替代 ",
                             accepts_gap=True)
    entry = entries_of(edition.chain).last()
    assert entry is not None
    assert (entry.act, entry.reason, entry.after["status"]) == ("edition.retired", "由新版替代", "retired")
    assert edition.items.count() == 125


def test_retire_edition_without_reason_is_refused(catalogue: Any, cast: Any) -> None:
    with pytest.raises(ReasonMissing) as refusal:
        retire_edition(edition=catalogue.edition, actor=cast.approver, reason=" ")
    assert refusal.value.field == "reason"


def test_published_edition_without_fingerprint_is_refused_by_the_database(draft: Edition) -> None:
    with pytest.raises(IntegrityError, match="published_edition_has_a_fingerprint"), transaction.atomic():
        Edition.objects.filter(pk=draft.pk).update(status="published")
