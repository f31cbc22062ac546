"""The talk between laboratory and vendor: the finding and the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.people.models import User
from products.devices.services import declare_firmware, declare_hardware
from products.files.models import StoredFile
from products.orders.models import Order
from products.orders.selectors import versions_of
from products.rework import errors
from products.rework.models import Answer, Finding, Reason, Rework, ReworkItem
from products.rework.permissions import can_answer_finding, can_send_finding
from products.rework.selectors import evidence_of
from products.rework.services.moves import lock_rework, move_rework, note, require_right, require_text, require_verb
from products.rework.states import FindingKind
from wapicert.texts import CODE, LONG, STORY, takes_text


@takes_text(finding=STORY, finding_kind=CODE, reasons=CODE)
@transaction.atomic
def draft_finding(
    *, rework: Rework, actor: User, finding: str, finding_kind: str, reasons: Mapping[str, str],
    row_version: int | None = None,
) -> Rework:
    """Keep a finding that is not sent yet, with the reasons chosen so far; the vendor does not see it."""
    require_right(can_send_finding(actor, rework), roles="TE, VE")
    order, locked = lock_rework(rework, row_version)
    require_verb("send", locked)
    _write_draft(locked, finding.strip(), finding_kind, reasons)
    locked.row_version += 1
    locked.save(update_fields=["finding", "finding_kind", "row_version"])
    note(order, locked, "rework.finding_drafted", actor, after={"round": locked.round})
    return locked


@takes_text(finding=STORY, finding_kind=CODE, reasons=CODE)
@transaction.atomic
def send_finding(
    *, rework: Rework, actor: User, finding: str, finding_kind: str, reasons: Mapping[str, str],
    row_version: int | None = None,
) -> Rework:
    """Send the vendor what was found: open → with_vendor.

    `reasons` maps item codes to codes of the reason list and adds to what was drafted; every failed item of the round
    needs one. The text is a finding or explains a requirement (ISO/IEC 17065, 4.2.6); who sends it falls under S6.
    """
    require_right(can_send_finding(actor, rework), roles="TE, VE")
    order, locked = lock_rework(rework, row_version)
    require_verb("send", locked)
    text = require_text(finding, "finding")
    items = _write_draft(locked, text, finding_kind, reasons)
    _require_reasons(items)
    now = timezone.now()
    Finding.objects.create(rework=locked, round=locked.round, text=text, kind=finding_kind, sent_by=actor, sent_at=now)
    return move_rework(
        order, locked, "send", actor,
        changes={"finding": text, "finding_kind": finding_kind, "sent_by": actor, "sent_at": now},
        after={"finding": text, "kind": finding_kind,
               "reasons": {item.plan_item.code: item.reason.code for item in items if item.reason},
               "evidence": sorted(row.file.sha256 for row in evidence_of(locked))},
    )


def _write_draft(rework: Rework, text: str, kind: str, reasons: Mapping[str, str]) -> list[ReworkItem]:
    """Put text, kind and reasons on the rework and the items of its round; the items."""
    if kind not in FindingKind.values:
        raise errors.FindingKindUnknown(field="finding_kind")
    rework.finding, rework.finding_kind = text, kind
    items = list(rework.items.filter(round=rework.round).select_related("plan_item", "reason"))
    by_code = {reason.code: reason for reason in Reason.objects.filter(code__in=set(reasons.values()))}
    codes = {item.plan_item.code for item in items}
    for code, reason in reasons.items():
        if code not in codes:
            raise errors.ItemNotInRework(field=f"reasons.{code}")
        if reason not in by_code:
            raise errors.ReasonUnknown(field=f"reasons.{code}")
    for item in items:
        if item.plan_item.code in reasons:
            item.reason = by_code[reasons[item.plan_item.code]]
    ReworkItem.objects.bulk_update(items, ["reason"])
    return items


def _require_reasons(items: Iterable[ReworkItem]) -> None:
    missing = sorted({item.plan_item.code for item in items if item.reason is None})
    if missing:
        rows = [{"item": code, "field": f"reasons.{code}", "code": errors.ReasonMissing.code,
                 "message": errors.ReasonMissing.message} for code in missing]
        raise errors.ReasonMissing(field=f"reasons.{missing[0]}", rows=rows)


@takes_text(cause=STORY, changes=STORY, firmware=LONG, hardware=LONG)
@transaction.atomic
def answer_finding(
    *, rework: Rework, actor: User, cause: str, changes: str, firmware: str, hardware: str = "",
    files: Iterable[StoredFile] = (), row_version: int | None = None,
) -> Answer:
    """The vendor answers: with_vendor → fix_claimed.

    Cause, changes and the firmware to be tested are required; an empty hardware means the one received last. A version
    that was received before is allowed, since a fault may lie in the set-up: `changes` then says why, and the history
    marks it. Files must belong to the company.
    """
    require_right(can_answer_finding(actor, rework), roles="VU")
    order, locked = lock_rework(rework, row_version)
    require_verb("answer", locked)
    cause, changes = require_text(cause, "cause"), require_text(changes, "changes")
    attached = _own_files(order, files)
    versions = _versions(order, hardware, firmware)
    answer = Answer.objects.create(rework=locked, round=locked.round, cause=cause, changes=changes,
                                   answered_by=actor, answered_at=timezone.now(), **versions)
    answer.files.set(attached)
    is_known = order.versions.filter(**versions).exists()
    move_rework(order, locked, "answer", actor, after={
        "cause": cause, "changes": changes, "hardware": answer.hardware.version, "firmware": answer.firmware.version,
        "is_version_known": is_known, "files": [file.sha256 for file in attached],
    })
    return answer


def _own_files(order: Order, files: Iterable[StoredFile]) -> list[StoredFile]:
    attached = list(files)
    if any(file.company_id != order.company_id for file in attached):
        raise errors.FileNotYours(field="files")
    return attached


def _versions(order: Order, hardware: str, firmware: str) -> dict[str, Any]:
    """The pair that the vendor hands in, declared for the device."""
    if not (firmware or "").strip():
        raise errors.VersionMissing(field="firmware")
    last = versions_of(order).last()
    named = (hardware or "").strip()
    if not named and last is None:
        raise errors.VersionMissing(field="hardware")
    return {
        "hardware": declare_hardware(device=order.device, version=named) if named or last is None else last.hardware,
        "firmware": declare_firmware(device=order.device, version=firmware),
    }
