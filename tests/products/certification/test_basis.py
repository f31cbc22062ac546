"""What a certification rests on: asked at every decision anew, named by whoever decides, and shown when it falls."""

import pytest
from django.utils import timezone

from members.history.selectors import breaks_in, entries_of
from members.people.services import declare_conflict, end_conflict
from products.certification.errors import (
    AlreadyRecommended,
    AnotherValid,
    BasisChanged,
    MayNotStandOn,
    PeriodOver,
    ReportUnderAmendment,
)
from products.certification.models import Certification
from products.certification.selectors import basis_of, certifications_in_doubt, refusals_to_reconsider
from products.certification.services import decide, lift_suspension, recommend, restore_certification
from products.listings.models import Listing, ListingChange
from products.orders.services import close_order, end_sample
from products.orders.states import Party, Stage
from products.reports import services as report_services
from products.reports.errors import BasisOpen
from products.results.services import (
    announce_doubt,
    invalidate_attempt,
    refuse_invalidation,
    request_invalidation,
)
from tests.factories import certification, orders, reports, results
from tests.factories.certification import WHY
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def attempt_of(order, code="IOP-01"):
    return results.planned(order, [code])[0].attempts.get()


def ask(order, cast):
    return request_invalidation(attempt=attempt_of(order), reason="演示：样品错", actor=cast.verifier).attempt


def throw_out(order, cast):
    invalidate_attempt(attempt=ask(order, cast), reason="演示：属实", actor=cast.quality)


def ask_withdrawal(order, cast):
    report_services.request_withdrawal(report=order.reports.get(), actor=cast.signatory, reason="演示：样品错",
                                       password=PASSWORD)


def declare(person, order, cast):
    return declare_conflict(user=person, company=order.company, reason="演示：配偶任职", actor=person)


def take_back_authorisation(order, cast):
    cast.signatory.test_authorisations.filter(category="FUN").update(valid_until=timezone.localdate().replace(year=2021))


FALLS = {
    "invalidation_requested": ask,
    "result_invalidated": throw_out,
    "withdrawal_requested": ask_withdrawal,
    "signatory_not_authorised": take_back_authorisation,
}
# What a late declaration makes fall, by whoever declares it.
ANSWERING = ["tester", "verifier", "tester2", "signatory"]


@pytest.mark.parametrize("code", FALLS)
def test_grant_while_its_basis_falls_is_refused_with_the_open_point_named(cast, code):
    case = certification.recommended(cast)
    FALLS[code](orders.fresh(case.order), cast)
    with pytest.raises(BasisOpen) as caught:
        decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD)
    assert code in caught.value.extra["points"]
    assert all(row["message"] and row["remedy"] for row in caught.value.rows)
    assert not Listing.objects.exists()


@pytest.mark.parametrize("code", FALLS)
def test_recommend_while_the_basis_falls_is_refused_with_the_open_point_named(cast, code):
    order = reports.issued(cast).order
    FALLS[code](order, cast)
    for grants in (True, False):
        with pytest.raises(BasisOpen) as caught:
            recommend(order=order, actor=cast.reviewer, recommends_grant=grants, reason="演示")
        assert code in caught.value.extra["points"]
    assert not Certification.objects.exists()


@pytest.mark.parametrize("code", FALLS)
def test_lift_while_the_basis_falls_is_refused_with_the_open_point_named(cast, code):
    case = certification.suspended(cast)
    FALLS[code](orders.fresh(case.order), cast)
    with pytest.raises(BasisOpen) as caught:
        lift_suspension(certification=case, actor=cast.decider, **WHY)
    assert code in caught.value.extra["points"]
    assert Listing.objects.get().status == "suspended"


@pytest.mark.parametrize("who", ANSWERING)
def test_grant_after_somebody_who_answers_for_the_results_declared_a_conflict_is_refused_until_it_ends(cast, who):
    case = certification.recommended(cast)
    conflict = declare(getattr(cast, who), case.order, cast)
    with pytest.raises(BasisOpen) as caught:
        decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD)
    assert caught.value.extra["points"] == ["conflict_declared"]
    assert getattr(cast, who).staff_number in str(caught.value.message)
    end_conflict(conflict=conflict, reason="演示：评估后无影响", actor=cast.quality)
    assert decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD).state == "valid"


def test_conflict_of_somebody_with_no_part_in_the_results_keeps_nobody_from_granting(cast):
    case = certification.recommended(cast)
    declare(cast.intake, case.order, cast)
    assert decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD).state == "valid"


@pytest.mark.parametrize("act", ["check", "authorise"])
def test_signature_after_somebody_who_answers_for_the_results_declared_a_conflict_is_refused(cast, act):
    report = reports.compiled(cast) if act == "check" else reports.checked(cast)
    declare(cast.tester, report.order, cast)
    acts = {"check": lambda: report_services.check_report(report=report, actor=cast.verifier),
            "authorise": lambda: report_services.authorise_report(report=report, actor=cast.signatory,
                                                                  password=PASSWORD)}
    with pytest.raises(BasisOpen) as caught:
        acts[act]()
    assert caught.value.extra["points"] == ["conflict_declared"]


def test_grant_after_the_request_was_refused_goes_through(cast):
    case = certification.recommended(cast)
    refuse_invalidation(attempt=ask(orders.fresh(case.order), cast), reason="演示：不属实", actor=cast.quality)
    ask_withdrawal(case.order, cast)
    report_services.refuse_withdrawal(report=case.order.reports.get(), actor=cast.quality, reason="演示：不属实")
    assert basis_of(case.order).points == []
    assert decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD).state == "valid"


@pytest.mark.parametrize("code", ["invalidation_requested", "result_invalidated", "withdrawal_requested"])
def test_basis_that_falls_after_the_grant_is_seen_and_can_be_suspended(cast, code):
    case, other = certification.granted(cast), certification.granted(cast)
    assert not certifications_in_doubt().exists()
    FALLS[code](orders.fresh(case.order), cast)
    assert list(certifications_in_doubt()) == [case]
    assert code in [point.code for point in basis_of(case.order).points]
    certification.services.suspend_certification(certification=case, actor=cast.decider, **WHY)
    assert not certifications_in_doubt().exists()
    assert Listing.objects.get(certification=other).status == "valid"




def test_lift_on_a_report_that_does_not_conform_is_refused(cast):
    case = certification.suspended(cast)
    report = case.report
    report.conclusion = "does_not_conform"
    report.save(update_fields=["conclusion"])
    with pytest.raises(MayNotStandOn):
        lift_suspension(certification=case, actor=cast.decider, **WHY)
    assert Listing.objects.get().status == "suspended"


@pytest.mark.parametrize("stage", ["opened", "compiled", "authorised"])
def test_lift_while_the_report_is_amended_is_refused(cast, stage):
    case = certification.suspended(cast)
    draft = reports.amendment(cast, case.report)
    if stage != "opened":
        draft = report_services.compile_report(order=draft.order, actor=cast.tester2)
    if stage == "authorised":
        checked = report_services.check_report(report=draft, actor=cast.verifier)
        report_services.authorise_report(report=checked, actor=cast.signatory, password=PASSWORD)
    with pytest.raises(ReportUnderAmendment):
        lift_suspension(certification=case, actor=cast.decider, **WHY)


def test_lift_after_the_last_day_is_refused(cast):
    case = certification.suspended(cast)
    Certification.objects.update(valid_until=timezone.localdate().replace(year=2020))
    with pytest.raises(PeriodOver):
        lift_suspension(certification=case, actor=cast.decider, **WHY)


CHANGES = {
    "report": ask_withdrawal,
    "standing": lambda order, cast: announce_doubt(orders=[order], criteria="演示：工具", reason="演示",
                                                   address="/lab/", actor=cast.verifier),
    "beside": lambda order, cast: again(cast, order),
}


def again(cast, order):
    """Another order of the same device, granted."""
    second = orders.in_testing(cast, device=order.device)
    results.verified(second, cast)
    return certification.granted(cast, orders.fresh(second))


@pytest.mark.parametrize("part", CHANGES)
def test_refusing_on_what_changed_since_it_was_read_is_refused_with_the_part_named(cast, part):
    case = certification.recommended(cast)
    read = basis_of(case.order).fingerprint
    CHANGES[part](orders.fresh(case.order), cast)
    with pytest.raises(BasisChanged) as caught:
        decide(certification=case, actor=cast.decider, grant=False, reason="演示", password=PASSWORD, basis=read)
    assert part in caught.value.extra["changed"]
    assert Certification.objects.get(pk=case.pk).state == "recommended"


def test_grant_names_the_certification_that_it_supersedes_and_is_refused_if_another_came(cast):
    case = certification.recommended(cast)
    read = basis_of(case.order)
    older = again(cast, case.order)
    assert (read.beside, basis_of(case.order).beside) == ([], [older])
    with pytest.raises(BasisChanged):
        decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD, basis=read.fingerprint)
    decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD,
           basis=basis_of(case.order).fingerprint)
    assert Certification.objects.get(pk=older.pk).superseded_by == case


@pytest.mark.parametrize(("kind", "model"), [("SEN", "DEMO-1"), ("AP", "DEMO-1"), ("AS", "DEMO-1")])
def test_grant_leaves_another_device_with_the_same_model_text_alone(cast, kind, model):
    first = certification.granted(cast, reports.tested(cast, device=orders.device(cast, model=model)))
    other = orders.device(cast, kind, model=model)
    second = orders.in_testing(cast, device=other)
    results.verified(second, cast)
    certification.granted(cast, orders.fresh(second))
    first.refresh_from_db()
    assert (first.state, [row.status for row in Listing.objects.order_by("pk")]) == ("valid", ["valid", "valid"])


def test_supersession_is_undone_with_a_reason_once_the_newer_one_is_no_longer_valid(cast):
    older = certification.granted(cast)
    newer = again(cast, older.order)
    older = Certification.objects.get(pk=older.pk)
    with pytest.raises(AnotherValid) as caught:
        restore_certification(certification=older, actor=cast.decider, **WHY)
    assert caught.value.extra == {"number": newer.listing.listing_number}
    certification.services.suspend_certification(certification=newer, actor=cast.decider, **WHY)
    older = restore_certification(certification=older, actor=cast.decider, **WHY)
    status = Listing.objects.get(certification=older).status
    assert (older.state, older.superseded_by, status) == ("valid", None, "valid")
    assert ListingChange.objects.first().kind == "restored"
    entry = entries_of(older.order.chain).last()
    assert (entry.act, entry.reason) == ("certification.supersession_undone", WHY["public_reason_zh"])
    assert breaks_in(older.order.chain) == []
    with pytest.raises(AnotherValid):
        lift_suspension(certification=newer, actor=cast.decider, **WHY)


def test_lift_of_a_suspended_one_beside_a_newer_valid_one_is_refused(cast):
    first = certification.granted(cast)
    second = again(cast, first.order)
    certification.services.suspend_certification(certification=second, actor=cast.decider, **WHY)
    third = again(cast, first.order)
    with pytest.raises(AnotherValid) as caught:
        lift_suspension(certification=second, actor=cast.decider, **WHY)
    assert caught.value.extra == {"number": third.listing.listing_number}
    assert Certification.objects.filter(state="valid").get() == third


def end_samples(order, cast):
    for sample in order.samples.all():
        end_sample(sample=sample, actor=cast.intake, ending="演示：已退还")


@pytest.mark.parametrize("is_closed", [False, True])
def test_refused_order_is_recommended_on_anew_once_its_report_was_amended(cast, is_closed):
    case = certification.refused(cast)
    if is_closed:
        end_samples(case.order, cast)
        close_order(order=case.order, actor=cast.intake)
    with pytest.raises(AlreadyRecommended) as caught:
        recommend(order=case.order, actor=cast.reviewer, recommends_grant=True)
    assert "更正" in str(caught.value.remedy)
    report = reports.amended(cast, case.report)
    assert list(refusals_to_reconsider()) == [case]
    case = recommend(order=case.order, actor=cast.reviewer, recommends_grant=True)
    order = orders.fresh(case.order)
    assert (case.state, case.report, case.decided_by, case.decision_reason) == ("recommended", report, None, "")
    assert (order.stage, order.turn, order.closed_at) == (Stage.REPORTING, Party.DECISION, None)
    assert decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD).state == "valid"
    assert orders.fresh(order).stage == Stage.DECIDED
    assert [event.state for event in case.events.all()] == ["refused", "valid"]
    assert breaks_in(order.chain) == []


def of_device(cast, device):
    order = orders.in_testing(cast, device=device)
    results.verified(order, cast)
    return orders.fresh(order)


def test_grant_of_a_device_that_follows_another_supersedes_it_and_the_older_is_granted_no_more(cast):
    first = orders.device(cast)
    older = certification.granted(cast, of_device(cast, first))
    second = orders.device(cast, predecessor=first)
    case = certification.recommended(cast, of_device(cast, second))
    assert basis_of(case.order).beside == [older]
    newer = decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD)
    older = Certification.objects.get(pk=older.pk)
    assert (older.state, older.superseded_by, newer.state) == ("superseded", newer, "valid")
    with pytest.raises(AnotherValid):
        restore_certification(certification=older, actor=cast.decider, **WHY)
    late = certification.recommended(cast, of_device(cast, first))
    assert basis_of(late.order).after == [newer]
    with pytest.raises(AnotherValid):
        decide(certification=late, actor=cast.decider, grant=True, password=PASSWORD)
