"""The laboratory with an order at every page, which tests start from; what they change is undone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from products.orders.models import Order
from products.results.models import Attempt, AttemptAct
from products.results.services import propose_exclusion, rebuild_slots, request_invalidation
from products.results.states import ActKind
from tests.factories import catalogue, certification, equipment, orders, people, reports, results, rework
from tests.stage import staged


@staged
def laboratory() -> SimpleNamespace:
    """Orders by what waits in them."""
    cast, loaded = people.cast(), catalogue.load()
    equipment.tool(cast.quality)
    testing = orders.in_testing(cast)
    waiting = results.recorded(testing, cast, ["IOP-01"])[0]
    verified, doubted = results.verified(testing, cast, ["IOP-07", "IOP-08"])
    request_invalidation(attempt=doubted, reason="演示：工具未校准", actor=cast.verifier)
    exclusion = propose_exclusion(order=testing, item="FUN-01", kind="NA", reason="演示：无此接口", actor=cast.tester)
    report = reports.compiled(cast)
    return SimpleNamespace(
        cast=cast, catalogue=loaded, submitted=orders.submitted(cast), order=testing, waiting=waiting,
        verified=verified, doubted=doubted, exclusion=exclusion, open=rework.opened(cast),
        claimed=rework.fix_claimed(cast), draft=report, checked=reports.checked(cast),
        recommended=certification.recommended(cast),
    )


@pytest.fixture
def world(laboratory: SimpleNamespace) -> SimpleNamespace:
    """The test's own copy of what was built."""
    return laboratory


def with_many_tests(order: Order, cast: SimpleNamespace, times: int) -> Order:
    """Every item with that many tests, the older ones verified; written in bulk, then the slots rebuilt."""
    version, tool, now = order.versions.get(), equipment.tool(cast.quality), timezone.now()
    attempts = Attempt.objects.bulk_create(
        Attempt(plan_item=item, ordinal=ordinal, verdict="PASS", version=version, tool=tool, performed_at=now,
                recorded_at=now, recorded_by=cast.tester,
                values={one.key: results.value_for(one) for one in item.item_version.measurements.all()})
        for item in results.planned(order) for ordinal in range(1, times + 1)
    )
    AttemptAct.objects.bulk_create(
        AttemptAct(attempt=attempt, kind=ActKind.VERIFIED if attempt.ordinal < times - 1 else ActKind.RETURNED,
                   actor=cast.verifier, at=now, comment="演示") for attempt in attempts if attempt.ordinal < times
    )
    rebuild_slots(order=order)
    return orders.fresh(order)
