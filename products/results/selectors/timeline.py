"""The life of one item, and the digest by which the history names a batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from members.people.models import User
from products.orders.models import PlanItem
from products.results.models import Attempt, AttemptAct, Exclusion, Slot
from products.results.states import ActKind, ExclusionState
from wapicert.canonical import digest_of

ENDINGS = {ExclusionState.WITHDRAWN: _("收回排除提议"), ExclusionState.REOPENED: _("重新打开已排除的测试项")}


@dataclass(frozen=True)
class Moment:
    """One thing that happened to an item: when, what, who, to which attempt or exclusion, in which words."""

    at: datetime
    what: Any
    who: User
    attempt: Attempt | None = None
    exclusion: Exclusion | None = None
    text: str = ""


def timeline_of(plan_item: PlanItem) -> list[Moment]:
    """Every attempt, act and consent on an item, oldest first; superseded and invalidated values included."""
    acts = AttemptAct.objects.select_related("actor").order_by("id")
    attempts = Attempt.objects.filter(plan_item=plan_item).select_related(
        "recorded_by", "version__hardware", "version__firmware", "tool"
    ).prefetch_related(Prefetch("acts", queryset=acts))
    exclusions = Exclusion.objects.filter(plan_item=plan_item).select_related(
        "proposed_by", "verifier", "vendor", "quality_manager", "ended_by"
    )
    moments = [moment for attempt in attempts for moment in _of_attempt(attempt)]
    moments += [moment for exclusion in exclusions for moment in _of_exclusion(exclusion)]
    return sorted(moments, key=lambda moment: moment.at)


def _of_attempt(attempt: Attempt) -> list[Moment]:
    what = _("更正") if attempt.corrects_id else _("记录")
    moments = [Moment(attempt.recorded_at, what, attempt.recorded_by, attempt,
                      text=attempt.correction_text or attempt.remark)]
    # That a record is superseded is told by the correction itself.
    return moments + [
        Moment(act.at, ActKind(act.kind).label, act.actor, attempt, text=act.comment)
        for act in attempt.acts.all() if act.kind != ActKind.SUPERSEDED
    ]


def _of_exclusion(exclusion: Exclusion) -> list[Moment]:
    steps = [
        (exclusion.verified_at, _("校核人答复"), exclusion.verifier),
        (exclusion.vendor_accepted_at, _("送测单位同意"), exclusion.vendor),
        (exclusion.quality_approved_at, _("质量负责人答复"), exclusion.quality_manager),
    ]
    answers = sorted((step for step in steps if step[0]), key=lambda step: str(step[0]))
    moments = [Moment(at, what, who, exclusion=exclusion) for at, what, who in answers if at and who]
    if moments and exclusion.state == ExclusionState.REFUSED:
        moments[-1] = replace(moments[-1], what=_("拒绝排除"), text=exclusion.refusal)
    first = Moment(exclusion.proposed_at, _("提议排除"), exclusion.proposed_by, exclusion=exclusion,
                   text=exclusion.reason)
    if exclusion.ended_at and exclusion.ended_by:
        what = ENDINGS[ExclusionState(exclusion.state)]
        moments.append(Moment(exclusion.ended_at, what, exclusion.ended_by, exclusion=exclusion,
                              text=exclusion.refusal))
    return [first, *moments]


# What a row of a digest holds: form 1 all that `_row` says; form 2, since which entries of the history name their form
# (`digest_form`), also the end of the tool's calibration where it was over, and the rig.
DIGEST_FORMS = (2, 1)


def digest_of_attempts(attempts: Iterable[Attempt], form: int = DIGEST_FORMS[0]) -> str:
    """SHA-256 over the canonical rows of a batch, in order of their ids; what the history keeps of it.

    A row is [item, ordinal, revision, verdict, values, hardware, firmware, tool, performed_at, recorded_at, recorder's
    staff number, remark, correction's reason and text], the moments with microseconds; from form 2 on also
    [overdue_since, rig's number], null where there is none. So the digest can be computed again from the rows for ever.
    """
    rows = sorted(attempts, key=lambda row: row.pk)
    return digest_of([_row(row) + (_doubtful(row) if form > 1 else []) for row in rows])


def _row(row: Attempt) -> list[Any]:
    return [row.plan_item.code, row.ordinal, row.revision, row.verdict, row.values, row.version.hardware.version,
            row.version.firmware.version, row.tool.number,
            row.performed_at.astimezone(UTC).isoformat(), row.recorded_at.astimezone(UTC).isoformat(),
            row.recorded_by.staff_number, row.remark, row.correction_reason, row.correction_text]


def _doubtful(row: Attempt) -> list[Any]:
    return [row.overdue_since.isoformat() if row.overdue_since else None, row.rig.number if row.rig else None]


@dataclass(frozen=True)
class Link:
    """One record of an item in the chain of its tests and corrections."""

    attempt: Attempt
    values: list[tuple[Any, str, str]]
    is_effective: bool


def chain_of(plan_item: PlanItem) -> list[Link]:
    """Every record of an item, the oldest first, with its acts, values in words and whether it counts now."""
    acts = AttemptAct.objects.select_related("actor").order_by("id")
    attempts = Attempt.objects.filter(plan_item=plan_item).select_related(
        "recorded_by", "version__hardware", "version__firmware", "tool", "rig"
    ).prefetch_related(Prefetch("acts", queryset=acts)).order_by("ordinal", "revision")
    slot = Slot.objects.filter(plan_item=plan_item).first()
    measured = list(plan_item.item_version.measurements.all())
    return [Link(row, [(one, row.values[one.key]["value"], row.values[one.key].get("unit", "")) for one in measured
                       if one.key in row.values], slot is not None and slot.effective_id == row.pk)
            for row in attempts]
