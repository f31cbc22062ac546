"""A grant and what makes its basis fall, at the same instant: whichever comes second knows of the first."""

from __future__ import annotations

import pytest

from products.certification.models import Certification
from products.certification.selectors import certifications_in_doubt
from products.certification.services import decide, lift_suspension
from products.listings.models import Listing
from products.reports.services import request_withdrawal
from products.results.services import request_invalidation
from tests.factories import certification, orders, results
from tests.factories.certification import WHY
from tests.factories.people import PASSWORD
from tests.products.orders.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("fall", ["withdrawal", "invalidation"])
@pytest.mark.parametrize("is_lift", [False, True])
def test_grant_or_lift_and_fall_of_its_basis_at_once_never_pass_unseen(cast, catalogue, fall, is_lift):
    case = certification.suspended(cast) if is_lift else certification.recommended(cast)
    order, report = orders.fresh(case.order), case.report
    attempt = results.planned(order, ["IOP-01"])[0].attempts.get()

    def stand():
        if is_lift:
            lift_suspension(certification=case, actor=cast.decider, **WHY)
        else:
            decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD)

    def let_fall():
        if fall == "withdrawal":
            request_withdrawal(report=report, actor=cast.signatory, reason="演示", password=PASSWORD)
        else:
            request_invalidation(attempt=attempt, reason="演示", actor=cast.verifier)

    refused = at_once(stand, let_fall)
    is_valid = Certification.objects.get(pk=case.pk).state == "valid"
    # Either the grant was refused for what is open, or it stands and decision makers see that its basis fell.
    assert [error.code for error in refused] == ([] if is_valid else ["basis_open"])
    assert certifications_in_doubt().exists() == is_valid


def test_grants_of_two_orders_of_one_device_at_once_leave_one_valid(cast, catalogue):
    first = certification.recommended(cast)
    second = orders.in_testing(cast, device=first.order.device)
    results.verified(second, cast)
    second = certification.recommended(cast, orders.fresh(second))
    refused = at_once(*(lambda case=case: decide(certification=case, actor=cast.decider, grant=True, password=PASSWORD)
                        for case in (first, second)))
    assert refused == []
    assert sorted(Certification.objects.values_list("state", flat=True)) == ["superseded", "valid"]
    assert Listing.objects.filter(status="valid").count() == 1
