"""The page of duties: who may do what, declarations, exceptions, and who did what."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from members.history.selectors import entries_of
from members.people.models import ConflictOfInterest, TestAuthorisation, User
from members.people.services import declare_conflict, end_conflict
from members.people.states import Activity
from products.orders.errors import ExceptionTooLong, NotPermitted
from products.orders.models import DutyException
from products.orders.services import end_exception, release_exception
from products.orders.states import DutyRule
from products.reports.errors import RecorderMayNotAuthorise, SignatoryNotAuthorised
from products.reports.permissions import can_authorise_report
from products.reports.services import authorise_report
from products.results.errors import NotPermitted as ResultNotPermitted
from products.results.errors import VerifierNotAuthorised, VerifierRecorded
from products.results.models import Attempt
from products.results.services import record_attempts, verify_attempts
from tests.factories import orders, reports, results
from tests.factories.people import PASSWORD
from wapicert import database
from wapicert.errors import Forbidden

pytestmark = pytest.mark.django_db


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.fixture
def order(cast, catalogue):
    order = orders.in_testing(cast)
    results.recorded(order, cast, codes=["IOP-01"])
    return order


def verify(order, actor):
    return verify_attempts(order=order, attempts=list(Attempt.objects.filter(plan_item__order=order)), actor=actor)


def test_verify_attempts_without_authorisation_for_the_category_is_refused(cast, order):
    TestAuthorisation.objects.filter(user=cast.verifier, activity=Activity.VERIFY, category="IOP").update(
        valid_until=today(-1))
    with pytest.raises(VerifierNotAuthorised) as refusal:
        verify(order, cast.verifier)
    assert refusal.value.extra == {"categories": ["IOP"]}
    TestAuthorisation.objects.filter(user=cast.verifier).update(valid_until=today())
    assert [attempt.state for attempt in verify(order, cast.verifier)] == ["verified"]


def test_authorise_report_without_authorisation_for_a_category_is_refused(cast, catalogue):
    report = reports.checked(cast)
    TestAuthorisation.objects.filter(user=cast.signatory, category="IOP").update(activity=Activity.VERIFY)
    with pytest.raises(SignatoryNotAuthorised):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)


def test_exception_lets_the_recorder_verify_until_it_ends(cast, order):
    recorder = fresh(cast.tester)
    recorder.role_grants.create(role="VE", confirmed_at=timezone.now())
    for category in ["IOP", "FUN"]:
        recorder.test_authorisations.create(activity=Activity.VERIFY, category=category, valid_from=today(-1))
    recorder = fresh(recorder)
    with pytest.raises(VerifierRecorded):
        verify(order, recorder)
    row = release_exception(order=order, user=recorder, rule=DutyRule.S1, reason="演示：当班仅一人", actor=cast.quality,
                            valid_until=today(7))
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.reason, entry.after["staff_number"]) == (
        "duty.exception_released", "演示：当班仅一人", recorder.staff_number)
    end_exception(exception=row, actor=cast.quality)
    with pytest.raises(VerifierRecorded):
        verify(order, recorder)
    release_exception(order=order, user=recorder, rule=DutyRule.S1, reason="演示：当班仅一人", actor=cast.quality,
                      valid_until=today(7))
    assert [attempt.state for attempt in verify(order, recorder)] == ["verified"]


def test_exception_lets_the_recorder_sign(cast, catalogue):
    report = reports.checked(cast)
    first = Attempt.objects.filter(plan_item__order=report.order).first()
    database.run(connection, database.removal(connection.vendor, "products_attempt"))
    Attempt.objects.filter(pk=first.pk).update(recorded_by=cast.signatory)
    with pytest.raises(RecorderMayNotAuthorise):
        authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    assert not can_authorise_report(cast.signatory, report)
    release_exception(order=report.order, user=cast.signatory, rule=DutyRule.S2, reason="演示", actor=cast.quality,
                      valid_until=today(1))
    assert can_authorise_report(cast.signatory, report)
    assert authorise_report(report=report, actor=cast.signatory, password=PASSWORD).number


@pytest.mark.parametrize(("days", "actor", "refusal"), [
    (-1, "quality", ExceptionTooLong), (91, "quality", ExceptionTooLong), (7, "verifier", NotPermitted),
])
def test_release_exception_out_of_bounds_is_refused(cast, order, days, actor, refusal):
    with pytest.raises(refusal):
        release_exception(order=order, user=cast.tester, rule=DutyRule.S1, reason="演示", valid_until=today(days),
                          actor=getattr(cast, actor))
    assert not DutyException.objects.exists()


def test_release_exception_for_oneself_is_refused(cast, order):
    with pytest.raises(NotPermitted):
        release_exception(order=order, user=cast.quality, rule=DutyRule.S1, reason="演示", valid_until=today(7),
                          actor=cast.quality)


def test_declare_conflict_stops_every_act_until_another_ends_it(cast, order):
    conflict = declare_conflict(user=cast.tester, company=order.company, reason="曾任职", actor=cast.tester)
    with pytest.raises(ResultNotPermitted):
        record_attempts(order=order, rows=results.rows(order, ["FUN-RT-07"]), actor=fresh(cast.tester))
    with pytest.raises(Forbidden):
        end_conflict(conflict=conflict, reason="演示", actor=cast.tester)
    end_conflict(conflict=conflict, reason="已满三年", actor=cast.quality)
    told = [(entry.act, entry.reason) for entry in entries_of("people") if entry.act.startswith("conflict.")]
    assert told == [("conflict.declared", "曾任职"), ("conflict.ended", "已满三年")]
    assert not fresh(cast.tester).has_conflict_with(order.company_id)


def test_declare_conflict_of_another_is_for_the_quality_manager(cast, order):
    with pytest.raises(Forbidden):
        declare_conflict(user=cast.tester, company=order.company, reason="演示", actor=cast.verifier)
    declare_conflict(user=cast.tester, company=order.company, reason="演示", actor=cast.quality)
    declare_conflict(user=cast.tester, company=order.company, reason="再次", actor=cast.quality)
    assert ConflictOfInterest.objects.get().reason == "演示"


def test_page_takes_declarations_and_exceptions(client, cast, order):
    client.force_login(cast.quality)
    conflict = {"user": cast.tester.pk, "company": order.company_id, "reason": ""}
    assert client.post(reverse("lab-conflict-declare"), conflict).status_code == 422
    assert client.post(reverse("lab-conflict-declare"), conflict | {"reason": "曾任职"}).status_code == 302
    given = {"order": "ORD-404", "user": cast.verifier.pk, "rule": "S1", "valid_until": today(3), "reason": "演示"}
    assert client.post(reverse("lab-exception-release"), given).status_code == 422
    assert client.post(reverse("lab-exception-release"), given | {"order": order.number}).status_code == 302
    page = client.get(reverse("lab-duties")).content.decode()
    assert "曾任职" in page
    assert order.number in page
    ending = reverse("lab-duty-end", args=["conflict", ConflictOfInterest.objects.get().pk])
    assert client.post(ending, {"reason": ""}).status_code == 422
    assert client.post(ending, {"reason": "误报"}).status_code == 302
    assert client.post(reverse("lab-duty-end", args=["exception", DutyException.objects.get().pk])).status_code == 302
    assert (ConflictOfInterest.objects.get().ended_by, DutyException.objects.get().ended_at is None) == (
        cast.quality, False)


def test_export_lists_rights_and_acts(client, cast, order):
    client.force_login(cast.auditor)
    rights = client.get(reverse("lab-duties-csv", args=["rights"])).content.decode("utf-8-sig")
    rows = [row for row in csv.reader(StringIO(rights)) if row[0] == "S-verifier"]
    assert sorted(row[2:5] for row in rows) == [["VE", "verify", code] for code in ["FUN", "INT", "IOP", "PER"]]
    acts = client.get(reverse("lab-duties-csv", args=["acts"])).content.decode("utf-8-sig")
    assert ["S-tester", "TE", "results.recorded", "1"] in [row[:4] for row in csv.reader(StringIO(acts))]
    assert client.get(reverse("lab-duties-csv", args=["other"])).status_code == 404


def test_page_asks_the_same_number_of_queries_for_more_people(client, cast, order, django_assert_num_queries):
    client.force_login(cast.auditor)
    with django_assert_num_queries(10):
        client.get(reverse("lab-duties"))
    cast.editor.test_authorisations.create(activity=Activity.SIGN, category="IOP", valid_from=today())
    declare_conflict(user=cast.tester, company=order.company, reason="演示", actor=cast.quality)
    with django_assert_num_queries(10):
        client.get(reverse("lab-duties"))


def test_conflict_is_ended_by_another_who_is_the_quality_manager(cast, order):
    testers = declare_conflict(user=cast.tester, company=order.company, reason="曾任职", actor=cast.tester)
    own = declare_conflict(user=cast.quality, company=order.company, reason="持股", actor=cast.quality)
    for conflict, actor in ((testers, cast.verifier), (own, cast.quality)):
        with pytest.raises(Forbidden):
            end_conflict(conflict=conflict, reason="演示", actor=fresh(actor))
    assert ConflictOfInterest.objects.filter(ended_at=None).count() == 2
