"""The states of a rework and who may move it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.states import Role
from wapicert.transitions import step


class ReworkState(models.TextChoices):
    """Where a rework stands (整改)."""

    OPEN = "open", _("待定位")
    WITH_VENDOR = "with_vendor", _("待厂商整改")
    FIX_CLAIMED = "fix_claimed", _("厂商已答复")
    RETEST = "retest", _("复测中")
    CLOSED_PASS = "closed_pass", _("整改通过")
    CLOSED_FAIL = "closed_fail", _("整改未通过")
    ABANDONED = "abandoned", _("整改终止")


class FindingKind(models.TextChoices):
    """What a finding's text is: explaining a requirement is allowed, consulting is not (ISO/IEC 17065, 4.2.6)."""

    FINDING = "finding", _("不符合事实")
    EXPLANATION = "explanation", _("要求解释")


class ScopeChoice(models.TextChoices):
    """What the signed scope says about an item that already has a result."""

    REPEAT = "repeat", _("重测")
    KEEP = "keep", _("保留")


ENDED = frozenset({ReworkState.CLOSED_PASS, ReworkState.CLOSED_FAIL, ReworkState.ABANDONED})
RUNNING = frozenset({ReworkState.OPEN, ReworkState.WITH_VENDOR, ReworkState.FIX_CLAIMED, ReworkState.RETEST})

TRANSITIONS = {
    "send": step([ReworkState.OPEN], ReworkState.WITH_VENDOR, Role.TE, Role.VE),
    "answer": step([ReworkState.WITH_VENDOR], ReworkState.FIX_CLAIMED, Role.VU),
    "scope": step([ReworkState.FIX_CLAIMED], ReworkState.RETEST, Role.VE),
    "reopen": step([ReworkState.RETEST], ReworkState.OPEN),
    # From `open` when a correction took away what had failed again.
    "close_pass": step([ReworkState.OPEN, ReworkState.RETEST], ReworkState.CLOSED_PASS),
    "close_fail": step(RUNNING, ReworkState.CLOSED_FAIL, Role.VE),
    "abandon": step(RUNNING, ReworkState.ABANDONED, Role.VU, Role.IN),
}
