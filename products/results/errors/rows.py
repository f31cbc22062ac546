"""What may be wrong with one row of a batch."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, DomainError, Forbidden, InvalidInput


class ItemUnknown(InvalidInput):
    """No item of the pinned edition has this code."""

    code = "item_unknown"
    message = _("测试项不在本委托的版本中。")
    remedy = _("请核对测试项编号。")


class ItemNotInPlan(InvalidInput):
    """The item is out of the plan, or optional and not chosen."""

    code = "item_not_in_plan"
    message = _("该测试项未列入本委托的测试计划。")
    remedy = _("请只记录列入计划的测试项。")


class DerivedItem(InvalidInput):
    """The verdict of a parent follows from its children."""

    code = "derived_item"
    message = _("该测试项的结论由子项得出，不能录入。")
    remedy = _("请录入其子项的结果。")


class DuplicateItem(InvalidInput):
    """One item twice in one batch."""

    code = "duplicate_item"
    message = _("同一测试项在本批中出现多次。")
    remedy = _("请保留一条。")


class VerdictMissing(InvalidInput):
    """A person gives the verdict of this item."""

    code = "verdict_missing"
    message = _("请给出结论。")
    remedy = _("可选：通过、未通过、无法判定。")


class VerdictUnknown(InvalidInput):
    """Not a verdict at all."""

    code = "verdict_unknown"
    message = _("不认识的结论代码。")
    remedy = _("可用代码：PASS、FAIL、INC、REC。")


class VerdictNotAllowed(InvalidInput):
    """A verdict that this kind of item cannot have, or that its values contradict."""

    code = "verdict_not_allowed"
    remedy = _("请更正结论，或留空由系统得出。")


class MeasurementUnknown(InvalidInput):
    """The item asks for no such value."""

    code = "measurement_unknown"
    message = _("该测试项没有此测量值。")
    remedy = _("请只填写该测试项列出的测量值。")


class ValueMissing(InvalidInput):
    """A value that the verdict rests on."""

    code = "value_missing"
    message = _("缺少测量值“%(name)s”。")
    remedy = _("请填写数值与单位。")


class ValueNotANumber(InvalidInput):
    """Not a decimal number."""

    code = "value_not_a_number"
    message = _("“%(name)s”须为数字。")
    remedy = _("请用十进制数字填写，例如 0.35；不要写单位或符号。")


class ValueImpossible(InvalidInput):
    """A value that the measurement cannot have, whatever the device does."""

    code = "value_impossible"
    message = _("“%(name)s”不可能是这个值。")
    remedy = _("请核对后更正。可能的值：%(range)s。")


class ValuesContradict(InvalidInput):
    """Two values of one test that cannot both be right."""

    code = "values_contradict"
    message = _("“%(low)s”不能大于“%(high)s”。")
    remedy = _("请核对两个数值，是否填反或漏写小数点。")


class ValueTooLong(InvalidInput):
    """More than a value holds."""

    code = "value_too_long"
    message = _("“%(name)s”过长。")
    remedy = _("请缩短，其余写入备注。")


class ChoiceUnknown(InvalidInput):
    """Not one of the choices."""

    code = "choice_unknown"
    message = _("“%(name)s”须为所列选项之一。")
    remedy = _("可选：%(choices)s。")


class UnitMissing(InvalidInput):
    """A number without its unit says nothing."""

    code = "unit_missing"
    message = _("“%(name)s”缺少单位。")
    remedy = _("请填写单位“%(unit)s”。")


class UnitMismatch(InvalidInput):
    """Values are not converted silently."""

    code = "unit_mismatch"
    message = _("“%(name)s”的单位不正确。")
    remedy = _("请换算为“%(unit)s”后填写。")


class VersionNotReceived(InvalidInput):
    """The laboratory never received this pair of hardware and firmware."""

    code = "version_not_received"
    message = _("实验室未收到过该硬件与固件版本。")
    remedy = _("请选择已登记的受测版本；新版本须先登记。")


class VersionOutdated(InvalidInput):
    """A signed scope asks for the item on a newer version."""

    code = "version_outdated"
    message = _("该测试项须在整改后的版本上复测。")
    remedy = _("请在版本 %(hardware)s / %(firmware)s 上复测。")


class ToolUnknown(InvalidInput):
    """No tool of this number is registered."""

    code = "tool_unknown"
    message = _("测试设备未登记。")
    remedy = _("请填写已登记的设备编号。")


class ToolNotInUse(InvalidInput):
    """The tool was taken out of use."""

    code = "tool_retired"
    message = _("测试设备已停用。")
    remedy = _("请改用在用设备重测。")


class ToolLent(InvalidInput):
    """The tool was with a company that had borrowed it."""

    code = "tool_lent"
    message = _("测试当日该设备已借出（%(number)s）。")
    remedy = _("请核对测试工具与测试时间；设备已归还的，请先办理归还。")


class ToolOutOfCalibration(InvalidInput):
    """The calibration did not hold when the test was performed (ISO/IEC 17025, 6.4.6)."""

    code = "tool_out_of_calibration"
    message = _("测试当日设备校准已过期（有效期至 %(until)s）。")
    remedy = _("请改用校准有效的设备重测；确需使用的，请在备注中写明理由，报告会印出。")


class PerformedAtMissing(InvalidInput):
    """When the test was performed must be said, with its time zone."""

    code = "performed_at_missing"
    message = _("请填写测试时间。")
    remedy = _("时间须带时区，例如 2026-03-15T10:30:00+08:00。")


class PerformedInFuture(InvalidInput):
    """A test that has not happened yet."""

    code = "performed_in_future"
    message = _("测试时间晚于当前时间。")
    remedy = _("请核对日期与时间。")


class PerformedBeforeReceipt(InvalidInput):
    """A test of what had not been received yet."""

    code = "performed_before_receipt"
    message = _("测试时间早于该版本样品的接收时间。")
    remedy = _("请核对测试时间与受测版本。")


class TesterNotAuthorised(Forbidden):
    """ISO/IEC 17025, 6.2.6: authorised for the category on the day of the test."""

    code = "tester_not_authorised"
    message = _("您在测试当日未获该类测试项的授权。")
    remedy = _("请由获授权的测试工程师记录，或先办理授权。")


class AlreadyRecorded(Conflict):
    """The item has a result that stands or waits for its verifier; `extra` holds it. Nothing is overwritten."""

    code = "already_recorded"
    remedy = _("原记录未被覆盖；如有笔误请用“更正”，重测须先有整改范围或作废。")


class RowStale(Conflict):
    """Somebody moved the item since the page was read; `extra` holds what stands now."""

    code = "row_stale"
    message = _("该测试项已被他人更新。")
    remedy = _("请刷新，核对现有内容后再提交。")


class ItemExcluded(Conflict):
    """An exclusion is proposed or approved."""

    code = "item_excluded"
    message = _("该测试项已提议排除或已排除。")
    remedy = _("如仍要测试，请由校核人先拒绝该提议。")


def as_row(error: DomainError, *, row: int, item: str) -> dict[str, Any]:
    """One fault of a batch: row (from 0), item, field, code, message, remedy, and what stands instead, if anything."""
    fault = {"row": row, "item": item, "field": error.field, "code": error.code, "message": error.message,
             "remedy": error.remedy}
    return {**fault, **error.extra}
