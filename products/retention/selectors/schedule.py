"""The one table of retention: each kind of record, from when and how long it is kept, why, and how it ends.

docs/retention.md says the same to people; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from products.retention.selectors import due
from products.retention.selectors.holding import Held, held
from products.retention.states import DAYS_AHEAD, Ending, Kind

RECORDS = _("ISO/IEC 17025 8.4、ISO/IEC 17065 7.12：记录按规定的期限保存")
NECESSARY = _("个人信息保护法第十九条、第四十七条：不超过实现目的所必要的时间")
LOGS = _("网络安全法第二十一条：网络日志不少于六个月；个人信息保护法第十九条")
REGISTER = _("名录与报告须能长期核验；ISO/IEC 17025 7.5.1、8.4")


@dataclass(frozen=True)
class Rule:
    """One line of the table. Without `due` nothing is removed by the day."""

    kind: Kind
    since: Any
    source: Any
    ending: Ending = Ending.DELETED
    due: Callable[[datetime, Held], QuerySet[Any]] | None = None

    @property
    def days(self) -> int | None:
        """How many days the record is kept; None: for ever, or as `since` says."""
        return settings.RETENTION_DAYS.get(self.kind.value)

    @property
    def is_daily(self) -> bool:
        """Whether every day something may go by this rule."""
        return self.due is not None

    def rows_due(self, now: datetime, held: Held) -> QuerySet[Any]:
        """What has run out at that moment and is not held."""
        assert self.due is not None
        assert self.days is not None
        return self.due(now - timedelta(days=self.days), held)


@dataclass(frozen=True)
class Line:
    """A rule with what has run out now, and what will have by a later day."""

    rule: Rule
    now: int = 0
    ahead: int = 0


RULES = (
    Rule(Kind.ORDER_FILES, _("委托结束；由其产生的名录条目不再有效之日如更晚，则自该日起"), RECORDS,
         Ending.BYTES_DELETED, due.order_files),
    Rule(Kind.SHEETS, pgettext_lazy("起算", "上传"), RECORDS, Ending.BYTES_DELETED, due.sheets),
    Rule(Kind.LOOSE_FILES, pgettext_lazy("起算", "上传"), NECESSARY, Ending.BYTES_DELETED, due.loose_files),
    Rule(Kind.DRAFTS, _("最后一次修改"), NECESSARY, Ending.DELETED, due.drafts),
    Rule(Kind.LOANS, _("归还或取消"), NECESSARY, Ending.ANONYMISED, due.loans),
    Rule(Kind.NOTICES, pgettext_lazy("起算", "发出"), NECESSARY, Ending.DELETED, due.notices),
    Rule(Kind.MAILS, _("发出或放弃"), NECESSARY, Ending.DELETED, due.mails),
    Rule(Kind.UNCONFIRMED, _("申请订阅"), NECESSARY, Ending.DELETED, due.unconfirmed),
    Rule(Kind.DELIVERIES, _("事件发生"), NECESSARY, Ending.DELETED, due.deliveries),
    Rule(Kind.ANSWERS, pgettext_lazy("起算", "答复"), NECESSARY, Ending.DELETED, due.answers),
    Rule(Kind.ACKNOWLEDGEMENTS, _("填写"), NECESSARY, Ending.DELETED, due.acknowledgements),
    Rule(Kind.SIGN_INS, _("登录或失败"), LOGS, Ending.DELETED, due.sign_ins),
    Rule(Kind.SESSIONS, _("会话过期"), NECESSARY, Ending.DELETED, due.sessions),
    Rule(Kind.TOKENS, _("撤销或过期"), NECESSARY, Ending.DELETED, due.tokens),
    Rule(Kind.INVITATIONS, _("接受、撤销或链接过期"), NECESSARY, Ending.DELETED, due.invitations),
    Rule(Kind.OPEN_DATA, _("发布；保留最近若干次（OPEN_DATA_KEPT）"), REGISTER),
    Rule(Kind.PEOPLE, _("离职；经两人确认后以工号代替姓名"), NECESSARY, Ending.ANONYMISED),
    Rule(Kind.RECORDS, _("建立"), RECORDS, Ending.KEPT),
    Rule(Kind.REPORTS, _("签发"), REGISTER, Ending.KEPT),
    Rule(Kind.HISTORY, _("写入"), REGISTER, Ending.KEPT),
)


def rules_that_end() -> list[Rule]:
    """The rules by which something is removed every day, in the order of the table."""
    return [rule for rule in RULES if rule.due is not None]


def forecast(now: datetime | None = None) -> list[Line]:
    """The whole table, with how much has run out and how much will within the next DAYS_AHEAD days, holds apart."""
    moment, found = now or timezone.now(), held()
    later = moment + timedelta(days=DAYS_AHEAD)
    return [Line(rule, rule.rows_due(moment, found).count(), rule.rows_due(later, found).count())
            if rule.due is not None else Line(rule) for rule in RULES]
