"""A member with an order at every kind of page, which tests start from; what they change is undone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from products.files.services import store_file
from products.results.services import propose_exclusion, record_attempts
from products.rework.services import draft_finding
from products.webhooks.services import register_webhook
from tests.factories import catalogue, certification, equipment, orders, people, results, rework
from tests.factories.files import upload
from tests.stage import staged

SECRET_VALUE, SECRET_REMARK, SECRET_DRAFT = "7331.17", "演示：内部备注七三三一", "演示：尚未发出的发现"


@staged
def membership() -> SimpleNamespace:
    """A draft, an order under rework with an open waiver and unverified results, one with a drafted finding, one
    that was granted; a borrowed tool."""
    cast, loaded = people.cast(), catalogue.load()
    answering = rework.with_vendor(cast)
    tested = answering.order
    _record_unverified(tested, cast)
    waiver = propose_exclusion(order=tested, item="FUN-01", kind="WAIVER", reason="演示：缺少设备", actor=cast.tester)
    drafting = rework.opened(cast)
    draft_finding(rework=drafting, actor=cast.tester, finding=SECRET_DRAFT, finding_kind="finding",
                  reasons={rework.CODE: rework.REASON})
    granted = certification.granted(cast)
    equipment.lent(cast)
    return SimpleNamespace(
        cast=cast, catalogue=loaded, draft=orders.drafted(cast), order=tested, rework=answering, waiver=waiver,
        drafting=drafting, certification=granted, report=granted.report,
        webhook=register_webhook(url="https://hooks.example.com/wapi", events=["order.moved"], actor=cast.vendor),
        file=store_file(upload=upload(), actor=cast.vendor, company=cast.company_a),
    )


def _record_unverified(order: Any, cast: SimpleNamespace) -> None:
    """A failure with a value and a remark that nobody has verified."""
    item = next(row for row in results.planned(order)
                if row.code != rework.CODE and row.item_version.result_type == "judged_with_values"
                and any(one.unit == "秒" for one in row.item_version.measurements.all()))
    row = results.row(item, "FAIL", remark=SECRET_REMARK)
    for one in item.item_version.measurements.all():
        if one.unit == "秒":
            row["values"][one.key]["value"] = SECRET_VALUE
    record_attempts(order=order, rows=[row], actor=cast.tester)


@pytest.fixture
def world(membership: SimpleNamespace) -> SimpleNamespace:
    """The test's own copy of what was built."""
    return membership


@pytest.fixture
def as_vendor(client: Any, world: SimpleNamespace) -> Any:
    """The test client, signed in as the user of the company that applied."""
    client.force_login(world.cast.vendor)
    return client
