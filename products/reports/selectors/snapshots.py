"""Builds the snapshot that a report freezes: everything that is printed, as it stands now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from products.devices.selectors import specification_fields
from products.orders.models import Order, PlanItem, Rebase
from products.orders.states import DECISION_RULE, Inclusion, PlanChangeKind, RebaseState
from products.reports.selectors.faults import UNREAD_CLAUSE
from products.reports.selectors.rows import (
    attempts_by_item,
    counts_of_rows,
    day,
    exclusion_row,
    exclusions_of,
    kinds_by_parent,
    outside_of,
    plan_rows,
    result_row,
    rule_of_conclusion,
)
from products.reports.selectors.wording import (
    CONCLUSIONS,
    REWORK_STATES,
    RULE_OF_OLDER_ORDERS,
    SAMPLING,
    STATEMENTS,
    TOOL_KINDS,
    YES_NO,
)
from products.reports.states import SNAPSHOT_SCHEMA, TEMPLATE_VERSION
from products.results.models import Attempt, Evidence
from products.results.states import UNTESTED, ActKind, AttemptState, Verdict
from products.rework.models import Rework
from products.rework.states import ScopeChoice
from products.suites.models import Standard
from products.suites.states import ResultType

# Records that no longer count are no deviation of the report.
ENDED = (AttemptState.SUPERSEDED, AttemptState.INVALIDATED)
# What nobody has a place to record yet: printed as not recorded, never as "none".
NOT_RECORDED: dict[str, None] = {"environment": None, "uncertainty": None, "opinions": None, "external_providers": None}


def snapshot_of(order: Order) -> dict[str, Any]:
    """Everything about the order that a report prints, as JSON; its shape is told in docs/report-snapshot.md.

    `report` and `people` are empty: `reports.services` fills them in as the report moves. The number of queries does
    not grow with the items or the attempts.
    """
    items, attempts, exclusions = plan_rows(order), attempts_by_item(order), exclusions_of(order)
    planned = [item for item in items if item.inclusion == Inclusion.IN]
    below = kinds_by_parent(planned, exclusions)
    rows = [result_row(item, attempts.get(item.pk, []), exclusions.get(item.pk), below[item.item_version_id])
            for item in planned]
    measured = list(chain.from_iterable(attempts.values()))
    standards = _standards(planned)
    specimens = _specimens(order)
    return {
        "schema": SNAPSHOT_SCHEMA, "template_version": TEMPLATE_VERSION, "software_version": settings.SOFTWARE_VERSION,
        "report": {}, "people": {"compiled": None, "checked": None, "authorised": None},
        "laboratory": _laboratory(), "marks": marks_on(timezone.localdate()),
        **_parties(order), "order": _order(order), "device": _device(order, items), **specimens,
        **_evidence(order), "dates": _dates(specimens["samples"], measured), "edition": _edition(order),
        **standards, "tools": _tools(measured),
        **NOT_RECORDED, "statements": statements(),
        "deviations": _rebased(order) + _deviations(items, measured),
        "categories": _categories(planned, rows), "counts": counts_of_rows(rows), "results": rows,
        "reworks": [_rework(rework) for rework in _reworks(order)],
        "exclusions": [exclusion_row(row) for row in exclusions.values()], "outside": outside_of(items),
        "decision_rule": decision_rule_of(order), "conclusion": conclusion_of(rows),
    }


def conclusion_of(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The statement of conformity by the rule of the scheme (orders.states.DECISION_RULE).

    It conforms if something was tested, no counted item failed or lacks a result, and none was left undone (未测,
    受阻): an undone test is no conformity, whoever approved that; a waiver has the customer's and the quality manager's
    consent. What is not applicable and what is optional does not count.
    """
    rows = list(rows)
    code = rule_of_conclusion(rows)
    zh, en = CONCLUSIONS[code]
    optional = sum(not row["is_counted"] and row["verdict"] == Verdict.FAIL for row in rows)
    undone = sum(row["is_counted"] and row["verdict"] in UNTESTED and row["result_type"] != ResultType.DERIVED
                 for row in rows)
    return {"code": str(code), "zh": zh, "en": en, "count_failed_optional": optional, "count_untested": undone}


def decision_rule_of(order: Order) -> dict[str, str]:
    """The rule that the conclusion follows; an order that was accepted under other words says so."""
    agreed: dict[str, str] = order.decision_rule or {}
    if not agreed or agreed.get("code") == DECISION_RULE["code"]:
        return agreed
    return {"code": DECISION_RULE["code"], "zh": DECISION_RULE["zh"] + RULE_OF_OLDER_ORDERS[0],
            "en": DECISION_RULE["en"] + RULE_OF_OLDER_ORDERS[1]}


def marks_on(today: date) -> list[dict[str, str]]:
    """The marks of accreditation in force on the day, from settings.ACCREDITATION_MARKS ("text|from|until")."""
    marks = []
    for line in settings.ACCREDITATION_MARKS:
        try:
            text, since, until = (part.strip() for part in line.split("|"))
            is_in_force = date.fromisoformat(since) <= today <= date.fromisoformat(until)
        except ValueError as error:
            raise ImproperlyConfigured(f"ACCREDITATION_MARKS: {line!r} is not 'text|from|until'.") from error
        if is_in_force:
            marks.append({"text": text, "valid_from": since, "valid_until": until})
    return marks


def statements() -> list[dict[str, str]]:
    """The statements that every report carries in the scheme's words, by their element."""
    return [{"element": letter, "zh": zh, "en": en} for letter, (zh, en) in STATEMENTS.items()]


def _laboratory() -> dict[str, Any]:
    laboratory = settings.LABORATORY
    return {**laboratory, "places": [{"zh": laboratory["address_zh"], "en": laboratory["address_en"]}]}


def _parties(order: Order) -> dict[str, Any]:
    """Customer, applicant, maker and factory, as they were declared when the order was accepted."""
    frozen: dict[str, Any] = order.frozen_declaration or {}
    company, device = frozen["company"], frozen["device"]
    names = {key: company[key] for key in ("name_zh", "name_en", "number")}
    return {"customer": names | {key: company[key] for key in ("address_zh", "address_en")}, "applicant": names,
            "manufacturer": device["manufacturer"] or None, "factory": device["factory"] or None}


def _order(order: Order) -> dict[str, Any]:
    return {"number": order.number, "accepted_on": day(order.accepted_at) if order.accepted_at else None,
            "sampling_zh": order.sampling, "sampling_en": SAMPLING.get(order.sampling, ""), "remark": order.remark}


def _device(order: Order, items: list[PlanItem]) -> dict[str, Any]:
    frozen: dict[str, Any] = order.frozen_declaration or {}
    device, kind = frozen["device"], order.device.device_type
    return {
        "name_zh": device["name_zh"], "name_en": device["name_en"], "model": device["model"], "type_code": kind.code,
        "type_zh": kind.name_zh, "type_en": kind.name_en, "hardware": frozen["hardware"],
        "firmware": frozen["firmware"], "specification": _specification(order, frozen["specification"]),
        "features": _features(frozen["features"], items),
    }


def _specification(order: Order, values: dict[str, Any]) -> list[dict[str, str]]:
    fields = specification_fields(order.device.device_type)
    return [{"name_zh": field.name_zh, "name_en": field.name_en, "value": value_text(values[field.key]),
             "unit": field.unit or ""} for field in fields if values.get(field.key) not in (None, "", [], {})]


def value_text(value: Any) -> str:
    """A specification value as it is printed."""
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, dict):
        return " – ".join(str(part) for part in value.values())
    return "、".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _features(held: dict[str, bool], items: list[PlanItem]) -> list[dict[str, Any]]:
    """The features on which an item of the plan depends; what decides nothing for this type of device is left out."""
    deciding = {item.feature.pk: item.feature for item in items if item.feature}.values()
    return [{"name_zh": row.name_zh, "name_en": row.name_en, "is_present": bool(held.get(row.key)),
             "is_declared": row.asked} for row in sorted(deciding, key=lambda feature: feature.position)]


def _specimens(order: Order) -> dict[str, Any]:
    samples = order.samples.select_related("version__hardware", "version__firmware")
    versions = order.versions.select_related("hardware", "firmware")
    return {
        "samples": [{"number": row.number, "serial_number": row.serial_number,
                     "hardware": row.version.hardware.version, "firmware": row.version.firmware.version,
                     "received_on": day(row.received_at), "condition": row.condition} for row in samples],
        "versions": [{"ordinal": row.ordinal, "hardware": row.hardware.version, "firmware": row.firmware.version,
                      "received_on": day(row.received_at)} for row in versions],
    }


def _evidence(order: Order) -> dict[str, Any]:
    """Photographs of the device, which are printed, and every file of the order with its digest, which are listed."""
    rows = list(Evidence.objects.filter(order=order).select_related("file", "plan_item").order_by("added_at", "pk"))
    photographs = [row for row in rows if row.is_device_photograph and row.file.media_type.startswith("image/")]
    return {
        "photographs": [{"id": str(row.file.pk), "sha256": row.file.sha256, "name": row.file.name,
                         "caption": row.note or row.file.name} for row in photographs],
        "evidence": [{"code": row.plan_item.code if row.plan_item else None, "name": row.file.name,
                      "note": row.note, "size": row.file.size, "sha256": row.file.sha256,
                      "added_on": day(row.added_at)} for row in rows],
    }


def _dates(samples: list[dict[str, str]], attempts: list[Attempt]) -> dict[str, Any]:
    kept = [attempt for attempt in attempts if ActKind.INVALIDATED not in {act.kind for act in attempt.acts.all()}]
    tested = sorted(day(attempt.performed_at) for attempt in kept)
    return {"received": sorted({sample["received_on"] for sample in samples}),
            "tested_from": tested[0] if tested else None, "tested_until": tested[-1] if tested else None}


def _edition(order: Order) -> dict[str, Any]:
    edition = order.edition
    if edition is None:
        return {}
    return {"slug": edition.slug, "label_zh": edition.label_zh, "label_en": edition.label_en,
            "name_zh": edition.name_zh, "name_en": edition.name_en, "origin": edition.origin,
            "fingerprint": order.edition_fingerprint}


def _standards(items: list[PlanItem]) -> dict[str, Any]:
    """The standards that the planned items are based on, with the clauses that were read in them; other publications.

    A clause that was only quoted elsewhere is not recorded, and a newsletter is no standard.
    """
    clauses: dict[str, set[str]] = defaultdict(set)
    bases = [basis for item in items for basis in item.item_version.basis]
    for basis in bases:
        clause = basis.get("clause") or ""
        clauses[basis["standard"]] |= {clause} if clause and not UNREAD_CLAUSE.search(clause) else set()
    known = {row.code: row for row in Standard.objects.filter(code__in=clauses)}
    rows = [{"code": code, "title_zh": known[code].title_zh if code in known else code,
             "kind": known[code].kind if code in known else "standard", "clauses": sorted(found)}
            for code, found in sorted(clauses.items())]
    return {"standards": [row for row in rows if str(row["kind"]).endswith("standard")],
            "other_sources": [row for row in rows if not str(row["kind"]).endswith("standard")]}


def _tools(attempts: list[Attempt]) -> list[dict[str, Any]]:
    tools = {attempt.tool_id: attempt.tool for attempt in attempts}.values()
    return [{"number": tool.number, "name_zh": tool.name_zh, "name_en": tool.name_en,
             "kind_zh": TOOL_KINDS[tool.kind][0], "kind_en": TOOL_KINDS[tool.kind][1],
             "calibrated_until": tool.calibrated_until.isoformat() if tool.calibrated_until else None}
            for tool in sorted(tools, key=lambda tool: tool.number)]


def _rebased(order: Order) -> list[str]:
    """Each amendment of the contract to another edition; what failed before and counts no more, who allowed it, why."""
    rows = order.rebases.filter(state=RebaseState.CONSENTED).select_related("from_edition", "to_edition",
                                                                            "drop_allowed_by")
    return [_rebase(row) for row in rows]


def _rebase(rebase: Rebase) -> str:
    gone = "、".join(line["item"] for line in rebase.lines if line["kind"] == PlanChangeKind.REMOVED)
    text = (f"合同变更：{day(rebase.answered_at) if rebase.answered_at else ''} 由“{rebase.from_edition.label_zh}”换至"
            f"“{rebase.to_edition.label_zh}”（tests went on by another edition）。")
    if gone:
        text += f"不再列入（no longer in the plan）：{gone}。"
    if rebase.dropped and rebase.drop_allowed_by:
        text += (f"其中此前未通过（failed before）：{'、'.join(rebase.dropped)}；质量负责人 "
                 f"{rebase.drop_allowed_by.staff_number} 同意不再计入（allowed by the quality manager），"
                 f"理由：{rebase.drop_reason}。")
    return text


def _deviations(items: list[PlanItem], attempts: list[Attempt]) -> list[str]:
    """What was tested with a tool whose calibration was over, and why (ISO/IEC 17025, 6.4.6 and 7.8.2.1 n)."""
    codes = {item.pk: item.code for item in items}
    return [f"{codes[row.plan_item_id]}：所用 {row.tool.number} 的校准有效期至 {row.overdue_since}，测试当日已过期，"
            f"理由：{row.remark}（used after its calibration had ended）"
            for row in attempts if row.overdue_since and row.state not in ENDED]


def _categories(items: list[PlanItem], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {item.item_version.category_id: item.item_version.category for item in items}.values()
    return [{"code": category.code, "name_zh": category.name_zh, "name_en": category.name_en,
             **counts_of_rows(row for row in rows if row["category"] == category.code)}
            for category in sorted(found, key=lambda category: category.position)]


def _reworks(order: Order) -> Iterable[Rework]:
    return order.reworks.order_by("opened_at").prefetch_related(
        "items__plan_item__item_version", "items__reason", "answers__hardware", "answers__firmware",
        "scopes__signed_by", "scopes__lines__plan_item",
    )


def _rework(rework: Rework) -> dict[str, Any]:
    """One rework: facts and signed scopes. The texts of finding and answer stay between laboratory and vendor."""
    zh, en = REWORK_STATES[rework.state]
    return {"number": rework.number, "state": rework.state, "state_zh": zh, "state_en": en,
            "opened_on": day(rework.opened_at), "closed_on": day(rework.closed_at) if rework.closed_at else None,
            "laboratory_days": f"{rework.laboratory_seconds / 86400:.1f}",
            "vendor_days": f"{rework.vendor_seconds / 86400:.1f}",
            "rounds": [_round(rework, number) for number in sorted({item.round for item in rework.items.all()})]}


def _round(rework: Rework, number: int) -> dict[str, Any]:
    items = [item for item in rework.items.all() if item.round == number]
    answer = next((row for row in rework.answers.all() if row.round == number), None)
    return {
        "round": number,
        "failed": [{"code": item.plan_item.code, "name_zh": item.plan_item.item_version.name_zh,
                    "name_en": item.plan_item.item_version.name_en,
                    "reason_zh": item.reason.name_zh if item.reason else None,
                    "reason_en": item.reason.name_en if item.reason else None} for item in items],
        "answered_on": day(answer.answered_at) if answer else None,
        "hardware": answer.hardware.version if answer else None,
        "firmware": answer.firmware.version if answer else None,
        "scope": _scope(rework, number, {item.plan_item.code for item in items}),
    }


def _scope(rework: Rework, number: int, failed: set[str]) -> dict[str, Any] | None:
    """What the signed scope says; what failed is always repeated, whether it has a line or not."""
    scope = next((row for row in rework.scopes.all() if row.round == number), None)
    if scope is None:
        return None
    lines = list(scope.lines.all())
    repeated = failed | {line.plan_item.code for line in lines if line.choice == ScopeChoice.REPEAT}
    return {"signed_on": day(scope.signed_at), "signed_by": scope.signed_by.staff_number,
            "repeated": sorted(repeated), "kept": sum(line.choice == ScopeChoice.KEEP for line in lines)}
