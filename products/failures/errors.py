"""Refusals of the register of failures."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class FailureNotYours(Forbidden):
    """Auditors read the register and change nothing."""

    message = _("只有质量负责人与系统管理员可以处理故障。")
    remedy = _("请联系质量负责人。")


class FailureGone(Conflict):
    """It does not fail any more: it was done, or somebody started it again."""

    code = "failure_gone"
    message = _("该项已不在失败状态。")
    remedy = _("请刷新故障登记页。")


class NotRetriedByHand(Conflict):
    """It is still tried by itself, or there is nothing that a retry could do."""

    code = "not_retried_by_hand"
    message = _("该项不能人工重试。")
    remedy = _("系统仍在自动重试，或需由实验室人员处理；请等待或确认后转交。")


class CommentMissing(InvalidInput):
    """An acknowledgement says what was found or is done."""

    code = "comment_missing"
    message = _("请填写处理说明。")
    remedy = _("写明原因或已采取的措施，例如“已联系邮件服务商”。")
