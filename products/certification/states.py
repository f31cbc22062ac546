"""The states of a certification and who may move it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.states import Role
from wapicert.transitions import step


class CertificationState(models.TextChoices):
    """Where a certification stands; all but the first two are public."""

    RECOMMENDED = "recommended", _("建议授予")
    REFUSED = "refused", _("不予授予")
    VALID = "valid", _("有效")
    SUSPENDED = "suspended", _("暂停")
    WITHDRAWN = "withdrawn", _("撤销")
    CANCELLED = "cancelled", _("注销")
    EXPIRED = "expired", _("到期")
    SUPERSEDED = "superseded", _("被替代")


TRANSITIONS = {
    "grant": step([CertificationState.RECOMMENDED], CertificationState.VALID, Role.DM),
    "refuse": step([CertificationState.RECOMMENDED], CertificationState.REFUSED, Role.DM),
    "suspend": step([CertificationState.VALID], CertificationState.SUSPENDED, Role.DM),
    "lift": step([CertificationState.SUSPENDED], CertificationState.VALID, Role.DM),
    "withdraw": step([CertificationState.VALID, CertificationState.SUSPENDED], CertificationState.WITHDRAWN, Role.DM),
    "cancel": step([CertificationState.VALID, CertificationState.SUSPENDED], CertificationState.CANCELLED, Role.DM),
    "expire": step([CertificationState.VALID, CertificationState.SUSPENDED], CertificationState.EXPIRED),
    "supersede": step([CertificationState.VALID], CertificationState.SUPERSEDED),
    "restore": step([CertificationState.SUPERSEDED], CertificationState.VALID, Role.DM),
}

# What happens before a decision, and a refusal, concern the vendor alone.
PRIVATE_STATES = (CertificationState.RECOMMENDED, CertificationState.REFUSED)
