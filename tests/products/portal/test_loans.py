"""Members see what they borrow: what, due when, what came along; no name of the staff and nobody else's loans."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from members.notices.models import Notice
from products.equipment.models import Loan
from products.equipment.services import note_calibration, remind_loans, return_tool
from products.results.services import lend_tool
from tests.factories import equipment

pytestmark = pytest.mark.django_db


def test_member_sees_what_is_out_overdue_and_given_back(as_vendor, world):
    cast, lent = world.cast, Loan.objects.get()
    page = as_vendor.get("/my/loans/").content.decode()
    shown = [lent.number, "YS-100", f"{lent.due_on:%Y-%m-%d}", "演示领用人", "天线", "外观完好"]
    assert ([word for word in shown if word not in page], "已超期" in page) == ([], False)
    assert "YS-100" in as_vendor.get("/my/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        as_vendor.force_login(cast.vendor)
        assert [as_vendor.get(path).content.decode().count("已超期") for path in ("/my/", "/my/loans/")] == [1, 1]
        return_tool(loan=lent, actor=cast.intake, condition="划痕一处", returned=["电源"])
        page = as_vendor.get("/my/loans/").content.decode()
        assert [word in page for word in ("划痕一处", "未归还", "已超期")] == [True, True, False]
        assert "YS-100" not in as_vendor.get("/my/").content.decode()


def test_loans_of_others_reasons_and_names_of_staff_stay_inside(client, world):
    cast = world.cast
    theirs = equipment.reserved(cast, "YS-300", company=cast.company_b, contact="演示乙领用人")
    note_calibration(tool=theirs.tool, calibrated_until=timezone.localdate(), actor=cast.quality)
    lend_tool(loan=theirs, actor=cast.intake, condition="完好", exception="演示：内部理由")
    client.force_login(cast.vendor)
    page = client.get("/my/loans/").content.decode()
    assert [word for word in (theirs.number, "YS-300", "演示乙领用人") if word in page] == []
    client.force_login(cast.stranger)
    page = client.get("/my/loans/").content.decode()
    assert ("YS-300" in page, [word for word in ("内部理由", cast.intake.name, "YS-100") if word in page]) == (True, [])


def test_reminder_leads_to_the_page_of_loans(world):
    remind_loans(Loan.objects.get().due_on)
    assert Notice.objects.get(event="loan.reminder").address == "/my/loans/"
