"""The states of a loan and its steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.people.states import Role
from wapicert.transitions import step


class LoanState(models.TextChoices):
    """How far a loan is."""

    RESERVED = "reserved", _("已预约")
    OUT = "out", _("借出")
    RETURNED = "returned", _("已归还")
    CANCELLED = "cancelled", pgettext_lazy("借用", "已取消")


LOAN_TRANSITIONS = {
    "hand_out": step([LoanState.RESERVED], LoanState.OUT, Role.TE, Role.QM, Role.IN),
    "extend": step([LoanState.RESERVED, LoanState.OUT], None, Role.TE, Role.QM, Role.IN),
    "return": step([LoanState.OUT], LoanState.RETURNED, Role.TE, Role.QM, Role.IN),
    "cancel": step([LoanState.RESERVED], LoanState.CANCELLED, Role.TE, Role.QM, Role.IN),
}
