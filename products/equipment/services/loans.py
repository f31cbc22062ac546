"""The loan desk: reserves tools, hands them out, extends, takes them back; each with its condition and accessories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.companies.models import Company
from members.history.services import append_entry
from members.numbering.services import next_number
from members.people.models import User
from products.equipment.errors import LoanInvalid, LoanPeriodTaken, ToolNeedsReason, ToolRetired
from products.equipment.models import Loan, Tool
from products.equipment.permissions import can_lend_tools
from products.equipment.selectors import is_calibrated_on, loans_between
from products.equipment.states import LOAN_TRANSITIONS, LoanState
from wapicert.enumeration import enumerated
from wapicert.errors import Forbidden
from wapicert.texts import CODE, line, lines, takes_text
from wapicert.transitions import require_transition

CHAIN = "equipment"
# A loan is for weeks; who needs a tool for years is given one.
MOST_DAYS, MOST_ACCESSORIES, LENGTH = 366, 30, 200


@takes_text(contact=line(120), purpose=line(200), accessories=line(200))
@transaction.atomic
def reserve_tool(
    *, tool: Tool, starts_on: date, due_on: date, actor: User, company: Company | None = None,
    person: User | None = None, contact: str = "", purpose: str = "", accessories: Iterable[str] = (),
    now: datetime | None = None,
) -> Loan:
    """Keep a tool for a company or one of the staff, under the next number, JY-<year>-0001 upwards without gaps.

    Refuses days that are another's, days that lie behind, and a tool out of use. `now` is another moment than the
    present for the demonstration alone, whose loans have a past; so in the verbs below.
    """
    require_right(actor, company.pk if company else None)
    tool = Tool.objects.select_for_update().get(pk=tool.pk)
    if not tool.is_active:
        raise ToolRetired(field="tool")
    if (company is None) == (person is None):
        raise LoanInvalid(_("请选择借用单位或借用人员，二者择一。"), field="company")
    if person is not None and (person.company_id is not None or not person.is_active):
        raise LoanInvalid(_("借用人员须为在职工作人员；送测单位人员请按单位借用。"), field="person")
    if company is not None and not contact.strip():
        raise LoanInvalid(_("请填写单位的领用人。"), field="contact")
    if starts_on < timezone.localdate(now):
        raise LoanInvalid(_("借用开始日期不能早于今天。"), field="starts_on")
    _require_free(tool, starts_on, due_on)
    year = str(timezone.localdate().year)
    number = f"JY-{year}-{next_number(series='loan', period=year):04d}"
    loan = Loan.objects.create(
        number=number, tool=tool, company=company, person=person, contact=_line(contact, "contact"),
        purpose=_line(purpose, "purpose"), starts_on=starts_on, due_on=due_on, accessories=_lines(accessories))
    note(loan, "loan.reserved", actor, after={
        "loan": number, "borrower": borrower_of(loan), "starts_on": starts_on, "due_on": due_on,
        "accessories": loan.accessories})
    return loan


@takes_text(condition=line(200), exception=lines(1000), in_use=CODE)
@transaction.atomic
def hand_out_tool(
    *, loan: Loan, actor: User, condition: str, exception: str = "", in_use: Iterable[str] = (),
    now: datetime | None = None,
) -> Loan:
    """reserved → out, with the condition in which it leaves.

    A tool whose calibration does not hold to the last day, or with which open orders are tested (`in_use`, their
    numbers, told by the topic that knows), needs a reason, which the history keeps.
    """
    loan = locked_loan(loan, actor, "hand_out")
    if not loan.tool.is_active:
        raise ToolRetired(field="tool")
    text = _needed(condition, "condition", _("请填写借出时的状况。"))
    if Loan.objects.filter(tool=loan.tool, state=LoanState.OUT).exists():
        raise LoanPeriodTaken(_("该设备尚未归还，不能再次借出。"), field="tool")
    today = timezone.localdate(now)
    if loan.starts_on > today:
        _require_free(loan.tool, today, loan.due_on, beside=loan)
    doubts = _doubts(loan, list(in_use))
    if doubts and not exception.strip():
        raise ToolNeedsReason(" ".join(doubts), field="exception")
    loan.state, loan.condition_out, loan.handed_out_by = LoanState.OUT, text, actor
    loan.handed_out_at, loan.exception = now or timezone.now(), exception.strip() if doubts else ""
    loan.starts_on = min(loan.starts_on, today)
    loan.save(update_fields=["state", "condition_out", "handed_out_by", "handed_out_at", "exception", "starts_on"])
    note(loan, "loan.handed_out", actor, after={
        "loan": loan.number, "borrower": borrower_of(loan), "due_on": loan.due_on, "condition": text,
        "accessories": loan.accessories, "doubts": doubts}, reason=loan.exception)
    return loan


@transaction.atomic
def extend_loan(*, loan: Loan, due_on: date, actor: User) -> Loan:
    """Another last day, later or earlier; refuses days that are another's and days that lie behind."""
    loan = locked_loan(loan, actor, "extend")
    if due_on < timezone.localdate():
        raise LoanInvalid(_("归还日期不能早于今天。"), field="due_on")
    _require_free(loan.tool, loan.starts_on, due_on, beside=loan)
    before, loan.due_on, loan.reminded = loan.due_on, due_on, 0
    loan.save(update_fields=["due_on", "reminded"])
    note(loan, "loan.extended", actor, before={"due_on": before}, after={"loan": loan.number, "due_on": due_on})
    return loan


@takes_text(condition=line(200), returned=line(200))
@transaction.atomic
def return_tool(
    *, loan: Loan, actor: User, condition: str, returned: Iterable[str] | None = None, now: datetime | None = None
) -> Loan:
    """out → returned, with the condition in which it came back; accessories not among `returned` are missing."""
    loan = locked_loan(loan, actor, "return")
    text = _needed(condition, "condition", _("请填写归还时的状况。"))
    came = set(loan.accessories if returned is None else returned)
    loan.state, loan.condition_back, loan.returned_by = LoanState.RETURNED, text, actor
    loan.returned_at, loan.missing = now or timezone.now(), [one for one in loan.accessories if one not in came]
    loan.save(update_fields=["state", "condition_back", "returned_by", "returned_at", "missing"])
    note(loan, "loan.returned", actor, after={"loan": loan.number, "condition": text, "missing": loan.missing})
    return loan


@takes_text(reason=line(200))
@transaction.atomic
def cancel_loan(*, loan: Loan, actor: User, reason: str) -> Loan:
    """reserved → cancelled, for a reason."""
    loan = locked_loan(loan, actor, "cancel")
    text = _needed(reason, "reason", _("请填写原因。"))
    loan.state = LoanState.CANCELLED
    loan.save(update_fields=["state"])
    note(loan, "loan.cancelled", actor, after={"loan": loan.number}, reason=text)
    return loan


def require_right(actor: User, borrower: int | None = None) -> None:
    """Raises Forbidden unless the person keeps the desk and has no interest in the company that borrows."""
    if not can_lend_tools(actor, borrower):
        raise Forbidden(_("您没有办理设备借用的权限。"), remedy=_("请联系受理人员、测试工程师或质量负责人。"))


def locked_loan(loan: Loan, actor: User, verb: str) -> Loan:
    """The loan as it stands, with its tool, both locked, ready for the verb."""
    require_right(actor, loan.company_id)
    Tool.objects.select_for_update().get(pk=loan.tool_id)
    row = Loan.objects.select_for_update(of=("self",)).select_related("tool", "company", "person").get(pk=loan.pk)
    require_transition(LOAN_TRANSITIONS, verb, row.state, LoanState(row.state).label)
    return row


def borrower_of(loan: Loan) -> str:
    """Who borrows, as the history may say it for ever: a company by name, a person by the staff number."""
    return str(loan.company) if loan.company else str(loan.person.staff_number if loan.person else "")


def note(loan: Loan, act: str, actor: User | None, *, before: dict[str, Any] | None = None,
         after: dict[str, Any] | None = None, reason: str = "") -> None:
    """Append an act on the loan to the history of its tool."""
    append_entry(chain=CHAIN, act=act, actor=actor, object_type="tool", object_id=loan.tool.number, before=before,
                 after=after, reason=reason)


def _require_free(tool: Tool, first: date, last: date, *, beside: Loan | None = None) -> None:
    if last < first:
        raise LoanInvalid(_("归还日期不能早于借用开始日期。"), field="due_on")
    if (last - first).days > MOST_DAYS:
        raise LoanInvalid(_("借用期不能超过 %(days)d 天。") % {"days": MOST_DAYS}, field="due_on")
    rows = loans_between(tool, first, last)
    taken = (rows.exclude(pk=beside.pk) if beside else rows).first()
    if taken is not None:
        facts = {"number": taken.number, "since": date_format(taken.starts_on, "Y-m-d"),
                 "until": date_format(taken.due_on, "Y-m-d")}
        raise LoanPeriodTaken(_("所选日期与 %(number)s（%(since)s 至 %(until)s）重叠。") % facts, field="starts_on",
                              extra={"loan": taken.number})


def _doubts(loan: Loan, orders: list[str]) -> list[str]:
    found = []
    if not is_calibrated_on(loan.tool, max(loan.due_on, timezone.localdate())):
        until = date_format(loan.tool.calibrated_until, "Y-m-d") if loan.tool.calibrated_until else ""
        found.append(_("设备校准有效期至 %(until)s，早于归还日期。") % {"until": until})
    if orders:
        found.append(_("进行中的委托正在使用该设备：%(orders)s。") % {"orders": enumerated(orders)})
    return found


def _needed(text: str, field: str, words: str) -> str:
    if not text.strip():
        raise LoanInvalid(words, field=field)
    return _line(text, field)


def _line(text: str, field: str) -> str:
    if len(text.strip()) > LENGTH:
        raise LoanInvalid(_("内容过长：最多%(limit)d个字符。") % {"limit": LENGTH}, field=field)
    return text.strip()


def _lines(accessories: Iterable[str]) -> list[str]:
    """Each once, in the order given."""
    rows = list(dict.fromkeys(_line(one, "accessories") for one in accessories if one.strip()))
    if len(rows) > MOST_ACCESSORIES:
        raise LoanInvalid(_("配件最多 %(limit)d 件。") % {"limit": MOST_ACCESSORIES}, field="accessories")
    return rows
