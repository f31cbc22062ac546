"""Registers test tools, notes their calibration, takes them out of use; a tool is never deleted."""

from __future__ import annotations

import unicodedata
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from members.history.services import append_entry
from members.people.models import User
from products.equipment.errors import ToolInvalid, ToolNumberTaken, ToolRetired
from products.equipment.models import Tool, ToolKind
from products.equipment.permissions import can_keep_tools
from wapicert.errors import Forbidden
from wapicert.texts import CODE, REASON, line, takes_text

CHAIN = "equipment"


@takes_text(number=line(30), name_zh=line(120), kind=CODE, name_en=line(120))
@transaction.atomic
def register_tool(
    *,
    number: str,
    name_zh: str,
    kind: str,
    actor: User | None,
    name_en: str = "",
    calibrated_until: date | None = None,
    is_demonstration: bool = False,
) -> Tool:
    """Enter a tool under its number; refuses a number that was given before, an empty name, an unknown kind."""
    _require_right(actor)
    number = unicodedata.normalize("NFKC", number).strip()
    if not number or not name_zh.strip() or kind not in ToolKind.values:
        field = "number" if not number else "kind" if name_zh.strip() else "name_zh"
        raise ToolInvalid(_("设备编号、名称与类别均须填写。"), field=field)
    if Tool.objects.filter(number=number).exists():
        raise ToolNumberTaken(field="number")
    tool = Tool.objects.create(number=number, name_zh=name_zh.strip(), name_en=name_en.strip(), kind=kind,
                               calibrated_until=calibrated_until, is_demonstration=is_demonstration)
    append_entry(chain=CHAIN, act="tool.registered", actor=actor, object_type="tool", object_id=number,
                 after={"name_zh": tool.name_zh, "kind": kind, "calibrated_until": calibrated_until})
    return tool


@transaction.atomic
def note_calibration(*, tool: Tool, calibrated_until: date, actor: User) -> Tool:
    """Note until when a calibration holds; refuses a retired tool. What was measured before stays as it is."""
    tool = _locked(tool, actor)
    before, tool.calibrated_until = tool.calibrated_until, calibrated_until
    tool.save(update_fields=["calibrated_until"])
    append_entry(chain=CHAIN, act="tool.calibrated", actor=actor, object_type="tool", object_id=tool.number,
                 before={"calibrated_until": before}, after={"calibrated_until": calibrated_until})
    return tool


@takes_text(reason=REASON)
@transaction.atomic
def retire_tool(*, tool: Tool, actor: User, reason: str) -> Tool:
    """Take a tool out of use for ever; refuses without a reason. Results that were measured with it stay."""
    if not reason.strip():
        raise ToolInvalid(_("请填写停用原因。"), field="reason")
    tool = _locked(tool, actor)
    tool.is_active = False
    tool.save(update_fields=["is_active"])
    append_entry(chain=CHAIN, act="tool.retired", actor=actor, object_type="tool", object_id=tool.number,
                 before={"is_active": True}, after={"is_active": False}, reason=reason)
    return tool


def _locked(tool: Tool, actor: User) -> Tool:
    _require_right(actor)
    tool = Tool.objects.select_for_update().get(pk=tool.pk)
    if not tool.is_active:
        raise ToolRetired(field="tool")
    return tool


def _require_right(actor: User | None) -> None:
    if actor is not None and not can_keep_tools(actor):
        raise Forbidden(_("您没有维护设备台账的权限。"), remedy=_("请联系测试工程师或质量负责人。"))
