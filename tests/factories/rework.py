"""Reworks in every state, built through the services; all texts invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from products.orders.models import Order
from products.rework import services
from products.rework.models import Rework
from products.rework.selectors import items_to_decide
from products.rework.states import ReworkState
from tests.factories import results
from tests.factories.seeds import kept

CODE = "FUN-RT-07"
REASON = "RW-RT-03"
FIXED = "1.0.1"


@kept
def opened(cast: SimpleNamespace, code: str = CODE) -> Rework:
    """A rework that a failed item opened."""
    return of(results.with_failed_item(cast, code))


def of(order: Order) -> Rework:
    """The newest rework of the order."""
    return Rework.objects.select_related("order__company", "order__device").filter(order=order).latest("opened_at")


def send(rework: Rework, cast: SimpleNamespace, **changes: Any) -> Rework:
    """The finding, with one reason for every item of the round."""
    codes = rework.items.filter(round=rework.round).values_list("plan_item__code", flat=True)
    values = {"finding": "演示：不应答重复请求", "finding_kind": "finding", "reasons": dict.fromkeys(codes, REASON)}
    return services.send_finding(rework=rework, actor=cast.tester, **{**values, **changes})


def answer(rework: Rework, cast: SimpleNamespace, **changes: Any) -> Rework:
    """The vendor's answer with a new firmware."""
    values = {"cause": "演示：定时器未启动", "changes": "演示：启动重传定时器", "firmware": FIXED, **changes}
    services.answer_finding(rework=rework, actor=cast.vendor, **values)
    return of(rework.order)


def lines(order: Order, choices: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """Keep everything that did not fail, unless `choices` says otherwise by code."""
    wished = choices or {}
    return [{"item": row.plan_item.code, "choice": wished.get(row.plan_item.code, "keep"), "reason": "演示：改动无关"}
            for row in items_to_decide(order) if not row.is_failed]


def sign(rework: Rework, cast: SimpleNamespace, choices: Mapping[str, str] | None = None) -> Rework:
    """The scope: failed items are repeated, the rest kept unless `choices` says otherwise."""
    services.sign_scope(rework=rework, actor=cast.verifier, lines=lines(rework.order, choices))
    return of(rework.order)


def retest(rework: Rework, cast: SimpleNamespace, verdict: str = "PASS", firmware: str = FIXED) -> Rework:
    """The failed items of the round recorded and verified on the fixed firmware."""
    codes = list(rework.items.filter(round=rework.round).values_list("plan_item__code", flat=True))
    results.verified(rework.order, cast, codes, dict.fromkeys(codes, verdict), firmware=firmware)
    return of(rework.order)


@kept
def with_vendor(cast: SimpleNamespace) -> Rework:
    """Sent to the vendor."""
    return send(opened(cast), cast)


@kept
def fix_claimed(cast: SimpleNamespace) -> Rework:
    """Answered by the vendor."""
    return answer(with_vendor(cast), cast)


@kept
def in_retest(cast: SimpleNamespace) -> Rework:
    """With a signed scope that keeps what passed."""
    return sign(fix_claimed(cast), cast)


@kept
def closed_pass(cast: SimpleNamespace) -> Rework:
    """Retested and passed."""
    return retest(in_retest(cast), cast)


@kept
def closed_fail(cast: SimpleNamespace) -> Rework:
    """Judged as failed by the verifier."""
    rework = opened(cast)
    services.fail_rework(rework=rework, actor=cast.verifier, reason="演示：多轮未改善")
    return of(rework.order)


@kept
def abandoned(cast: SimpleNamespace) -> Rework:
    """Given up by the vendor."""
    rework = opened(cast)
    services.abandon_rework(rework=rework, actor=cast.vendor, reason="演示：不再整改")
    return of(rework.order)


BUILDERS: dict[ReworkState, Callable[[SimpleNamespace], Rework]] = {
    ReworkState.OPEN: opened, ReworkState.WITH_VENDOR: with_vendor, ReworkState.FIX_CLAIMED: fix_claimed,
    ReworkState.RETEST: in_retest, ReworkState.CLOSED_PASS: closed_pass, ReworkState.CLOSED_FAIL: closed_fail,
    ReworkState.ABANDONED: abandoned,
}


def rework_in(state: ReworkState | str, cast: SimpleNamespace) -> Rework:
    """A rework in this state; the catalogue must be loaded."""
    return BUILDERS[ReworkState(state)](cast)
