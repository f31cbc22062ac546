"""Recommending, deciding, and the life of a certification; the listing follows each step."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from members.history.selectors import breaks_in, entries_of
from members.people.errors import PasswordWrong
from members.people.states import Role
from products.certification import tasks
from products.certification.errors import (
    AlreadyRecommended,
    DeciderTookPart,
    DoesNotConform,
    ExplainerMayNotJudge,
    NotConsented,
    NotForDecision,
    ReasonMissing,
    RecommendationOutdated,
    ReportNotIssued,
    ReviewerTookPart,
    RoleMissing,
    StaleCertification,
)
from products.certification.models import Certification, CertificationEvent
from products.certification.permissions import can_decide, can_recommend, verbs_open_to
from products.certification.selectors import certifications_visible_to
from products.certification.services import (
    cancel_certification,
    decide,
    expire_certifications,
    last_day,
    lift_suspension,
    recommend,
    suspend_certification,
    withdraw_certification,
)
from products.certification.states import TRANSITIONS, CertificationState
from products.listings.models import DirectoryState, Listing
from products.orders.services import hold_order
from products.orders.states import Party, Stage
from products.reports.services import check_report, compile_report, return_report
from products.rework.services import verify_results
from tests.factories import orders, reports, results, rework
from tests.factories.certification import BUILDERS, WHY, granted, recommended
from tests.factories.people import PASSWORD, person
from wapicert.transitions import IllegalTransition

pytestmark = pytest.mark.django_db
ROLES = ["vendor", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "auditor", "admin"]
STEPS = {
    "suspend": (suspend_certification, CertificationState.SUSPENDED, "certification.suspended"),
    "lift": (lift_suspension, CertificationState.VALID, "certification.suspension_lifted"),
    "withdraw": (withdraw_certification, CertificationState.WITHDRAWN, "certification.withdrawn"),
    "cancel": (cancel_certification, CertificationState.CANCELLED, "certification.cancelled"),
}


def deciding(certification, cast, **changes):
    values = {"actor": cast.decider, "grant": True, "reason": "", "password": PASSWORD}
    return decide(certification=certification, **{**values, **changes})


def do(verb, certification, cast):
    if verb in ("grant", "refuse"):
        return deciding(certification, cast, grant=verb == "grant", reason="演示")
    return STEPS[verb][0](certification=certification, actor=cast.decider, **WHY)


VERBS = ["grant", "refuse", *STEPS]
LEGAL = [(verb, state) for verb in STEPS for state in TRANSITIONS[verb].sources]
# Every verb that may not start from a state; all of them are tried on one certification, since each changes nothing.
ILLEGAL = {state: [verb for verb in VERBS if state not in TRANSITIONS[verb].sources] for state in BUILDERS}


@pytest.mark.parametrize(("verb", "state"), LEGAL)
def test_step_moves_certification_event_listing_and_history_together(cast, catalogue, verb, state):
    before = BUILDERS[state](cast)
    version = DirectoryState.objects.get().version
    case = do(verb, before, cast)
    _service, target, act = STEPS[verb]
    listing = Listing.objects.get()
    assert (case.state, listing.status) == (target, target)
    assert (listing.status_since, listing.status_reason_zh) == (timezone.localdate(), WHY["public_reason_zh"])
    event = case.events.last()
    assert (event.state, event.on, event.public_reason_en, event.actor) == (
        target, timezone.localdate(), WHY["public_reason_en"], cast.decider)
    entry = entries_of(case.order.chain).last()
    assert (entry.act, entry.before, entry.after["state"], entry.reason) == (
        act, {"state": state}, target, WHY["public_reason_zh"])
    assert breaks_in(case.order.chain) == []
    assert DirectoryState.objects.get().version == version + 1


@pytest.mark.parametrize("state", BUILDERS)
def test_steps_out_of_order_are_refused_and_change_nothing(cast, catalogue, state):
    case = BUILDERS[state](cast)
    before = all_of(case)
    for verb in ILLEGAL[state]:
        with pytest.raises(IllegalTransition) as caught:
            do(verb, case, cast)
        assert caught.value.extra["state"] == state
    assert all_of(case) == before


def all_of(case):
    return (Certification.objects.values().get(), list(Listing.objects.values("status")),
            CertificationEvent.objects.count(), entries_of(case.order.chain).count())


def test_step_is_refused_by_role_reason_password_and_stale_form(cast, catalogue):
    case = granted(cast)
    for role in set(ROLES) - {"decider"}:
        with pytest.raises(RoleMissing) as caught:
            suspend_certification(certification=case, actor=getattr(cast, role), **WHY)
        assert caught.value.extra["roles"] == ["DM"]
    with pytest.raises(ReasonMissing) as caught:
        suspend_certification(certification=case, actor=cast.decider, **WHY | {"public_reason_zh": " "})
    assert caught.value.field == "public_reason_zh"
    with pytest.raises(PasswordWrong):
        suspend_certification(certification=case, actor=cast.decider, **WHY | {"password": "wrong"})
    with pytest.raises(StaleCertification) as caught:
        suspend_certification(certification=case, actor=cast.decider, row_version=case.row_version - 1, **WHY)
    assert caught.value.extra == {"state": "valid", "row_version": case.row_version}
    assert Listing.objects.get().status == "valid"


def test_recommend_writes_the_recommendation(cast, catalogue):
    report = reports.issued(cast)
    case = recommend(order=report.order, actor=cast.reviewer, recommends_grant=True, reason=" 演示：齐全 ")
    assert (case.state, case.recommends_grant, case.recommendation, case.reviewed_by, case.report) == (
        "recommended", True, "演示：齐全", cast.reviewer, report)
    entry = entries_of(report.order.chain).last()
    assert (entry.act, entry.after["report"]) == ("certification.recommended", report.number)
    assert orders.fresh(report.order).stage == Stage.REPORTING


def test_recommend_is_refused_by_role_and_missing_reason_and_twice(cast, catalogue):
    order = reports.issued(cast).order
    for role in set(ROLES) - {"reviewer", "decider"}:
        with pytest.raises(RoleMissing):
            recommend(order=order, actor=getattr(cast, role), recommends_grant=True)
    with pytest.raises(ReasonMissing):
        recommend(order=order, actor=cast.reviewer, recommends_grant=False, reason=" ")
    recommend(order=order, actor=cast.reviewer, recommends_grant=True)
    with pytest.raises(AlreadyRecommended):
        recommend(order=order, actor=cast.decider, recommends_grant=True)


@pytest.mark.parametrize("state", ["draft", "checked", "authorised", "withdrawn"])
def test_recommend_without_an_issued_report_is_refused(cast, catalogue, state):
    report = reports.BUILDERS[state](cast)
    with pytest.raises(ReportNotIssued):
        recommend(order=report.order, actor=cast.reviewer, recommends_grant=True)


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.TESTING, Stage.COMPLETE, Stage.ON_HOLD, Stage.CANCELLED])
def test_recommend_in_another_stage_is_refused(cast, catalogue, stage):
    with pytest.raises(NotForDecision):
        recommend(order=orders.order_in(stage, cast), actor=cast.reviewer, recommends_grant=True)


def test_recommend_a_device_that_does_not_conform_is_refused(cast, catalogue):
    report = reports.issued(cast, reports.tested(cast, verdicts={rework.CODE: "FAIL"}))
    with pytest.raises(DoesNotConform):
        recommend(order=report.order, actor=cast.reviewer, recommends_grant=True)
    case = recommend(order=report.order, actor=cast.reviewer, recommends_grant=False, reason="演示：不符合")
    with pytest.raises(DoesNotConform):
        deciding(case, cast)
    assert deciding(case, cast, grant=False, reason="演示：不符合").state == "refused"


def judges(cast, part):
    """An order in which somebody who also reviews and decides played the part, with its issued report."""
    extra = {"recorder": Role.TE, "verifier": Role.VE, "compiler": Role.TE, "checker": Role.VE, "signatory": Role.SG}
    judge = person("judge", Role.RV, Role.DM, extra[part])
    order = orders.in_testing(cast)
    recorder = judge if part == "recorder" else cast.tester
    cast.tester, usual = recorder, cast.tester
    attempts = results.recorded(order, cast)
    cast.tester = usual
    verify_results(order=order, attempts=attempts, actor=judge if part == "verifier" else cast.verifier)
    report = compile_report(order=orders.fresh(order), actor=judge if part == "compiler" else cast.tester2)
    check_report(report=report, actor=judge if part == "checker" else cast.verifier)
    cast.signatory = judge if part == "signatory" else cast.signatory
    reports.authorise_report(report=report, actor=cast.signatory, password=PASSWORD)
    reports.render_report(report_id=str(report.pk))
    return judge, orders.fresh(order)


@pytest.mark.parametrize("part", ["recorder", "verifier", "compiler", "checker", "signatory"])
def test_judging_by_someone_who_took_part_is_refused(cast, catalogue, part):
    judge, order = judges(cast, part)
    assert not can_recommend(judge, order)
    assert not can_decide(judge, order)
    with pytest.raises(ReviewerTookPart) as caught:
        recommend(order=order, actor=judge, recommends_grant=True)
    assert caught.value.code == "separation_s3"
    case = recommend(order=order, actor=cast.reviewer, recommends_grant=True)
    with pytest.raises(DeciderTookPart) as caught:
        deciding(case, cast, actor=judge)
    assert caught.value.code == "separation_s4"
    assert deciding(case, cast).state == "valid"


def test_judging_by_the_author_of_a_finding_is_refused(cast, catalogue):
    author = person("author", Role.RV, Role.DM, Role.VE)
    order = orders.in_testing(cast)
    results.verified(order, cast, verdicts={rework.CODE: "FAIL"})
    cast.tester, usual = author, cast.tester
    case = rework.send(rework.of(order), cast)
    cast.tester = usual
    rework.retest(rework.sign(rework.answer(case, cast), cast), cast)
    order = reports.issued(cast, orders.fresh(order)).order
    with pytest.raises(ExplainerMayNotJudge) as caught:
        recommend(order=order, actor=author, recommends_grant=True)
    assert caught.value.code == "separation_s6"
    certification = recommend(order=order, actor=cast.reviewer, recommends_grant=True)
    with pytest.raises(ExplainerMayNotJudge):
        deciding(certification, cast, actor=author)


def test_reviewer_and_decision_maker_may_be_one_person(cast, catalogue):
    order = reports.issued(cast).order
    case = recommend(order=order, actor=cast.decider, recommends_grant=True)
    assert deciding(case, cast).state == "valid"


def test_decide_grants_lists_and_moves_the_order(cast, catalogue):
    case = deciding(recommended(cast), cast, reason="演示：同意")
    today = timezone.localdate()
    assert (case.state, case.decided_by, case.decision_reason) == ("valid", cast.decider, "演示：同意")
    assert (case.valid_from, case.valid_until) == (today, None)
    assert (case.listing.status, case.listing.listed_on, case.listing.report) == ("valid", today, case.report)
    order = orders.fresh(case.order)
    assert (order.stage, order.turn) == (Stage.DECIDED, Party.INTAKE)
    acts = [entry.act for entry in entries_of(order.chain)][-2:]
    assert acts == ["certification.granted", "order.decided"]
    assert [(event.state, event.on) for event in case.events.order_by("pk")] == [("valid", today)]


def test_decide_refuses_with_a_reason_and_lists_nothing(cast, catalogue):
    case = recommended(cast)
    with pytest.raises(ReasonMissing):
        deciding(case, cast, grant=False)
    case = deciding(case, cast, grant=False, reason="演示：证据不足")
    assert (case.state, case.decision_reason) == ("refused", "演示：证据不足")
    assert (case.listing, case.valid_from) == (None, None)
    assert not Listing.objects.exists()
    assert case.events.get().public_reason_zh == ""
    assert orders.fresh(case.order).stage == Stage.DECIDED


def test_decide_is_refused_by_role_password_and_stale_form(cast, catalogue):
    case = recommended(cast)
    for role in set(ROLES) - {"decider"}:
        with pytest.raises(RoleMissing):
            deciding(case, cast, actor=getattr(cast, role))
    with pytest.raises(PasswordWrong):
        deciding(case, cast, password="")
    with pytest.raises(StaleCertification):
        deciding(case, cast, row_version=case.row_version + 1)
    assert Certification.objects.get().state == "recommended"
    assert not Listing.objects.exists()


def test_decide_without_consent_to_the_listing_is_refused(cast, catalogue):
    case = recommended(cast, reports.tested(cast, has_consented_to_listing=False))
    with pytest.raises(NotConsented):
        deciding(case, cast)
    assert deciding(case, cast, grant=False, reason="演示：未同意列入").state == "refused"


def test_decide_on_an_order_on_hold_is_refused(cast, catalogue):
    case = recommended(cast)
    hold_order(order=case.order, actor=cast.intake, reason="演示")
    with pytest.raises(NotForDecision):
        deciding(case, cast)


def test_decide_after_the_report_was_withdrawn_is_refused(cast, catalogue):
    case = recommended(cast)
    reports.withdraw(case.report, cast)
    with pytest.raises(ReportNotIssued):
        deciding(case, cast)


def second_report(case, cast):
    """The report that was recommended on is withdrawn, and another issued in its place."""
    reports.withdraw(case.report, cast)
    return reports.issued(cast, orders.fresh(case.order))


def test_decide_on_a_report_that_nobody_reviewed_is_refused_until_it_is_recommended_on(cast, catalogue):
    case = recommended(cast)
    report = second_report(case, cast)
    with pytest.raises(RecommendationOutdated):
        deciding(case, cast)
    again = recommend(order=case.order, actor=cast.reviewer, recommends_grant=True)
    assert (again.pk, again.report, again.row_version) == (case.pk, report, case.row_version + 1)
    assert deciding(again, cast).state == CertificationState.VALID
    assert Listing.objects.get().report == report


def test_lift_while_the_report_is_withdrawn_is_refused(cast, catalogue):
    case = BUILDERS["suspended"](cast)
    reports.withdraw(case.report, cast)
    with pytest.raises(ReportNotIssued):
        do("lift", case, cast)
    assert Listing.objects.get().status == "suspended"


def test_whoever_checked_a_report_that_was_returned_neither_reviews_nor_decides(cast, catalogue):
    other = person("other", Role.VE, Role.TE, Role.RV, Role.DM)
    order = reports.tested(cast)
    report = check_report(report=compile_report(order=order, actor=cast.tester2), actor=other)
    return_report(report=report, actor=cast.signatory, reason="演示")
    reports.issued(cast, orders.fresh(order))
    with pytest.raises(ReviewerTookPart):
        recommend(order=order, actor=other, recommends_grant=True)
    case = recommend(order=order, actor=cast.reviewer, recommends_grant=True)
    with pytest.raises(DeciderTookPart):
        deciding(case, cast, actor=other)


@pytest.mark.parametrize(("years", "first", "last"), [
    (0, date(2026, 3, 20), None), (3, date(2026, 3, 20), date(2029, 3, 19)), (1, date(2024, 2, 29), date(2025, 2, 28)),
    (1, date(2026, 1, 1), date(2026, 12, 31)), (4, date(2024, 2, 29), date(2028, 2, 28)),
])
def test_last_day_is_the_eve_of_the_anniversary(settings, years, first, last):
    settings.CERTIFICATION_YEARS = years
    assert last_day(first) == last


@pytest.mark.parametrize("state", [CertificationState.VALID, CertificationState.SUSPENDED])
def test_expire_certifications_ends_what_is_past_its_last_day(cast, catalogue, settings, state):
    settings.CERTIFICATION_YEARS = 3
    case = BUILDERS[state](cast)
    with time_machine.travel(timezone.now() + timedelta(days=3 * 366)):
        assert expire_certifications() == 1
        assert expire_certifications() == 0
        today = timezone.localdate()
    case.refresh_from_db()
    listing = Listing.objects.get()
    assert (case.state, listing.status, listing.status_since) == ("expired", "expired", today)
    event = case.events.last()
    assert (event.state, event.on, event.actor) == ("expired", today, None)
    assert event.public_reason_zh
    assert event.public_reason_en
    assert entries_of(case.order.chain).last().act == "certification.expired"


def test_expire_certifications_leaves_the_last_day_and_what_has_no_end(cast, catalogue, settings):
    granted(cast)
    settings.CERTIFICATION_YEARS = 1
    case = granted(cast)
    assert expire_certifications(today=case.valid_until) == 0
    assert expire_certifications(today=case.valid_until + timedelta(days=1)) == 1


def test_task_of_expiry_carries_its_fixed_name(cast, catalogue):
    assert tasks.expire_certifications.name == "certification.expire_certifications"
    tasks.expire_certifications()


def test_event_refuses_change(cast, catalogue):
    case = granted(cast)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CertificationEvent.objects.filter(certification=case).update(public_reason_zh="演示")


def test_certifications_visible_to_depends_on_role_company_and_state(cast, catalogue):
    open_case, done = recommended(cast), granted(cast)
    for role in set(ROLES) - {"vendor", "admin"}:
        assert set(certifications_visible_to(getattr(cast, role))) == {open_case, done}
    assert set(certifications_visible_to(cast.vendor)) == {done}
    for role in ("stranger", "admin"):
        assert not certifications_visible_to(getattr(cast, role)).exists()


@pytest.mark.parametrize(("state", "verbs"), [
    ("recommended", ["grant", "refuse"]), ("refused", []), ("valid", ["suspend", "withdraw", "cancel"]),
    ("suspended", ["lift", "withdraw", "cancel"]), ("withdrawn", []), ("cancelled", []), ("expired", []),
])
def test_verbs_open_to_the_decision_maker_follow_the_state(cast, catalogue, state, verbs):
    case = BUILDERS[CertificationState(state)](cast)
    assert verbs_open_to(cast.decider, case) == verbs
    assert verbs_open_to(cast.reviewer, case) == []


def test_events_hold_no_personal_names(cast, catalogue):
    case = BUILDERS[CertificationState.SUSPENDED](cast)
    shown = [{"state": event.state, "on": event.on, "zh": event.public_reason_zh} for event in case.events.all()]
    assert cast.decider.name not in json.dumps(shown, default=str, ensure_ascii=False)


def test_reviewers_alone_are_asked_to_recommend(cast, catalogue):
    order = reports.issued(cast).order
    assert (can_recommend(cast.reviewer, order), can_recommend(cast.quality, order)) == (True, False)


@pytest.mark.parametrize("part", ["recorder", "verifier", "checker"])
def test_whoever_took_part_neither_suspends_nor_lifts(cast, catalogue, part):
    judge, order = judges(cast, part)
    case = deciding(recommend(order=order, actor=cast.reviewer, recommends_grant=True), cast)
    assert verbs_open_to(judge, case) == []
    for verb in ("suspend", "withdraw", "cancel"):
        with pytest.raises(DeciderTookPart):
            STEPS[verb][0](certification=case, actor=judge, **WHY)
    suspended = do("suspend", case, cast)
    with pytest.raises(DeciderTookPart):
        lift_suspension(certification=suspended, actor=judge, **WHY)
    assert Listing.objects.get().status == "suspended"


def test_grant_against_the_recommendation_needs_a_reason(cast, catalogue):
    case = recommended(cast, recommends_grant=False, reason="演示：资料不全")
    with pytest.raises(ReasonMissing):
        deciding(case, cast)
    assert deciding(case, cast, reason="演示：资料已补齐").state == "valid"
