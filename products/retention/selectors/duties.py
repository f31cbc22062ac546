"""What still waits for a person, or will print the person's name: all of it ends before the name goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from members.people.models import User
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.equipment.models import Loan
from products.equipment.states import LoanState
from products.orders.models import Order
from products.orders.states import ENDED
from products.reports.models import Report
from products.reports.states import ReportState
from products.results.models import Attempt, ImportJob, Rig
from products.results.states import ImportState
from products.suites.models import Edition
from products.suites.states import EditionStatus


@dataclass(frozen=True)
class OpenDuty:
    """One matter that is to be handed over or ended, with the numbers by which it is found."""

    what: Any
    numbers: tuple[str, ...]


def open_duties(user: User) -> list[OpenDuty]:
    """Everything that is in the way, in the order in which it is shown."""
    found = ((what, tuple(sorted({str(number) for number in numbers}))) for what, numbers in _duties(user))
    return [OpenDuty(what, numbers) for what, numbers in found if numbers]


def _duties(user: User) -> Iterator[tuple[str, Any]]:
    yield _("负责的测试台（令牌在用）"), Rig.objects.filter(
        responsible=user, token__revoked_at=None).values_list("number", flat=True)
    yield _("未归还的借用"), Loan.objects.filter(
        person=user, state__in=[LoanState.RESERVED, LoanState.OUT]).values_list("number", flat=True)
    yield _("未结束的委托中由其录入或校核的结果"), Order.objects.filter(
        pk__in=_tested_by(user)).exclude(stage__in=ENDED).values_list("number", flat=True)
    in_work = Q(compiled_by=user) | Q(checked_by=user) | Q(authorised_by=user)
    yield _("编制、审核或批准中的报告"), Report.objects.filter(
        in_work, state__in=[ReportState.DRAFT, ReportState.CHECKED, ReportState.AUTHORISED]).values_list(
        "order__number", flat=True)
    yield _("等待答复的报告撤回申请"), Report.objects.filter(
        withdrawal_requested_by=user, withdrawn_at=None).values_list("number", flat=True)
    yield _("等待决定的评定意见"), Certification.objects.filter(
        reviewed_by=user, state=CertificationState.RECOMMENDED).values_list("order__number", flat=True)
    yield _("编辑中的测试项目版本"), Edition.objects.filter(
        edited_by=user, status__in=[EditionStatus.DRAFT, EditionStatus.APPROVED]).values_list("slug", flat=True)
    yield _("处理中的导入文件"), ImportJob.objects.filter(
        actor=user, state__in=[ImportState.QUEUED, ImportState.CHECKED, ImportState.SAVING]).values_list(
        "file__name", flat=True)


def _tested_by(user: User) -> Any:
    """Orders with results that the person recorded or verified."""
    rows = Attempt.objects.filter(Q(recorded_by=user) | Q(acts__actor=user))
    return rows.order_by().values("plan_item__order")
