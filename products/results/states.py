"""Verdicts, the derived states of attempts and slots, exclusions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.people.states import Role
from wapicert.transitions import step


class Verdict(models.TextChoices):
    """What a test of one item came to."""

    PASS = "PASS", _("通过")
    FAIL = "FAIL", _("未通过")
    REC = "REC", _("仅记录")
    INC = "INC", _("无法判定")


class AttemptState(models.TextChoices):
    """Derived from the newest act on an attempt; a refused invalidation leaves it verified."""

    SUBMITTED = "submitted", _("待校核")
    RETURNED = "returned", _("已退回")
    VERIFIED = "verified", _("已校核")
    SUPERSEDED = "superseded", _("已更正")
    INVALIDATION_REQUESTED = "invalidation_requested", _("申请作废")
    INVALIDATED = "invalidated", _("已作废")


class ActKind(models.TextChoices):
    """What may happen to an attempt after it was recorded."""

    RETURNED = "returned", _("退回")
    VERIFIED = "verified", _("校核")
    SUPERSEDED = "superseded", _("更正")
    INVALIDATION_REQUESTED = "invalidation_requested", _("申请作废")
    INVALIDATION_REFUSED = "invalidation_refused", _("不予作废")
    INVALIDATED = "invalidated", _("作废")


def state_after(kind: str) -> AttemptState:
    """The state of an attempt whose newest act is of this kind."""
    return AttemptState.VERIFIED if kind == ActKind.INVALIDATION_REFUSED else AttemptState(kind)


class SlotState(models.TextChoices):
    """Where an item of an order stands."""

    TODO = "todo", _("未测")
    RECORDED = "recorded", _("待校核")
    VERIFIED = "verified", _("已校核")
    EXCLUDED = "excluded", _("已排除")
    RECONFIRM = "reconfirm", _("待复核")


class ExclusionKind(models.TextChoices):
    """Why an item of the plan gets no result."""

    NA = "NA", _("不适用")
    NT = "NT", _("未测")
    BLK = "BLK", _("受阻")
    WAIVER = "WAIVER", _("豁免")


class ExclusionState(models.TextChoices):
    """How far the consent to an exclusion is."""

    PROPOSED = "proposed", _("已提议")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("已拒绝")
    WITHDRAWN = "withdrawn", pgettext_lazy("排除", "已收回")
    REOPENED = "reopened", pgettext_lazy("排除", "已重新打开")


# An item has at most one of these at a time; the others stay to be read.
IN_FORCE = (ExclusionState.PROPOSED, ExclusionState.APPROVED)
# Kinds that say that a test was left undone; with them no counted item conforms. Who accepts that waives the test.
UNTESTED = (ExclusionKind.NT, ExclusionKind.BLK)


class Mark(models.TextChoices):
    """Why a verifier should look at a record twice."""

    CHANGED = "changed", _("与上次不同")
    OUTLIER = "outlier", _("偏离历史")
    NEAR_LIMIT = "near_limit", _("贴近限值")
    OVERDUE_TOOL = "overdue_tool", _("设备校准过期")
    NO_EVIDENCE = "no_evidence", _("缺少证据")
    LATE = "late", _("补录")


class CorrectionReason(models.TextChoices):
    """Why a record is corrected: same test, slip of the pen."""

    TYPING = "typing", _("录入错误")
    ATTACHMENT = "attachment", _("附件错误")
    UNIT = "unit", _("单位错误")


ATTEMPT_TRANSITIONS = {
    "return": step([AttemptState.SUBMITTED], AttemptState.RETURNED, Role.VE),
    "verify": step([AttemptState.SUBMITTED], AttemptState.VERIFIED, Role.VE),
    "correct": step(
        [AttemptState.SUBMITTED, AttemptState.RETURNED, AttemptState.VERIFIED], AttemptState.SUPERSEDED, Role.TE
    ),
    "request_invalidation": step([AttemptState.VERIFIED], AttemptState.INVALIDATION_REQUESTED, Role.VE),
    "refuse_invalidation": step([AttemptState.INVALIDATION_REQUESTED], AttemptState.VERIFIED, Role.QM),
    "invalidate": step([AttemptState.INVALIDATION_REQUESTED], AttemptState.INVALIDATED, Role.QM),
}
EXCLUSION_TRANSITIONS = {
    "approve": step([ExclusionState.PROPOSED], ExclusionState.APPROVED, Role.VE, Role.QM),
    "refuse": step([ExclusionState.PROPOSED], ExclusionState.REFUSED, Role.VE, Role.QM),
    "accept": step([ExclusionState.PROPOSED], None, Role.VU),
    "withdraw": step([ExclusionState.PROPOSED], ExclusionState.WITHDRAWN, Role.TE),
    "reopen": step([ExclusionState.APPROVED], ExclusionState.REOPENED, Role.TE, Role.VE),
}


class ImportState(models.TextChoices):
    """How far a file of results is."""

    QUEUED = "queued", _("等待核对")
    CHECKED = "checked", _("已核对，可保存")
    FAULTY = "faulty", _("有错误，不能保存")
    SAVING = "saving", _("正在保存")
    SAVED = "saved", pgettext_lazy("导入", "已保存")
    DISCARDED = "discarded", _("已放弃")


# So often a file may break its worker before it is given up.
IMPORT_TRIES = 5
