"""Approves, publishes and retires editions; their content comes from `importing`, and publishing freezes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.history.selectors import entries_of
from members.history.services import append_entry
from members.people.models import User
from products.suites.errors import (
    DatesOutOfOrder,
    DayPassed,
    EditionChanged,
    EditionEmpty,
    EditionStale,
    LastInForce,
    NotSuiteApprover,
    OwnDraft,
    ReasonMissing,
    SuccessorInvalid,
)
from products.suites.models import Edition
from products.suites.permissions import can_approve_editions
from products.suites.selectors import content_of, fingerprint_of, is_last_in_force, version_of
from products.suites.states import TRANSITIONS, EditionStatus
from wapicert.errors import VersionUnnamed
from wapicert.texts import REASON, takes_text
from wapicert.transitions import require_transition

ENDING = ["ends_on", "replaced_by"]


@transaction.atomic
def approve_edition(*, edition: Edition, actor: User, seen: str | None = None) -> Edition:
    """Approve a draft as it stands, which must be as it was read (`seen`, selectors.version_of).

    Its fingerprint is kept, so that nothing else can be published. Refuses anybody but an approver (SA), whoever edited
    this draft (S5: OwnDraft), an edition that is no draft and one without items.
    """
    locked = _locked(edition, "approve", actor, seen)
    if actor.pk in _editors_of(locked):
        raise OwnDraft
    content = content_of(locked)
    if not content:
        raise EditionEmpty
    locked.approved_by, locked.fingerprint = actor, fingerprint_of(locked.slug, content)
    return _move(locked, "approve", actor, ["approved_by", "fingerprint"])


@transaction.atomic
def publish_edition(
    *,
    edition: Edition,
    actor: User,
    available_on: date | None = None,
    active_on: date | None = None,
    is_mandatory: bool | None = None,
    seen: str | None = None,
) -> Edition:
    """Publish an approved edition, which freezes it; a date or the duty that is not given stays as it was drafted.

    Refuses anybody but an approver (SA), an edition that is not approved, dates out of order, and items that are no
    longer those that were approved (EditionChanged).
    """
    locked = _locked(edition, "publish", actor, seen)
    if locked.fingerprint != fingerprint_of(locked.slug, content_of(locked)):
        raise EditionChanged
    given = {"available_on": available_on, "active_on": active_on, "is_mandatory": is_mandatory}
    for name, value in given.items():
        if value is not None:
            setattr(locked, name, value)
    if locked.available_on and locked.active_on and locked.active_on < locked.available_on:
        raise DatesOutOfOrder(field="active_on")
    locked.published_at = timezone.now()
    return _move(locked, "publish", actor, [*given, "published_at"])


@takes_text(reason=REASON)
@transaction.atomic
def retire_edition(
    *, edition: Edition, actor: User, reason: str, replaced_by: Edition | None = None, ends_on: date | None = None,
    accepts_gap: bool = False, seen: str | None = None,
) -> Edition:
    """Take a published edition out of use from `ends_on` (today): no new order names it, running ones finish on it.

    A later day is announced: the edition stays published until `retire_ended_editions`. Refuses anybody but an
    approver (SA), an edition that is not published, an empty reason, a day that has passed, a successor that is not
    another published edition (SuccessorInvalid), and to leave new applications without an edition unless that is
    meant (`accepts_gap`), also where the successor is not the one that they follow.
    """
    locked = _locked(edition, "retire", actor, seen)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    today = timezone.localdate()
    if ends_on is not None and ends_on < today:
        raise DayPassed(field="ends_on")
    if replaced_by is not None and (replaced_by.pk == locked.pk or replaced_by.status != EditionStatus.PUBLISHED):
        raise SuccessorInvalid(field="replaced_by")
    if is_last_in_force(locked, ends_on or today) and not accepts_gap:
        raise LastInForce(field="accepts_gap")
    locked.ends_on, locked.replaced_by = ends_on or today, replaced_by
    if locked.ends_on <= today:
        return _move(locked, "retire", actor, ENDING, reason=reason.strip())
    locked.save(update_fields=ENDING)
    append_entry(chain=locked.chain, act="edition.ending_announced", actor=actor, object_type="edition",
                 object_id=locked.slug, before={}, after=_told(locked, ENDING), reason=reason.strip(),
                 rows=[locked])
    return locked


@transaction.atomic
def retire_ended_editions() -> int:
    """Retire published editions whose announced day has come; returns how many. The system acts."""
    ended = Edition.objects.select_for_update().filter(status=EditionStatus.PUBLISHED,
                                                       ends_on__lte=timezone.localdate())
    return len([_move(edition, "retire", None) for edition in ended])


def _locked(edition: Edition, verb: str, actor: User, seen: str | None) -> Edition:
    """The row, locked, once right and state allow the verb and it still is what the actor read (None: just now)."""
    if not can_approve_editions(actor):
        raise NotSuiteApprover
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    require_transition(TRANSITIONS, verb, locked.status, locked.get_status_display())
    if seen == "":
        raise VersionUnnamed(field="seen")
    if seen is not None and seen != version_of(locked):
        raise EditionStale(field="seen")
    return locked


def _editors_of(edition: Edition) -> set[int | None]:
    """Everybody who ever edited the draft, not only whoever did so last."""
    edits = entries_of(edition.chain).filter(act="edition.edited").values_list("actor_id", flat=True)
    return {edition.edited_by_id, *edits}


def _told(edition: Edition, fields: Sequence[str]) -> dict[str, Any]:
    """The fields as the history keeps them; another edition by its slug."""
    values = {name: getattr(edition, name) for name in fields if name != "approved_by"}
    return {name: value.slug if isinstance(value, Edition) else value for name, value in values.items()}


def _move(locked: Edition, verb: str, actor: User | None, fields: Sequence[str] = (), reason: str = "") -> Edition:
    """Write the new status with `fields` and tell the history."""
    before, target = locked.status, TRANSITIONS[verb].target
    assert target is not None
    locked.status = target
    locked.save(update_fields=["status", *fields])
    append_entry(chain=locked.chain, act=f"edition.{target}", actor=actor, object_type="edition",
                 object_id=locked.slug, before={"status": before},
                 after={"status": target, "fingerprint": locked.fingerprint} | _told(locked, fields), reason=reason,
                 rows=[locked])
    return locked
