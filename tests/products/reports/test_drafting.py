"""Compiling, checking, returning: who, from where, and what the history keeps."""

import pytest

from members.history.selectors import breaks_in, entries_of
from members.people.states import Role
from products.orders.services import hold_order
from products.orders.states import Party, Stage
from products.reports.errors import (
    CompilerMayNotCheck,
    ElementsMissing,
    GlyphMissing,
    NeedsRecompiling,
    NotForReporting,
    NotYourTurn,
    ReasonMissing,
    ReportInWork,
    StaleReport,
)
from products.reports.models import Report
from products.reports.selectors import is_valid_code
from products.reports.services import check_report, compile_report, return_report
from products.reports.states import ReportState
from tests.factories import orders, reports
from tests.factories.people import person
from wapicert.canonical import digest_of

pytestmark = pytest.mark.django_db
ROLES = ["vendor", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "auditor", "admin"]


def acts(order, kind="report"):
    return [entry.act for entry in entries_of(order.chain) if entry.object_type == kind]


def test_compile_report_freezes_what_stands_and_moves_the_order(cast, catalogue):
    order = reports.tested(cast)
    report = compile_report(order=order, actor=cast.tester)
    order = orders.fresh(order)
    assert (report.state, report.revision, report.number) == (ReportState.DRAFT, 1, None)
    assert (order.stage, order.turn) == (Stage.REPORTING, Party.LABORATORY)
    assert report.snapshot_sha256 == digest_of(Report.objects.get().snapshot)
    assert is_valid_code(report.verification_code)
    assert report.snapshot["people"]["compiled"]["staff_number"] == cast.tester.staff_number
    assert report.is_demonstration == order.is_demonstration
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.actor_staff_number, entry.after["snapshot"]) == (
        "report.compiled", cast.tester.staff_number, report.snapshot_sha256)
    assert breaks_in(order.chain) == []


def test_compile_report_again_raises_the_revision_and_keeps_the_code(cast, catalogue):
    first = reports.compiled(cast)
    again = compile_report(order=first.order, actor=cast.tester)
    assert (again.pk, again.revision, again.compiled_by) == (first.pk, 2, cast.tester)
    assert again.verification_code == first.verification_code
    assert again.snapshot["report"]["revision"] == 2
    assert acts(first.order) == ["report.compiled", "report.compiled"]


def test_compile_report_by_another_role_is_refused(cast, catalogue):
    order = orders.complete(cast)
    for role in set(ROLES) - {"tester"}:
        with pytest.raises(NotYourTurn) as caught:
            compile_report(order=order, actor=getattr(cast, role))
        assert caught.value.extra["roles"] == ["TE"]
    assert not Report.objects.exists()


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.COMPLETE, Stage.REPORTING)])
def test_compile_report_in_another_stage_is_refused(cast, catalogue, stage):
    order = orders.order_in(stage, cast)
    with pytest.raises(NotForReporting) as caught:
        compile_report(order=order, actor=cast.tester)
    assert caught.value.extra == {"stage": stage}
    assert orders.fresh(order).stage == stage


@pytest.mark.parametrize("state", ["checked", "authorised", "issued"])
def test_compile_report_beside_one_that_counts_is_refused(cast, catalogue, state):
    report = reports.BUILDERS[state](cast)
    with pytest.raises(ReportInWork) as caught:
        compile_report(order=report.order, actor=cast.tester)
    assert caught.value.extra == {"report": str(report.pk), "state": state}
    assert Report.objects.get().revision == 1


def test_compile_report_after_a_withdrawal_begins_a_new_one(cast, catalogue):
    old = reports.withdrawn(cast)
    new = compile_report(order=old.order, actor=cast.tester)
    assert new.pk != old.pk
    assert new.verification_code != old.verification_code


def test_compile_report_refuses_what_cannot_be_printed(cast, catalogue):
    order = reports.tested(cast, device=orders.device(cast, name_zh="演示⎓传感器"))
    with pytest.raises(GlyphMissing) as caught:
        compile_report(order=order, actor=cast.tester)
    assert caught.value.extra["character"] == "⎓"
    assert orders.fresh(order).stage == Stage.COMPLETE


def test_compile_report_from_a_stale_form_is_refused(cast, catalogue):
    report = reports.compiled(cast)
    with pytest.raises(StaleReport) as caught:
        compile_report(order=report.order, actor=cast.tester, row_version=report.row_version - 1)
    assert caught.value.extra == {"state": "draft", "revision": 1, "row_version": report.row_version}


def test_check_report_passes_the_turn_to_the_signatory(cast, catalogue):
    report = reports.checked(cast)
    assert (report.state, report.checked_by) == (ReportState.CHECKED, cast.verifier)
    assert orders.fresh(report.order).turn == Party.SIGNATORY
    assert report.snapshot["people"]["checked"]["name"] == cast.verifier.name
    assert report.snapshot_sha256 == digest_of(report.snapshot)
    assert acts(report.order) == ["report.compiled", "report.checked"]


def test_check_report_by_another_role_is_refused(cast, catalogue):
    report = reports.compiled(cast)
    for role in set(ROLES) - {"verifier"}:
        with pytest.raises(NotYourTurn):
            check_report(report=report, actor=getattr(cast, role))
    assert Report.objects.get().state == ReportState.DRAFT


def test_check_report_by_its_compiler_is_refused(cast, catalogue):
    both = person("both", Role.TE, Role.VE)
    report = compile_report(order=reports.tested(cast), actor=both)
    with pytest.raises(CompilerMayNotCheck) as caught:
        check_report(report=report, actor=both)
    assert caught.value.code == "separation_s10"
    assert Report.objects.get().checked_by is None


def test_check_report_that_lacks_elements_lists_them(cast, catalogue, settings):
    settings.LABORATORY = settings.LABORATORY | {"name_zh": "", "address_zh": ""}
    settings.PUBLIC_URL = ""
    report = reports.compiled(cast)
    with pytest.raises(ElementsMissing) as caught:
        check_report(report=report, actor=cast.verifier)
    # The place of testing is the laboratory's address, which says nothing either.
    assert [row["element"] for row in caught.value.rows] == ["b", "c", "w"]
    assert all(row["message"] and row["code"] == "report_elements_missing" for row in caught.value.rows)
    assert Report.objects.get().state == ReportState.DRAFT


def test_check_report_of_an_order_on_hold_is_refused(cast, catalogue):
    report = reports.compiled(cast)
    hold_order(order=report.order, actor=cast.intake, reason="演示")
    with pytest.raises(NeedsRecompiling):
        check_report(report=report, actor=cast.verifier)


@pytest.mark.parametrize("state", ["draft", "checked"])
@pytest.mark.parametrize("role", ["verifier", "signatory"])
def test_return_report_makes_the_results_correctable_again(cast, catalogue, state, role):
    report = return_report(report=reports.BUILDERS[state](cast), actor=getattr(cast, role), reason=" 演示：序列号有误 ")
    assert (report.state, report.return_reason, report.checked_by) == (ReportState.DRAFT, "演示：序列号有误", None)
    assert report.snapshot["people"]["checked"] is None
    assert orders.fresh(report.order).stage == Stage.COMPLETE
    entry = [entry for entry in entries_of(report.order.chain) if entry.object_type == "report"][-1]
    assert (entry.act, entry.reason, entry.before) == ("report.returned", "演示：序列号有误", {"state": state})


def test_returned_report_must_be_compiled_anew_before_it_is_checked(cast, catalogue):
    report = return_report(report=reports.checked(cast), actor=cast.signatory, reason="演示")
    with pytest.raises(NeedsRecompiling):
        check_report(report=report, actor=cast.verifier)
    with pytest.raises(NeedsRecompiling):
        return_report(report=report, actor=cast.verifier, reason="演示")
    report = compile_report(order=report.order, actor=cast.tester2)
    assert (report.revision, report.return_reason) == (2, "")
    assert check_report(report=report, actor=cast.verifier).state == ReportState.CHECKED


def test_return_report_by_another_role_is_refused(cast, catalogue):
    report = reports.compiled(cast)
    for role in set(ROLES) - {"verifier", "signatory"}:
        with pytest.raises(NotYourTurn):
            return_report(report=report, actor=getattr(cast, role), reason="演示")


def test_return_report_without_a_reason_is_refused(cast, catalogue):
    report = reports.compiled(cast)
    with pytest.raises(ReasonMissing) as caught:
        return_report(report=report, actor=cast.verifier, reason="  ")
    assert caught.value.field == "reason"
    assert orders.fresh(report.order).stage == Stage.REPORTING


def test_page_offers_compiling_to_testers_alone(cast, catalogue, client):
    order, offered = reports.tested(cast), []
    button = f'<form method="post" action="/lab/orders/{order.number}/report/">'
    for who in (cast.tester, cast.verifier, cast.auditor):
        client.force_login(who)
        offered.append(button in client.get(f"/lab/orders/{order.number}/report/").content.decode())
    assert offered == [True, False, False]
