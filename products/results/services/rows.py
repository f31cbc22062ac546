"""Checks rows of results against the order's plan, versions, tools and people, and turns them into attempts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.people.models import TestAuthorisation, User
from members.people.states import Activity
from products.equipment.models import Loan, Tool
from products.equipment.selectors import is_away_on, is_calibrated_on, loans_to_companies, overdue_since
from products.orders.models import Order, PlanItem, ReceivedVersion
from products.orders.selectors import versions_of
from products.orders.states import Inclusion
from products.results import errors
from products.results.models import Attempt, Exclusion, Slot
from products.results.selectors import Values, check_values, decide_verdict, last_ordinals
from products.results.states import IN_FORCE, SlotState, Verdict
from products.suites.models import Measurement
from products.suites.states import ResultType
from wapicert.errors import DomainError
from wapicert.texts import CODE, REASON, clean_text, clean_value, half_width

# Clocks of test rigs run ahead of the server's a little.
CLOCK_TOLERANCE = timedelta(minutes=1)
# Moments before it are slips of the pen; the first and last hours of the calendar have no local time at all.
EARLIEST_YEAR = 2000
# Words of an item that no check asks for; a thousand items' worth of them is slow to read.
UNREAD = ("requirement_zh", "requirement_en", "basis", "evidence", "name_zh", "name_en", "group_zh")
# What a row says in words.
TEXTS = {"item": CODE, "verdict": CODE, "hardware": CODE, "firmware": CODE, "tool": CODE, "remark": REASON}
# Kinds whose verdict rests on every value that they ask for.
WHOLE = frozenset({ResultType.COMPUTED, ResultType.RECORDED})


@dataclass(frozen=True)
class Desk:
    """What rows of one order are held against; loaded once per batch."""

    order: Order
    actor: User
    now: datetime
    plan: dict[str, PlanItem]
    versions: dict[tuple[str, str], ReceivedVersion]
    tools: dict[str, Tool]
    authorisations: list[TestAuthorisation]
    excluded: set[int]
    ordinals: dict[int, int]
    lent: list[Loan]


@dataclass
class Draft:
    """A row on its way to an attempt: what of it is good so far, and what is wrong."""

    given: Mapping[str, Any]
    item: PlanItem | None = None
    verdict: Verdict | None = None
    values: Values = field(default_factory=dict)
    version: ReceivedVersion | None = None
    tool: Tool | None = None
    performed_at: datetime | None = None
    faults: list[DomainError] = field(default_factory=list)


def desk_for(order: Order, actor: User, rows: Iterable[Mapping[str, Any]]) -> Desk:
    """Everything that the rows name, in nine queries however many rows there are."""
    given = list(rows)
    codes = {_text(row.get("item")) for row in given}
    plan = PlanItem.objects.filter(order=order, code__in=codes).select_related(
        "item_version__category", "slot__latest__recorded_by", "slot__latest__version__hardware",
        "slot__latest__version__firmware", "slot__repeat_from__hardware", "slot__repeat_from__firmware",
    ).prefetch_related("item_version__measurements").defer(*(f"item_version__{name}" for name in UNREAD))
    items = {item.code: item for item in plan}
    ids = [item.pk for item in items.values()]
    excluded = Exclusion.objects.filter(plan_item_id__in=ids).filter(state__in=IN_FORCE)
    return Desk(
        order=order, actor=actor, now=timezone.now(), plan=items,
        versions={(row.hardware.version, row.firmware.version): row for row in versions_of(order)},
        tools={tool.number: tool for tool in Tool.objects.filter(number__in={_text(row.get("tool")) for row in given})},
        authorisations=list(actor.test_authorisations.filter(activity=Activity.RECORD)),
        excluded=set(excluded.values_list("plan_item_id", flat=True)),
        ordinals=last_ordinals(ids),
        lent=list(loans_to_companies({_text(row.get("tool")) for row in given})),
    )


def check_row(desk: Desk, given: Mapping[str, Any], *, is_correction: bool = False) -> Draft:
    """The row with everything that is wrong with it; a correction takes the place of a record, so none may be asked."""
    given, faults = _clean_texts(given)
    draft = Draft(given, item=desk.plan.get(_text(given.get("item"))), faults=faults)
    if draft.item is None:
        draft.faults.append(errors.ItemUnknown(field="item"))
        return draft
    if fault := _misplaced(draft.item):
        draft.faults.append(fault)
        return draft
    if not is_correction:
        _check_place(desk, draft, draft.item)
    elif draft.item.pk in desk.excluded:
        # A correction could turn what was excluded as inconclusive into a failure that nobody looks at any more.
        draft.faults.append(errors.ItemExcluded(field="item"))
    _check_outcome(draft, draft.item)
    _check_circumstances(desk, draft, draft.item, is_correction=is_correction)
    return draft


def _clean_texts(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[DomainError]]:
    """The row with its texts clean and a fault for each that cannot be; values are looked at one by one later."""
    clean, faults = dict(given), list[DomainError]()
    for name, kind in TEXTS.items():
        try:
            clean[name] = clean_value(given.get(name), kind, field=name)
        except DomainError as fault:
            clean[name] = None
            faults.append(fault)
    return clean, faults


def attempt_from(desk: Desk, draft: Draft) -> Attempt:
    """The attempt of a row without faults: the next test of its item."""
    assert draft.item is not None
    assert draft.verdict is not None
    assert draft.version is not None
    assert draft.tool is not None
    assert draft.performed_at is not None
    return Attempt(
        plan_item=draft.item, ordinal=desk.ordinals.get(draft.item.pk, 0) + 1, verdict=draft.verdict,
        values=draft.values, version=draft.version, tool=draft.tool, performed_at=draft.performed_at,
        recorded_at=desk.now, recorded_by=desk.actor, remark=_remark(draft),
        overdue_since=overdue_since(draft.tool, timezone.localtime(draft.performed_at).date()),
    )


def _remark(draft: Draft) -> str:
    return str(draft.given.get("remark") or "").strip()


def _misplaced(item: PlanItem) -> DomainError | None:
    """Why no result can ever be entered for the item."""
    if item.inclusion != Inclusion.IN:
        return errors.ItemNotInPlan(field="item")
    if item.item_version.result_type == ResultType.DERIVED:
        return errors.DerivedItem(field="item")
    return None


def _check_place(desk: Desk, draft: Draft, item: PlanItem) -> None:
    """Whether the item waits for a result, and still is what the sender saw."""
    slot: Slot = item.slot
    seen = draft.given.get("slot_version")
    if item.pk in desk.excluded:
        draft.faults.append(errors.ItemExcluded(field="item"))
    elif slot.state not in (SlotState.TODO, SlotState.RECONFIRM) and slot.verdict != Verdict.INC:
        draft.faults.append(errors.AlreadyRecorded(_who_recorded(slot), field="item", extra=_what_stands(slot)))
    elif seen is not None and seen != slot.row_version:
        draft.faults.append(errors.RowStale(field="slot_version", extra=_what_stands(slot)))


def _who_recorded(slot: Slot) -> str:
    """The sentence that tells the second what the first has saved."""
    latest = slot.latest
    assert latest is not None
    when = date_format(timezone.localtime(latest.recorded_at), "Y-m-d H:i:s")
    facts = {"name": latest.recorded_by.name, "when": when, "verdict": Verdict(latest.verdict).label}
    return _("该测试项已由%(name)s于%(when)s记录：%(verdict)s。") % facts


def _what_stands(slot: Slot) -> dict[str, Any]:
    """What the item holds now, for the page or program that came second."""
    latest = slot.latest
    current = None if latest is None else {
        "verdict": latest.verdict, "values": latest.values, "hardware": latest.version.hardware.version,
        "firmware": latest.version.firmware.version, "recorded_by": latest.recorded_by.name,
        "recorded_at": latest.recorded_at.isoformat(),
    }
    return {"current": current, "slot_state": slot.state, "slot_version": slot.row_version}


def _check_outcome(draft: Draft, item: PlanItem) -> None:
    """Verdict and values."""
    kind = item.item_version.result_type
    measurements: list[Measurement] = list(item.item_version.measurements.all())
    verdict = _text(draft.given.get("verdict")) or None
    raw = draft.given.get("values")
    values = raw if isinstance(raw, Mapping) else {}
    draft.values, faults = check_values(measurements, values, must_be_whole=kind in WHOLE or verdict == Verdict.PASS,
                                        code=item.code)
    draft.faults += faults
    # Values that are wrong say nothing about a computed verdict.
    if faults and kind in WHOLE:
        return
    try:
        draft.verdict = decide_verdict(kind, measurements, verdict, draft.values)
    except DomainError as fault:
        draft.faults.append(fault)


def _check_circumstances(desk: Desk, draft: Draft, item: PlanItem, *, is_correction: bool) -> None:
    """When, on which version, with which tool and by whom."""
    draft.performed_at = _performed_at(desk, draft)
    pair = (_text(draft.given.get("hardware")), _text(draft.given.get("firmware")))
    draft.version = desk.versions.get(pair)
    draft.tool = desk.tools.get(_text(draft.given.get("tool")))
    draft.faults += filter(None, [
        None if is_correction else _version_fault(draft, item.slot),
        errors.VersionNotReceived(field="firmware") if is_correction and not draft.version else None,
        errors.ToolUnknown(field="tool") if draft.tool is None else None,
    ])
    if draft.performed_at is not None:
        day = timezone.localtime(draft.performed_at).date()
        draft.faults += filter(None, [_receipt_fault(draft), _tool_fault(desk, draft, day),
                                      _authorisation_fault(desk, item, day)])


def _performed_at(desk: Desk, draft: Draft) -> datetime | None:
    """The claimed time, if it has a time zone and lies not in the future."""
    claimed = draft.given.get("performed_at")
    if not isinstance(claimed, datetime) or timezone.is_naive(claimed):
        draft.faults.append(errors.PerformedAtMissing(field="performed_at"))
        return None
    if claimed.year < EARLIEST_YEAR:
        draft.faults.append(errors.PerformedBeforeReceipt(field="performed_at"))
        return None
    if claimed > desk.now + CLOCK_TOLERANCE:
        draft.faults.append(errors.PerformedInFuture(field="performed_at"))
        return None
    return claimed


def _version_fault(draft: Draft, slot: Slot) -> DomainError | None:
    if draft.version is None:
        return errors.VersionNotReceived(field="firmware")
    wanted = slot.repeat_from
    if wanted is None or draft.version.ordinal >= wanted.ordinal:
        return None
    remedy = errors.VersionOutdated.remedy % {"hardware": wanted.hardware.version, "firmware": wanted.firmware.version}
    return errors.VersionOutdated(field="firmware", remedy=remedy)


def _receipt_fault(draft: Draft) -> DomainError | None:
    """Times are entered to the minute, so the minute of the receipt counts as after it."""
    version, performed_at = draft.version, draft.performed_at
    if version is None or performed_at is None or performed_at >= version.received_at.replace(second=0, microsecond=0):
        return None
    return errors.PerformedBeforeReceipt(field="performed_at")


def _tool_fault(desk: Desk, draft: Draft, day: date) -> DomainError | None:
    """A tool whose calibration is over may be used for a reason, which the report prints."""
    tool = draft.tool
    if tool is None:
        return None
    if not tool.is_active:
        return errors.ToolNotInUse(field="tool")
    if loan := next((loan for loan in desk.lent if loan.tool_id == tool.pk and is_away_on(loan, day)), None):
        return errors.ToolLent(errors.ToolLent.message % {"number": loan.number}, field="tool")
    if is_calibrated_on(tool, day) or _remark(draft):
        return None
    until = date_format(tool.calibrated_until, "Y-m-d") if tool.calibrated_until else ""
    return errors.ToolOutOfCalibration(errors.ToolOutOfCalibration.message % {"until": until}, field="tool")


def _authorisation_fault(desk: Desk, item: PlanItem, day: date) -> DomainError | None:
    category = item.item_version.category.code
    for row in desk.authorisations:
        if row.category == category and row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
            return None
    return errors.TesterNotAuthorised(field="item")


def _text(value: Any) -> str:
    """Text with full-width characters and blanks around it normalised; empty for anything else, and for what no text
    may hold."""
    try:
        return half_width(clean_text(value, CODE)).strip() if isinstance(value, str) else ""
    except DomainError:
        return ""
