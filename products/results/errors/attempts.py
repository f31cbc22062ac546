"""Refusals of acts on a record: verification, correction, invalidation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Forbidden, InvalidInput


class AttemptUnknown(InvalidInput):
    """The record does not belong to this order."""

    code = "attempt_unknown"
    message = _("记录不属于本委托。")
    remedy = _("请刷新页面后重试。")


class VerifierRecorded(Forbidden):
    """S1: whoever recorded a result, in whatever revision, does not verify it."""

    code = "verifier_is_recorder"
    message = _("记录人不能校核自己的记录。")
    remedy = _("请由另一位校核人校核。")


class VerifierNotAuthorised(Forbidden):
    """ISO/IEC 17025, 6.2.6: whoever verifies is authorised for the category on that day."""

    code = "verifier_not_authorised"
    message = _("您未获授权校核其中的测试类别，或授权已过期。")
    remedy = _("请由获授权的校核人校核，或请管理员登记授权。")


class InvalidationNeedsAnother(Forbidden):
    """An invalidation takes two persons."""

    code = "invalidation_needs_another"
    message = _("申请作废的人不能确认作废。")
    remedy = _("请由另一位质量负责人确认。")


class CorrectionReasonUnknown(InvalidInput):
    """A correction names its class: typing, attachment or unit."""

    code = "correction_reason_unknown"
    message = _("请选择更正原因的类别。")
    remedy = _("可选：录入错误、附件错误、单位错误；其他情形不是更正，而是重测。")
