"""A device that took several rounds: a measured rate that rises over five firmware versions, and a flaky item."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from products.management.demonstration.bench import rows_for, testable_items
from products.management.demonstration.devices import HARDWARE
from products.management.demonstration.walk import Walk, sign_scope, verify
from products.orders.selectors import versions_of
from products.results.services import record_attempts
from products.rework import services as rework

RATE, FLAKY = "PER-06", "FUN-32"
FAILING = (RATE, FLAKY)
REASONS = {RATE: "RW-RT-07", FLAKY: "RW-MG-01"}
# So many other items are recorded at the beginning; the rest of the plan is still to do.
BEGUN = 12
FIRST_RATE = "81.7"


class Round(NamedTuple):
    """What the vendor hands in, what the rate comes to on it, and which items still fail."""

    firmware: str
    rate: str
    failing: tuple[str, ...]
    changes: str


ROUNDS = (
    Round("1.0.1", "88.3", FAILING, "演示：缩短鉴别超时，增加关联重试"),
    # The same firmware in another set-up: what failed on it now passes, which makes the item flaky.
    Round("1.0.1", "89.2", (RATE,), "演示：告警需在网管侧开启，固件未改，请按附件重新配置后复测"),
    Round("1.0.2", "91.7", (RATE,), "演示：修正多终端同时接入时的队列溢出"),
    Round("1.0.3", "94.2", (RATE,), "演示：证书鉴别请求改为并行处理"),
    Round("1.0.4", "97.5", (), "演示：修正信标间隔漂移"),
)


def begin(walk: Walk) -> None:
    """Some items pass on the first version, two fail."""
    others = [item.code for item in testable_items(walk.order) if item.code not in FAILING][:BEGUN]
    _test(walk, [*others, *FAILING], FAILING, FIRST_RATE)


def go_round(walk: Walk, handed_in: Round) -> None:
    """Finding, answer, scope and retest; the last round closes the rework."""
    running = walk.rework
    codes = list(running.items.filter(round=running.round).values_list("plan_item__code", flat=True))
    rework.send_finding(
        rework=running, actor=walk.people["lab"], finding_kind="finding",
        reasons={code: REASONS[code] for code in codes},
        finding="演示：多终端同时关联时部分终端超时未能接入，关联成功率低于限值；所附抓包为其中一次。")
    rework.answer_finding(
        rework=walk.rework, actor=walk.applicant, cause="演示：高负载下鉴别处理不及时。", changes=handed_in.changes,
        firmware=handed_in.firmware, hardware=HARDWARE)
    sign_scope(walk)
    _test(walk, codes, handed_in.failing, handed_in.rate)


def _test(walk: Walk, codes: list[str], failing: tuple[str, ...], rate: str) -> None:
    order = walk.order
    version = versions_of(order).last()
    assert version is not None
    rows = rows_for([item for item in testable_items(order) if item.code in codes], version, failing)
    for row in rows:
        if row["item"] == RATE:
            row["values"]["success"]["value"] = rate
            row["remark"] = "演示：60个终端同时关联"
    verify(walk, record_attempts(order=order, rows=rows, actor=walk.people["lab"]))


ROAD: tuple[Callable[[Walk], None], ...] = tuple(partial(go_round, handed_in=one) for one in ROUNDS)
