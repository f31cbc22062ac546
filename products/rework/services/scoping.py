"""The signed scope of a retest: what is repeated on the fixed device, what is kept, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.people.models import User
from products.orders.models import PlanItem
from products.orders.services import receive_version
from products.results.models import Slot
from products.results.services import require_repeats
from products.results.states import Verdict
from products.rework import errors
from products.rework.models import Rework, Scope, ScopeLine
from products.rework.permissions import can_sign_scope
from products.rework.selectors import slots_with_results
from products.rework.services.moves import lock_rework, move_rework, require_right, require_verb
from products.rework.services.settling import settle_order
from products.rework.states import ScopeChoice
from wapicert.errors import DomainError
from wapicert.texts import REASON, takes_text

# Written for items that failed, about which the signer has no choice.
FAILED = "未通过项复测"


@takes_text(lines=REASON)
@transaction.atomic
def sign_scope(
    *, rework: Rework, actor: User, lines: Sequence[Mapping[str, Any]], row_version: int | None = None
) -> Scope:
    """Sign what is tested again: fix_claimed → retest (ISO/IEC 17025, 7.4; rule 3 of the workflow).

    `lines` has {"item", "choice": repeat or keep, "reason"} for every item that has a result; failed items are always
    repeated and need no line. Refuses with one error per line that is missing or wrong. Receives the vendor's version
    and asks for the repeats on it.
    """
    require_right(can_sign_scope(actor, rework), roles="VE")
    order, locked = lock_rework(rework, row_version)
    require_verb("scope", locked)
    slots = {slot.plan_item.code: slot for slot in slots_with_results(order)}
    _require_whole(slots, lines)
    answer = locked.answers.get(round=locked.round)
    version = receive_version(order=order, hardware=answer.hardware, firmware=answer.firmware, actor=actor)
    scope = Scope.objects.create(rework=locked, round=locked.round, version=version, signed_by=actor,
                                 signed_at=timezone.now())
    written = _write_lines(scope, slots, lines)
    repeats = [line.plan_item for line in written if line.choice == ScopeChoice.REPEAT]
    move_rework(order, locked, "scope", actor, after={
        "version": version.ordinal, "repeat": [item.code for item in repeats],
        "keep": {line.plan_item.code: line.reason for line in written if line.choice == ScopeChoice.KEEP},
    })
    require_repeats(order=order, plan_items=repeats, version=version, actor=actor)
    settle_order(order=order)
    return scope


def _is_failed(slot: Slot) -> bool:
    return slot.verdict == Verdict.FAIL


def _require_whole(slots: Mapping[str, Slot], lines: Sequence[Mapping[str, Any]]) -> None:
    """Refuse lines that are wrong and items without one."""
    faults: list[dict[str, Any]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines):
        code = str(line.get("item") or "")
        faults += [_row(fault, code, number) for fault in _faults(slots.get(code), line, is_twice=code in seen)]
        seen.add(code)
    for code, slot in slots.items():
        if code not in seen and not _is_failed(slot):
            faults.append(_row(errors.LineMissing(field="choice"), code, None))
    if faults:
        raise errors.ScopeRefused(field="lines", rows=faults)


def _faults(slot: Slot | None, line: Mapping[str, Any], *, is_twice: bool) -> Iterable[DomainError]:
    """What is wrong with one line."""
    if slot is None or is_twice:
        yield errors.LineUnknown(field="item")
        return
    if line.get("choice") not in ScopeChoice.values:
        yield errors.ChoiceUnknown(field="choice")
    elif _is_failed(slot) and line.get("choice") == ScopeChoice.KEEP:
        yield errors.FailedItemKept(field="choice")
    if not _is_failed(slot) and not str(line.get("reason") or "").strip():
        yield errors.TextMissing(field="reason")


def _row(fault: DomainError, code: str, number: int | None) -> dict[str, Any]:
    return {"row": number, "item": code, "field": fault.field, "code": fault.code, "message": fault.message,
            "remedy": fault.remedy}


def _write_lines(scope: Scope, slots: Mapping[str, Slot], lines: Sequence[Mapping[str, Any]]) -> list[ScopeLine]:
    """One line per item with a result, failed ones included, in the order of the plan."""
    given = {str(line["item"]): line for line in lines}
    written = [_line(scope, slot.plan_item, slot, given.get(code, {})) for code, slot in slots.items()]
    return ScopeLine.objects.bulk_create(written)


def _line(scope: Scope, plan_item: PlanItem, slot: Slot, given: Mapping[str, Any]) -> ScopeLine:
    reason = str(given.get("reason") or "").strip()
    choice = ScopeChoice.REPEAT if _is_failed(slot) else ScopeChoice(str(given["choice"]))
    return ScopeLine(scope=scope, plan_item=plan_item, choice=choice, reason=reason or FAILED)
