"""Amending an issued report: the successor, what changed, and the change of places."""

import pytest

from members.history.selectors import breaks_in, entries_of
from members.people.errors import PasswordWrong
from products.orders.errors import AmendmentRuns
from products.orders.models import Order
from products.orders.services import cancel_order, close_order, end_sample, hold_order
from products.orders.states import Stage
from products.reports.errors import (
    CorrectionUnknown,
    ListingInForce,
    NeedsRecompiling,
    NotForAmending,
    NotYourTurn,
    ReasonMissing,
    ReportInWork,
    StaleReport,
)
from products.reports.models import Report
from products.reports.selectors import changes_between, verification_of
from products.reports.services import amend_report, authorise_report, check_report, compile_report, render_report
from products.reports.states import ReportState
from products.results.models import Attempt
from products.rework.services import correct_result, verify_results
from tests.factories import certification, reports
from tests.factories.people import PASSWORD
from tests.products.reports.test_drafting import ROLES
from wapicert.transitions import IllegalTransition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
REASON = "演示：更正样品序列号"


def amend(report, cast, **changes):
    return amend_report(**{"report": report, "actor": cast.signatory, "reason": REASON, "password": PASSWORD} | changes)


def ready(successor, cast):
    draft = compile_report(order=successor.order, actor=cast.tester2)
    return check_report(report=draft, actor=cast.verifier)


def test_amend_report_opens_a_draft_that_names_the_old_one_and_leaves_it_in_force(cast):
    old = reports.issued(cast)
    draft = amend(old, cast)
    old.refresh_from_db()
    assert (old.state, draft.state, draft.replaces, draft.number, draft.revision) == ("issued", "draft", old, None, 0)
    assert Order.objects.get().stage == Stage.COMPLETE
    assert draft.snapshot["report"]["replaces"] == {"number": old.number, "issued_on": old.issued_on.isoformat()}
    assert draft.verification_code != old.verification_code
    entry = entries_of(draft.order.chain).get(act="report.amendment_opened")
    assert (entry.reason, entry.after["replaces"]) == (REASON, old.number)


def test_issue_of_the_successor_replaces_the_old_report_in_the_same_step(cast):
    new = reports.amended(cast)
    old = Report.objects.get(pk=new.replaces_id)
    assert (old.state, new.state, old.replaced_by) == (ReportState.REPLACED, ReportState.ISSUED, new)
    assert new.number != old.number
    assert reports.content_of(old).startswith(b"%PDF")
    assert [verification_of(row.verification_code).state for row in (old, new)] == ["replaced", "valid"]
    assert verification_of(old.verification_code).replaced_by == new.number
    acts = [entry.act for entry in entries_of(new.order.chain)][-3:]
    assert acts == ["report.issued", "report.replaced", "order.turn_passed"]
    assert breaks_in(new.order.chain) == []


def test_amended_report_prints_what_it_replaces_what_changed_and_why(cast):
    new = reports.amended(cast)
    text = "".join(reports.text_of(reports.content_of(new)))
    before = new.replaces.snapshot["samples"][0]["serial_number"]
    for part in (new.replaces.number, REASON, "更正记录", "SN-更正-0002", before):
        assert part in text
    assert new.snapshot["report"]["changes"] == [
        {"zh": f"样品：{new.snapshot['samples'][0]['number']}：序列号",
         "en": f"Sample: {new.snapshot['samples'][0]['number']}: serial number",
         "before": before, "after": "SN-更正-0002"}]


def test_amendment_after_a_corrected_result_tells_the_difference(cast):
    draft = amend(reports.issued(cast), cast)
    attempt = next(row for row in Attempt.objects.order_by("pk") if row.values)
    key, value = next(iter(attempt.values.items()))
    other = str(int(value["value"]) - 1)
    values = attempt.values | {key: value | {"value": other}}
    row = correct_result(attempt=attempt, row={"values": values}, reason="typing", text="演示：点错", actor=cast.tester)
    verify_results(order=draft.order, attempts=[row], actor=cast.verifier)
    change, = compile_report(order=draft.order, actor=cast.tester2).snapshot["report"]["changes"]
    assert change["zh"].startswith(f"{attempt.plan_item.code} ")
    assert change["after"] == change["before"].replace(value["value"], other, 1)


def test_changes_between_tells_verdict_values_facts_and_rows():
    old, new = reports.snapshot(), reports.snapshot()
    new["results"][0]["verdict"] = "FAIL"
    new["results"][1]["values"] = [{"name_zh": "吞吐量", "name_en": "Throughput", "value": "96", "unit": "Mbit/s",
                                    "limit": "≥ 95"}]
    new["factory"] = "演示市第四工厂"
    new["samples"][0]["condition"] = "外壳有划痕"
    new["photographs"] = []
    new["report"]["number"], new["counts"] = "X", {}
    first, second = old["results"][0], old["results"][1]
    told = [(row["zh"], row["before"], row["after"]) for row in changes_between(old, new)]
    assert told == [
        (f"{first['code']} {first['name_zh']}：结论", "通过 Pass", "未通过 Fail"),
        (f"{second['code']} {second['name_zh']}：吞吐量", None, "96 Mbit/s (≥ 95)"),
        ("生产厂", "演示市第三工厂", "演示市第四工厂"),
        ("样品：YP-2026-0007：状态", "外观完好", "外壳有划痕"),
        ("照片：photo-1", "photo-1 · front.jpg · 正面 front", None),
    ]


def test_amend_report_is_refused_by_role_reason_and_password(cast):
    old = reports.issued(cast)
    for role in set(ROLES) - {"signatory"}:
        with pytest.raises(NotYourTurn):
            amend(old, cast, actor=getattr(cast, role))
    for changes, refusal in (({"reason": " "}, ReasonMissing), ({"password": "wrong"}, PasswordWrong),
                             ({"row_version": old.row_version - 1}, StaleReport),
                             ({"corrections": {"conclusion.zh": "符合"}}, CorrectionUnknown),
                             ({"corrections": {"samples.9.condition": "好"}}, CorrectionUnknown),
                             ({"corrections": {"factory": "长" * 401}}, CorrectionUnknown)):
        with pytest.raises(refusal):
            amend(old, cast, **changes)
    assert Report.objects.count() == 1


@pytest.mark.parametrize("state", ["draft", "checked", "authorised", "withdrawn"])
def test_amend_report_that_is_not_in_force_is_refused(cast, state):
    with pytest.raises(IllegalTransition):
        amend(reports.BUILDERS[state](cast), cast)


def test_amend_report_twice_is_refused_while_the_first_is_in_work(cast):
    old = reports.issued(cast)
    amend(old, cast)
    old.refresh_from_db()
    with pytest.raises(ReportInWork):
        amend(old, cast)


def test_amend_report_of_an_order_on_hold_is_refused(cast):
    old = reports.issued(cast)
    hold_order(order=old.order, actor=cast.intake, reason=REASON)
    with pytest.raises(NotForAmending):
        amend(old, cast)


def test_check_of_an_amendment_that_was_not_compiled_is_refused(cast):
    draft = reports.amendment(cast)
    with pytest.raises(NeedsRecompiling):
        check_report(report=draft, actor=cast.verifier)


def test_amendment_of_a_decided_order_leaves_the_decision_and_returns_to_its_stage(cast):
    granted = certification.granted(cast)
    new = reports.amended(cast, granted.report)
    order = Order.objects.get()
    granted.refresh_from_db()
    assert (order.stage, order.amended_stage, granted.state) == (Stage.DECIDED, "", "valid")
    found = verification_of(new.verification_code)
    assert (found.state, found.listing_number) == ("valid", granted.listing.listing_number)


def test_amendment_of_a_closed_order_returns_it_to_closed(cast):
    granted = certification.granted(cast)
    for sample in granted.order.samples.all():
        end_sample(sample=sample, actor=cast.intake, ending="演示：已退还")
    close_order(order=granted.order, actor=cast.intake)
    reports.amended(cast, granted.report)
    assert Order.objects.get().stage == Stage.CLOSED


def test_cancel_of_a_decided_order_under_amendment_is_refused(cast):
    draft = amend(certification.granted(cast).report, cast)
    with pytest.raises(AmendmentRuns):
        cancel_order(order=draft.order, actor=cast.intake, reason=REASON)


def test_authorise_of_an_amendment_that_no_longer_conforms_is_refused_while_the_device_is_listed(cast):
    successor = amend(certification.granted(cast).report, cast, corrections={"factory": "演示市第四工厂"})
    report = ready(successor, cast)
    Report.objects.filter(pk=report.pk).update(conclusion="does_not_conform")
    with pytest.raises(ListingInForce):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    assert Report.objects.get(pk=report.pk).number is None


def test_withdrawn_meanwhile_the_old_report_stays_withdrawn(cast):
    old = reports.issued(cast)
    report = ready(amend(old, cast, corrections={"factory": "演示市第四工厂"}), cast)
    reports.withdraw(old, cast)
    authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    render_report(report_id=str(report.pk))
    assert [row.state for row in Report.objects.order_by("compiled_at")] == ["withdrawn", "issued"]


def test_amendment_that_changes_nothing_says_so_and_is_issued(cast, catalogue):
    """It used to wait for ever: element u asked for a change, and no act dropped the amendment."""
    amended = reports.amended_with(cast, reports.issued(cast), {})
    assert amended.snapshot["report"]["changes"] == []
    assert "内容没有变化，仅重新签发" in "".join(reports.text_of(reports.content_of(amended))).replace("\n", "")
