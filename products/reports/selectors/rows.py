"""The results of an order as the report prints them: item by item, with everything that was measured before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from products.devices.states import Origin
from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion
from products.reports.selectors.wording import CONSENTS, CORRECTIONS, EARLIER_NOTES, OUTSIDE, VERDICTS
from products.reports.states import Conclusion
from products.results.models import Attempt, Exclusion
from products.results.states import UNTESTED, ExclusionKind, ExclusionState, SlotState, Verdict
from products.suites.models import ItemVersion, Measurement
from products.suites.states import ResultType

# An excluded parent has no exclusion of its own: all its children have one, and it says the gravest of theirs.
GRAVEST_FIRST = (ExclusionKind.BLK, ExclusionKind.NT, ExclusionKind.WAIVER, ExclusionKind.NA)


def day(moment: datetime) -> str:
    """The date in the laboratory's time zone, as 2026-03-15."""
    return timezone.localtime(moment).date().isoformat()


def plan_rows(order: Order) -> list[PlanItem]:
    """Every item of the order's edition with its text, measurements and slot, in the edition's order; three queries."""
    rows = order.plan.select_related("item_version__category", "feature", "slot", "slot__effective__version__hardware",
                                     "slot__effective__version__firmware", "slot__effective__tool")
    return list(rows.prefetch_related("item_version__measurements").order_by("position"))


def attempts_by_item(order: Order) -> dict[int, list[Attempt]]:
    """All attempts of the order by plan item, oldest first; two queries."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(plan_item__order=order).select_related(
        "version__hardware", "version__firmware", "tool", "recorded_by", "correction"
    )
    for attempt in rows.prefetch_related("acts").order_by("plan_item", "ordinal", "revision"):
        found[attempt.plan_item_id].append(attempt)
    return found


def exclusions_of(order: Order) -> dict[int, Exclusion]:
    """The approved exclusions by plan item."""
    rows = Exclusion.objects.filter(plan_item__order=order, state=ExclusionState.APPROVED).select_related(
        "plan_item__item_version", "verifier", "vendor", "quality_manager"
    )
    return {row.plan_item_id: row for row in rows.order_by("plan_item__position")}


def result_row(
    item: PlanItem, attempts: list[Attempt], exclusion: Exclusion | None, kinds_below: Iterable[str] = ()
) -> dict[str, Any]:
    """One planned item: its text as it stood, the effective result, the tests before it and the slips corrected in it.

    A test is what an ordinal counts; a correction of its record is no further test and never a retest.
    `kinds_below` are the kinds of exclusion of an item's children.
    """
    version = item.item_version
    slot = getattr(item, "slot", None)
    effective = slot.effective if slot and slot.state == SlotState.VERIFIED else None
    before = [row for row in attempts if effective is None or row.ordinal != effective.ordinal]
    slips = [row for row in attempts if effective is not None and row.ordinal == effective.ordinal
             and row.pk != effective.pk]
    earlier = [_earlier(version, row) for row in before]
    verdict = _verdict(slot, exclusion, kinds_below)
    return {
        "code": item.code, "category": version.category.code, "group_zh": version.group_zh,
        "name_zh": version.name_zh, "name_en": version.name_en, "requirement_zh": version.requirement_zh,
        "requirement_en": version.requirement_en, "origin": version.origin, "result_type": version.result_type,
        "reason": item.reason, "is_counted": item.is_counted, "verdict": verdict,
        "values": values_of(version, effective.values) if effective else [],
        "attempts": len({row.ordinal for row in attempts}), "ordinal": effective.ordinal if effective else None,
        "earlier": earlier, "corrections": [_correction(version, row) for row in slips],
        "is_retested": verdict == Verdict.PASS and any(map(_is_failure, earlier)),
        **_where_measured(effective),
    }


def _verdict(slot: Any, exclusion: Exclusion | None, kinds_below: Iterable[str]) -> str:
    if slot is None or slot.state not in (SlotState.VERIFIED, SlotState.EXCLUDED):
        return ""
    if slot.state == SlotState.EXCLUDED:
        below = set(kinds_below)
        return exclusion.kind if exclusion else next((str(kind) for kind in GRAVEST_FIRST if kind in below), "")
    return str(slot.verdict)


def kinds_by_parent(items: Iterable[PlanItem], exclusions: Mapping[int, Exclusion]) -> dict[int, set[str]]:
    """The kinds of exclusion below each parent (its item's version), through every level."""
    found: dict[int, set[str]] = defaultdict(set)
    parents = {item.item_version_id: item.item_version.parent_id for item in items}
    for item in items:
        above = item.item_version.parent_id
        while item.pk in exclusions and above is not None:
            found[above].add(exclusions[item.pk].kind)
            above = parents.get(above)
    return found


def _where_measured(attempt: Attempt | None) -> dict[str, Any]:
    if attempt is None:
        return dict.fromkeys(["attempt", "hardware", "firmware", "version", "performed_on", "tool"])
    return {"attempt": attempt.pk, "hardware": attempt.version.hardware.version,
            "firmware": attempt.version.firmware.version, "version": attempt.version.ordinal,
            "performed_on": day(attempt.performed_at), "tool": attempt.tool.number}


def _earlier(version: ItemVersion, attempt: Attempt) -> dict[str, Any]:
    acts = [act.kind for act in attempt.acts.all()]
    note = next((EARLIER_NOTES[kind] for kind in reversed(acts) if kind in EARLIER_NOTES), None)
    return {"label_zh": f"第{attempt.ordinal}次", "ordinal": attempt.ordinal, "revision": attempt.revision,
            "verdict": attempt.verdict, "state": attempt.state, "note_zh": note,
            "values": values_of(version, attempt.values), **_where_measured(attempt)}


def _correction(version: ItemVersion, attempt: Attempt) -> dict[str, Any]:
    """A record of the same test that was corrected, or returned before: what it said, and why it was corrected."""
    why = CORRECTIONS.get(getattr(getattr(attempt, "correction", None), "correction_reason", ""), ("", ""))
    return _earlier(version, attempt) | {"reason_zh": why[0], "reason_en": why[1]}


def _is_failure(row: Mapping[str, Any]) -> bool:
    """Whether an earlier test failed for good: not a record that was corrected, returned or thrown out."""
    return row["verdict"] == Verdict.FAIL and row["note_zh"] is None


def values_of(version: ItemVersion, values: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The measured values with names, units and limits, in the item's order; numbers as they were entered."""
    return [{"name_zh": row.name_zh, "name_en": row.name_en, "value": str(values[row.key].get("value", "")),
             "unit": values[row.key].get("unit", "") or "", "limit": limit_of(row)}
            for row in version.measurements.all() if row.key in values]


def limit_of(measurement: Measurement) -> str | None:
    """The limit as printed, "≥ 95", or None where there is none."""
    if measurement.limit is None:
        return None
    number = Decimal(measurement.limit).normalize()
    return f"{measurement.get_comparator_display()} {number:f}"


def counts_of_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many rows were planned, passed, failed, recorded, excluded (by kind), retested, corrected, and proposals."""
    kept = list(rows)
    verdicts = [row["verdict"] for row in kept]
    passed, failed, recorded = (verdicts.count(code) for code in (Verdict.PASS, Verdict.FAIL, Verdict.REC))
    open_ones = verdicts.count("") + verdicts.count(Verdict.INC)
    return {"planned": len(kept), "passed": passed, "failed": failed, "recorded": recorded,
            "excluded": len(kept) - passed - failed - recorded - open_ones,
            **{kind: verdicts.count(kind) for kind in ExclusionKind},
            "retested": sum(row["is_retested"] for row in kept),
            "corrected": sum(bool(row["corrections"]) for row in kept),
            "proposed": sum(row["origin"] == Origin.PROPOSED for row in kept)}


def rule_of_conclusion(rows: Iterable[Mapping[str, Any]]) -> str:
    """The conclusion that the scheme's rule gives of these rows; see `snapshots.conclusion_of`."""
    kept = list(rows)
    wanting = {Verdict.FAIL, Verdict.INC, "", *UNTESTED}
    fails = any(row["is_counted"] and row["verdict"] in wanting for row in kept)
    is_tested = any(row["is_counted"] and row["verdict"] in (Verdict.PASS, Verdict.REC) for row in kept)
    return str(Conclusion.CONFORMS if is_tested and not fails else Conclusion.DOES_NOT_CONFORM)


def not_done(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What got no result, by kind, the gravest first: {kind, zh, en, codes}; parents are told by their children.

    For every place that tells the conclusion: whoever reads that a device conforms reads in what it was not tested.
    """
    codes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["result_type"] != ResultType.DERIVED:
            codes[row["verdict"]].append(row["code"])
    return [{"kind": str(kind), "zh": VERDICTS[kind][0], "en": VERDICTS[kind][1], "codes": codes[kind]}
            for kind in GRAVEST_FIRST if codes[kind]]


def exclusion_row(exclusion: Exclusion) -> dict[str, Any]:
    """An approved exclusion with its reason and whoever consented, by staff number."""
    people = [("verifier", exclusion.verifier, exclusion.verified_at),
              ("vendor", exclusion.vendor, exclusion.vendor_accepted_at),
              ("quality_manager", exclusion.quality_manager, exclusion.quality_approved_at)]
    version = exclusion.plan_item.item_version
    return {"code": exclusion.plan_item.code, "name_zh": version.name_zh, "name_en": version.name_en,
            "kind": exclusion.kind, "reason": exclusion.reason,
            "consents": [{"zh": CONSENTS[part][0], "en": CONSENTS[part][1], "by": who.staff_number, "on": day(when)}
                         for part, who, when in people if who and when]}


def outside_of(items: Iterable[PlanItem]) -> list[dict[str, Any]]:
    """The items outside the plan, grouped by the rule that left them out."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in items:
        if item.inclusion != Inclusion.IN:
            zh, en = OUTSIDE.get(item.reason, (item.get_reason_display(), item.reason))
            if item.feature:
                zh, en = f"{zh}：{item.feature.name_zh}", f"{en}: {item.feature.name_en}"
            groups[zh, en].append(item.code)
    return [{"zh": zh, "en": en, "codes": codes} for (zh, en), codes in groups.items()]
