"""What lies on the laboratory's desks in the demonstration: loans of every state, and files of results."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.utils import timezone

from members.people.models import User
from products.equipment.models import Loan, Tool
from products.equipment.services import remind_loans, reserve_tool, return_tool
from products.management.demonstration.bench import REFERENCE, testable_items
from products.orders.models import Order
from products.orders.selectors import versions_of
from products.results.models import ImportJob
from products.results.services import lend_tool, save_import, start_import
from products.results.states import SlotState
from products.suites.states import ResultType


class Wish(NamedTuple):
    """Which tool, for whose company, from which day to which, what for; days are counted from today."""

    tool: str
    borrower: str
    first: int
    last: int
    purpose: str


RUNNING = Wish("DEMO-JZ-04", "vendor", 0, 21, "演示：产品联调")
OVERDUE = Wish("DEMO-JZ-05", "vendor2", -30, -5, "演示：现场演示")
GIVEN_BACK = Wish("DEMO-YQ-06", "vendor", -20, -6, "演示：干扰排查")
RESERVED = Wish("DEMO-YQ-06", "vendor2", 7, 14, "演示：送测前自测")
# On this order half of the items are still to do.
HALF_DONE = "DEMO-AP-22"


def show_loans(people: dict[str, User]) -> None:
    """One runs, one is overdue and its borrower reminded, one came back, one is reserved; run again it adds nothing."""
    if Loan.objects.filter(tool__is_demonstration=True).exists():
        return
    _lend(people, RUNNING)
    _lend(people, OVERDUE)
    back = _lend(people, GIVEN_BACK)
    return_tool(loan=back, actor=people["lab"], condition="演示：外壳有一处划痕，功能正常", returned=["演示电源适配器"],
                now=_moment(GIVEN_BACK.last))
    _reserve(people, RESERVED)
    remind_loans()


def show_imports(people: dict[str, User]) -> None:
    """One file that was saved and one with a wrong cell; run again it adds nothing."""
    order = Order.objects.filter(device__model=HALF_DONE, is_demonstration=True).first()
    if order is None or ImportJob.objects.filter(order=order).exists():
        return
    judged = [item.code for item in testable_items(order)
              if item.slot.state == SlotState.TODO and item.item_version.result_type == ResultType.JUDGED][:4]
    right = [f"{code},通过,演示：由表格导入" for code in judged[:3]]
    _bring(people["lab"], order, "演示-有误.csv", [*right, f"{judged[3]},也许,"])
    job = _bring(people["lab"], order, "演示-测试结果.csv", right)
    save_import(job=job, actor=people["lab"])


def _reserve(people: dict[str, User], wish: Wish) -> Loan:
    begin = _moment(wish.first)
    return reserve_tool(
        tool=Tool.objects.get(number=wish.tool), company=people[wish.borrower].company, contact="演示领用员",
        purpose=wish.purpose, starts_on=timezone.localdate(begin), due_on=timezone.localdate(_moment(wish.last)),
        accessories=["演示电源适配器", "演示天线"], actor=people["lab"], now=min(begin, timezone.now()))


def _lend(people: dict[str, User], wish: Wish) -> Loan:
    return lend_tool(loan=_reserve(people, wish), actor=people["lab"], condition="演示：外观完好，附件齐全",
                     now=_moment(wish.first))


def _moment(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def _bring(actor: User, order: Order, name: str, rows: list[str]) -> ImportJob:
    version = versions_of(order).last()
    assert version is not None
    common = {"hardware": version.hardware.version, "firmware": version.firmware.version, "tool": REFERENCE,
              "performed_at": timezone.now().isoformat()}
    content = ContentFile("\n".join(["编号,判定,备注", *rows]).encode("utf-8-sig"), name=name)
    return start_import(upload=content, actor=actor, order=order, common=common)
