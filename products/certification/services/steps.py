"""The life of a granted certification: suspended, lifted, withdrawn, cancelled, expired, its supersession undone."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from members.access.services import require_signature
from members.people.models import User
from members.people.states import Role
from products.certification.errors import DeciderTookPart, MayNotStandOn, PeriodOver
from products.certification.models import Certification
from products.certification.selectors import certifications_due, valid_certifications_beside
from products.certification.services.deciding import require_grantable
from products.certification.services.moves import (
    lock,
    lock_device,
    move,
    require_as_read,
    require_no_part,
    require_none_valid,
    require_report,
    require_role,
    require_state,
    require_text,
)
from products.reports.selectors import is_conforming
from wapicert.texts import lines, takes_text

MAKING_VALID = frozenset({"lift", "restore"})
EXPIRY_REASON = ("有效期届满。", "The period of validity has ended.")


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
def suspend_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None,
) -> Certification:
    """Suspend a valid certification; the listing shows it at once, with date and public reason."""
    return _step("suspend", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 second_factor=second_factor, row_version=row_version)


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
def lift_suspension(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None, basis: str | None = None,
) -> Certification:
    """Make a suspended certification valid again, on the basis that a grant needs.

    Refused without a conforming report in force, with an open point about it, after the last day of validity, and
    beside another valid certification of the same device.
    """
    return _step("lift", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 second_factor=second_factor, row_version=row_version, basis=basis)


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
def restore_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None, basis: str | None = None,
) -> Certification:
    """Undo that a certification was superseded, with a public reason; refused for whatever forbids to lift one."""
    return _step("restore", certification, actor, public_reason=(public_reason_zh, public_reason_en),
                 password=password, second_factor=second_factor, row_version=row_version, basis=basis)


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
def withdraw_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None,
) -> Certification:
    """Withdraw a certification for good (撤销): the alliance ends it."""
    return _step("withdraw", certification, actor, public_reason=(public_reason_zh, public_reason_en),
                 password=password, second_factor=second_factor, row_version=row_version)


@takes_text(public_reason_zh=lines(500), public_reason_en=lines(500))
def cancel_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    second_factor: str = "", row_version: int | None = None,
) -> Certification:
    """Cancel a certification for good (注销): its holder gave it up."""
    return _step("cancel", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 second_factor=second_factor, row_version=row_version)


def expire_certifications(*, today: date | None = None) -> int:
    """Expire what is past its last day; each in a transaction of its own, harmless when run twice. Returns how many."""
    ids = list(certifications_due(today or timezone.localdate()).values_list("pk", flat=True))
    return sum(_expire(pk, today or timezone.localdate()) for pk in ids)


@transaction.atomic
def _expire(pk: int, today: date) -> bool:
    certification = lock(Certification(pk=pk))
    if not certifications_due(today).filter(pk=pk).exists():
        return False
    move(certification, "expire", None, [], public_reason=EXPIRY_REASON, on=today)
    return True


@transaction.atomic
def _step(
    verb: str, certification: Certification, actor: User, *, public_reason: tuple[str, str], password: str,
    second_factor: str, row_version: int | None, basis: str | None = None,
) -> Certification:
    lock_device(certification.order)
    certification = lock(certification, row_version)
    require_role(actor, Role.DM, certification.order)
    require_state(verb, certification)
    require_no_part(certification.order, actor, DeciderTookPart)
    fields: list[str] = []
    if verb in MAKING_VALID:
        _require_may_stand(certification)
        require_as_read(certification.order, basis)
    if verb == "restore":
        certification.superseded_by, fields = None, ["superseded_by"]
    zh = require_text(public_reason[0], "public_reason_zh")
    require_signature(user=actor, password=password, second_factor=second_factor)
    return move(certification, verb, actor, fields, public_reason=(zh, public_reason[1].strip()))


def _require_may_stand(certification: Certification) -> None:
    """What becomes valid again needs the basis of a grant, a day left, and no other valid one of the same device."""
    order = certification.order
    report = require_report(order)
    if not is_conforming(report):
        raise MayNotStandOn(field="report")
    require_grantable(order, report)
    if certification.valid_until is not None and certification.valid_until < timezone.localdate():
        raise PeriodOver(field="valid_until")
    require_none_valid(valid_certifications_beside(order))
