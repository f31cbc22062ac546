"""The loan desk: every step with its history, every refusal with its field, reminders once each, the calendar."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from members.history.selectors import entries_of
from members.notices.models import Notice
from products.equipment import errors
from products.equipment.models import Loan
from products.equipment.selectors import loans_visible_to, month_of
from products.equipment.services import (
    cancel_loan,
    extend_loan,
    hand_out_tool,
    note_calibration,
    remind_loans,
    reserve_tool,
    retire_tool,
    return_tool,
)
from products.results.errors import BatchRefused
from products.results.services import lend_tool
from tests.factories import equipment, orders, results
from wapicert.errors import Forbidden
from wapicert.texts import TooLong
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db


def ahead(days):
    return timezone.localdate() + timedelta(days=days)


def test_loan_goes_out_and_comes_back_with_condition_accessories_and_history(cast):
    loan = equipment.reserved(cast)
    hand_out_tool(loan=loan, actor=cast.tester, condition=" 外观完好 ")
    back = return_tool(loan=loan, actor=cast.quality, condition="划痕一处", returned=["电源"])
    assert (back.state, back.condition_out, back.condition_back, back.missing) == (
        "returned", "外观完好", "划痕一处", ["天线"])
    assert [(entry.act, entry.object_id) for entry in entries_of("equipment")][1:] == [
        (f"loan.{act}", "YS-100") for act in ("reserved", "handed_out", "returned")]
    assert Loan.objects.get().number == f"JY-{timezone.localdate().year}-0001"


@pytest.mark.parametrize(("changes", "field"), [
    ({"company": None}, "company"), ({"contact": " "}, "contact"), ({"starts_on": date(2020, 1, 1)}, "starts_on"),
    ({"due_on": date(2020, 1, 1)}, "due_on"), ({"due_on": date(2099, 1, 1)}, "due_on"),
    ({"purpose": "长" * 201}, "purpose"), ({"accessories": [str(one) for one in range(31)]}, "accessories"),
])
def test_reservation_with_a_fault_names_its_field(cast, changes, field):
    with pytest.raises((errors.LoanInvalid, TooLong)) as caught:
        equipment.reserved(cast, **changes)
    assert (caught.value.field, Loan.objects.count()) == (field, 0)


def test_vendors_person_and_retired_tool_cannot_be_in_a_loan(cast):
    with pytest.raises(errors.LoanInvalid):
        equipment.reserved(cast, company=None, person=cast.vendor)
    loan = equipment.reserved(cast, company=None, person=cast.tester2, contact="")
    retire_tool(tool=loan.tool, actor=cast.quality, reason="演示")
    for act in (lambda: hand_out_tool(loan=loan, actor=cast.tester, condition="完好"),
                lambda: equipment.reserved(cast)):
        with pytest.raises(errors.ToolRetired):
            act()


def test_days_of_another_loan_are_refused_by_its_number(cast):
    first = equipment.lent(cast, due_on=ahead(5))
    for start, end in ((0, 3), (5, 9), (3, 20)):
        with pytest.raises(errors.LoanPeriodTaken) as caught:
            equipment.reserved(cast, starts_on=ahead(start), due_on=ahead(end))
        assert caught.value.extra == {"loan": first.number}
    later = equipment.reserved(cast, starts_on=ahead(6), due_on=ahead(9))
    with pytest.raises(errors.LoanPeriodTaken):
        extend_loan(loan=first, due_on=ahead(6), actor=cast.intake)
    with pytest.raises(errors.LoanPeriodTaken):
        hand_out_tool(loan=later, actor=cast.intake, condition="完好")
    return_tool(loan=first, actor=cast.intake, condition="完好")
    assert hand_out_tool(loan=later, actor=cast.intake, condition="完好").starts_on == timezone.localdate()


def test_what_is_overdue_is_away_until_it_comes_back(cast):
    loan = equipment.lent(cast, due_on=ahead(1))
    with time_machine.travel(timezone.now() + timedelta(days=5)), pytest.raises(errors.LoanPeriodTaken):
        reserve_tool(tool=loan.tool, company=cast.company_b, contact="乙", starts_on=ahead(0), due_on=ahead(2),
                     actor=cast.intake)


def test_doubtful_tool_needs_a_reason_that_the_history_keeps(cast, catalogue):
    loan = equipment.reserved(cast)
    note_calibration(tool=loan.tool, calibrated_until=ahead(3), actor=cast.quality)
    results.attempt(orders.in_testing(cast), cast, tool="YS-100")
    with pytest.raises(errors.ToolNeedsReason) as caught:
        lend_tool(loan=loan, actor=cast.intake, condition="完好")
    assert (caught.value.field, "校准有效期" in str(caught.value), "WT-" in str(caught.value)) == (
        "exception", True, True)
    lend_tool(loan=loan, actor=cast.intake, condition="完好", exception="演示：仅作演示")
    assert (entries_of("equipment").last().reason, len(entries_of("equipment").last().after["doubts"])) == (
        "演示：仅作演示", 2)


def test_nothing_is_measured_with_a_tool_that_a_company_has(cast, catalogue):
    order = orders.in_testing(cast)
    loan = equipment.lent(cast)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=1)):
        with pytest.raises(BatchRefused) as caught:
            results.attempt(order, cast, tool="YS-100")
        assert [(row["code"], row["field"]) for row in caught.value.rows] == [("tool_lent", "tool")]
        return_tool(loan=loan, actor=cast.intake, condition="完好")
        results.attempt(order, cast, tool="YS-100")


def test_steps_out_of_order_and_without_right_are_refused(cast):
    loan = equipment.lent(cast)
    for act in (lambda: cancel_loan(loan=loan, actor=cast.intake, reason="演示"),
                lambda: hand_out_tool(loan=loan, actor=cast.intake, condition="完好")):
        with pytest.raises(IllegalTransition):
            act()
    for who in ("vendor", "verifier", "auditor", "admin"):
        with pytest.raises(Forbidden):
            return_tool(loan=loan, actor=getattr(cast, who), condition="完好")
    with pytest.raises(errors.LoanInvalid):
        return_tool(loan=loan, actor=cast.intake, condition=" ")
    assert Loan.objects.get().state == "out"


def test_borrower_is_reminded_before_and_after_the_last_day_once_each(cast):
    loan = equipment.lent(cast)
    assert [remind_loans(ahead(days)) for days in (6, 7, 8, 10, 11, 12)] == [0, 1, 0, 0, 1, 0]
    told = {(notice.recipient.username, notice.facts["is_late"]) for notice in Notice.objects.all()}
    assert told == {("vendor", False), ("vendor", True), ("intake", True), ("quality", True)}
    extend_loan(loan=loan, due_on=ahead(20), actor=cast.intake)
    assert (remind_loans(ahead(12)), remind_loans(ahead(18))) == (0, 1)


def test_month_shows_loans_calibration_and_days_without_it(cast):
    with time_machine.travel("2026-11-10 12:00+08:00"):
        loan = equipment.lent(cast, due_on=date(2026, 11, 12))
        later = equipment.reserved(cast, starts_on=date(2026, 11, 29), due_on=date(2026, 12, 2))
        note_calibration(tool=loan.tool, calibrated_until=date(2026, 11, 20), actor=cast.quality)
        loan.tool.refresh_from_db()
        days = {day.on.day: day for week in month_of(loan.tool, date(2026, 11, 1)) for day in week if day.is_in_month}
    assert {number: [one.number for one in day.loans] for number, day in days.items() if day.loans} == {
        day: [number] for number, days in ((loan.number, (10, 11, 12)), (later.number, (29, 30))) for day in days}
    assert [number for number, day in days.items() if day.is_calibration_due] == [20]
    assert [number for number, day in days.items() if day.is_uncalibrated] == list(range(21, 31))


def test_pages_reserve_hand_out_and_take_back_and_show_refusals(cast, client):
    equipment.tool(cast.quality)
    client.force_login(cast.intake)
    typed = {"company": cast.company_a.number, "contact": "演示", "starts_on": ahead(0), "due_on": ahead(9),
             "accessories": "电源\n天线"}
    page = f"/lab/equipment/tools/{equipment.NUMBER}/"
    refused = client.post(page, typed | {"contact": ""})
    assert (refused.status_code, "contact" in refused.context["form"].errors) == (422, True)
    here = client.post(page, typed).headers["Location"]
    assert client.post(f"{here}hand-out/", {}).status_code == 422
    client.post(f"{here}hand-out/", {"condition": "完好"})
    assert cast.company_a.name_zh in client.get("/lab/equipment/").content.decode()
    client.post(f"{here}return/", {"condition": "完好", "returned": ["电源"]})
    text = client.get(here).content.decode()
    assert (Loan.objects.get().missing, "未归还" in text) == (["天线"], True)
    assert client.get(page, {"month": "9999-99"}).status_code == 200
    assert (client.get(f"{here}x/").status_code, client.post(f"{here}x/").status_code) == (405, 404)


@pytest.mark.parametrize(("who", "seen", "acts"), [("nobody", 302, 302), ("vendor", 404, 404), ("admin", 404, 404),
                                                   ("auditor", 200, 403), ("intake", 200, 302)])
def test_desk_is_the_laboratorys(cast, client, who, seen, acts):
    loan = equipment.lent(cast)
    if who != "nobody":
        client.force_login(getattr(cast, who))
    for path in ("", f"tools/{loan.tool.number}/", f"loans/{loan.number}/"):
        assert client.get(f"/lab/equipment/{path}").status_code == seen
    assert client.post(f"/lab/equipment/loans/{loan.number}/extend/", {"due_on": ahead(20)}).status_code == acts


def test_company_sees_its_own_loans_alone(cast):
    loan = equipment.lent(cast)
    assert [list(loans_visible_to(who)) for who in (cast.vendor, cast.stranger)] == [[loan], []]
