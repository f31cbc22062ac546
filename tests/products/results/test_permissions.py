"""Who may do what with results, above all those to whom a single condition says no."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from members.people.states import Role
from products.orders.models import Order, PlanItem
from products.orders.services import release_exception
from products.orders.states import DutyRule
from products.results.models import Attempt, Exclusion
from products.results.permissions import (
    can_accept_exclusion,
    can_announce_doubt,
    can_approve_exclusion,
    can_keep_rig,
    can_refuse_exclusion,
    can_verify_attempt,
    consent_of,
    is_own_vendor,
)
from products.results.states import ExclusionKind, ExclusionState
from tests.factories import orders, people

pytestmark = pytest.mark.django_db

WAIVER, NOT_TESTED = ExclusionKind.WAIVER, ExclusionKind.NT


@pytest.fixture
def team(cast):
    # One whom no role stops, only what was done before; and one of the applicant's company who is not its user.
    allround = people.person("allround", Role.TE, Role.VE, Role.QM)
    colleague = people.person("colleague", company=cast.company_a)
    return SimpleNamespace(**vars(cast), allround=allround, colleague=colleague)


def item_of(company):
    return PlanItem(order=Order(pk=1, company=company))


def exclusion(team, kind, **changes):
    said = {"proposed_by": "tester", **changes}
    state = said.pop("state", ExclusionState.PROPOSED)
    by = {act: getattr(team, who) for act, who in said.items()}
    return Exclusion(plan_item=item_of(team.company_a), kind=kind, state=state, **by)


@pytest.mark.parametrize(
    ("who", "responsible", "answer"),
    [("tester", "tester", True), ("quality", "tester", True), ("tester2", "tester", False),
     ("verifier", "verifier", False)],
)
def test_rig_is_kept_by_its_tester_and_the_quality_manager(team, who, responsible, answer):
    assert can_keep_rig(getattr(team, who), getattr(team, responsible)) is answer


@pytest.mark.parametrize(
    ("who", "recorder", "answer"),
    [("verifier", "tester", True), ("allround", "tester", True), ("tester2", "tester", False),
     ("quality", "tester", False), ("allround", "allround", False)],
)
def test_attempt_is_verified_by_a_verifier_who_did_not_record_it(team, who, recorder, answer):
    attempt = Attempt(plan_item=item_of(team.company_a), recorded_by=getattr(team, recorder))
    assert can_verify_attempt(getattr(team, who), attempt) is answer


def test_attempt_is_verified_by_its_recorder_under_an_exception(team, catalogue):
    order = orders.submitted(team)
    attempt = Attempt(plan_item=PlanItem(order=order), recorded_by=team.allround)
    assert can_verify_attempt(team.allround, attempt) is False
    release_exception(order=order, user=team.allround, rule=DutyRule.S1, reason="演示：当班仅一人", actor=team.quality,
                      valid_until=timezone.localdate() + timedelta(days=7))
    assert can_verify_attempt(team.allround, attempt) is True


@pytest.mark.parametrize(
    ("who", "answer"),
    [("verifier", True), ("quality", True), ("tester", False), ("intake", False), ("signatory", False),
     ("vendor", False), ("admin", False)],
)
def test_doubt_is_announced_by_verifiers_and_the_quality_manager(team, who, answer):
    assert can_announce_doubt(getattr(team, who)) is answer


@pytest.mark.parametrize(
    ("who", "kind", "given", "consent"),
    [
        ("verifier", NOT_TESTED, {}, "verifier"),
        ("verifier", NOT_TESTED, {"verifier": "allround"}, ""),
        ("quality", NOT_TESTED, {}, ""),
        ("tester2", WAIVER, {}, ""),
        ("quality", WAIVER, {}, "quality_manager"),
        ("quality", WAIVER, {"quality_manager": "allround"}, ""),
        ("allround", WAIVER, {"verifier": "verifier"}, "quality_manager"),
        ("allround", WAIVER, {"quality_manager": "quality"}, "verifier"),
        ("allround", WAIVER, {"verifier": "allround"}, ""),
        ("allround", WAIVER, {"quality_manager": "allround"}, ""),
    ],
)
def test_consent_is_asked_once_of_each_of_two_persons(team, who, kind, given, consent):
    row, user = exclusion(team, kind, **given), getattr(team, who)
    assert (consent_of(user, row), can_approve_exclusion(user, row)) == (consent, bool(consent))


@pytest.mark.parametrize(
    ("changes", "answer"),
    [({}, True), ({"proposed_by": "allround"}, False),
     ({"state": ExclusionState.REFUSED, "quality_manager": "quality"}, False)],
)
def test_exclusion_is_approved_while_proposed_and_by_another(team, changes, answer):
    assert can_approve_exclusion(team.allround, exclusion(team, WAIVER, **changes)) is answer


@pytest.mark.parametrize(
    ("who", "kind", "answer"),
    [("verifier", NOT_TESTED, True), ("quality", WAIVER, True), ("quality", NOT_TESTED, False),
     ("tester2", WAIVER, False)],
)
def test_exclusion_is_refused_by_whose_consent_it_takes(team, who, kind, answer):
    assert can_refuse_exclusion(getattr(team, who), exclusion(team, kind)) is answer


@pytest.mark.parametrize(
    ("who", "answer"),
    [("vendor", True), ("stranger", False), ("colleague", False), ("quality", False)],
)
def test_company_acts_through_its_own_users(team, who, answer):
    user, row = getattr(team, who), exclusion(team, WAIVER)
    assert (can_accept_exclusion(user, row), is_own_vendor(user, row.plan_item.order)) == (answer, answer)
