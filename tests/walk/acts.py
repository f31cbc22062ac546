"""Every verb of the interface as a request that somebody might send to an order as it stands, sensible or not.

Each function returns None where there is nothing that the verb could name. Requests go to the API, as of any client.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from products.certification.models import Certification
from products.certification.selectors import basis_of
from products.orders.models import Order, Rebase, Sample
from products.reports.models import Report
from products.results.models import Attempt, Exclusion, Slot
from products.rework.models import Rework, ReworkItem
from products.rework.selectors import items_to_decide
from tests.factories import orders, results
from tests.factories.people import PASSWORD
from tests.walk.world import NEWER

WHY = "演示：走查"


@dataclass(frozen=True)
class Request:
    """What is sent; `seen` is the address whose ETag the sender read before."""

    path: str
    body: Any
    seen: str | None = None


Make = Callable[[Order, random.Random], Request | None]
ACTS: dict[str, tuple[tuple[str, ...], Make]] = {}


def act(name: str, *people: str) -> Callable[[Make], Make]:
    """Register a verb with those whose part it is."""
    def keep(make: Make) -> Make:
        ACTS[name] = (people, make)
        return make
    return keep


def _order(order: Order, verb: str, body: Any = None) -> Request:
    return Request(f"orders/{order.number}/{verb}/", body or {}, f"orders/{order.number}/")


@act("submit", "vendor")
def submit(order: Order, dice: random.Random) -> Request:
    return _order(order, "submit", {"has_agreed": True})


@act("accept", "intake")
def accept(order: Order, dice: random.Random) -> Request:
    body: dict[str, Any] = {"review": orders.REVIEWED}
    if dice.random() < 0.3:
        body["edition"] = dice.choice(["before-2024-03", "2024-03", NEWER])
    return _order(order, "accept", body)


@act("return", "intake")
def give_back(order: Order, dice: random.Random) -> Request:
    return _order(order, "return", {"reason": WHY})


@act("decline", "intake")
def decline(order: Order, dice: random.Random) -> Request:
    return _order(order, "decline", {"reason": WHY})


@act("hold", "intake")
def hold(order: Order, dice: random.Random) -> Request:
    return _order(order, "hold", {"reason": WHY})


@act("resume", "intake")
def resume(order: Order, dice: random.Random) -> Request:
    return _order(order, "resume")


@act("cancel", "intake", "vendor")
def cancel(order: Order, dice: random.Random) -> Request:
    return _order(order, "cancel", {"reason": WHY})


@act("close", "intake")
def close(order: Order, dice: random.Random) -> Request:
    return _order(order, "close")


@act("receive-sample", "intake")
def receive(order: Order, dice: random.Random) -> Request:
    firmware = dice.choice([orders.FIRMWARE, orders.FIRMWARE, "1.0.1"])
    return _order(order, "receive-sample", {"serial_number": f"SN-{dice.randrange(10**6)}", "condition": "完好",
                                            "hardware": orders.HARDWARE, "firmware": firmware})


@act("end-sample", "intake")
def end_sample(order: Order, dice: random.Random) -> Request | None:
    here = Sample.objects.filter(order=order, ended_at=None).first()
    return here and Request(f"orders/{order.number}/samples/{here.pk}/end/", {"ending": "演示：已退还"})


# --- Results --------------------------------------------------------------------------------------------------
def _rows(order: Order, dice: random.Random, failing: float) -> list[dict[str, Any]]:
    states = dict(Slot.objects.filter(plan_item__order=order).values_list("plan_item_id", "state"))
    version = order.versions.order_by("ordinal").last()
    rows = []
    for item in results.planned(order):
        if states.get(item.pk, "todo") in ("todo", "reconfirm") or dice.random() < 0.05:
            verdict = "FAIL" if dice.random() < failing else "PASS"
            rows.append(results.row(item, verdict, performed_at=timezone.now().isoformat(),
                                    firmware=version.firmware.version if version else orders.FIRMWARE))
    return rows


@act("record", "tester", "tester2")
def record(order: Order, dice: random.Random) -> Request | None:
    rows = _rows(order, dice, dice.choice([0, 0, 0, 0.2]))
    if dice.random() < 0.3:
        rows = rows[: max(1, len(rows) // 2)]
    return Request(f"orders/{order.number}/attempts/", rows) if rows else None


def _attempts(order: Order, *states: str) -> list[Attempt]:
    found = Attempt.objects.filter(plan_item__order=order).prefetch_related("acts").order_by("pk")
    return [one for one in found if one.state in states]


@act("verify", "verifier", "verifier2")
def verify(order: Order, dice: random.Random) -> Request | None:
    waiting = [one.pk for one in _attempts(order, "submitted")]
    return Request(f"orders/{order.number}/attempts/verify/", {"attempts": waiting}) if waiting else None


def _attempt_verb(verb: str, body: Any, *states: str) -> Make:
    def make(order: Order, dice: random.Random) -> Request | None:
        found = _attempts(order, *states)
        return Request(f"attempts/{dice.choice(found).pk}/{verb}/", body) if found else None
    return make


act("return-result", "verifier")(_attempt_verb("return", {"comment": WHY}, "submitted"))
act("correct", "tester")(_attempt_verb(
    "correct", {"row": {"remark": "演示：更正"}, "reason": "typing", "text": WHY}, "returned", "submitted", "verified"))
act("correct-to-fail", "tester")(_attempt_verb(
    "correct", {"row": {"verdict": "FAIL"}, "reason": "typing", "text": WHY}, "returned", "submitted", "verified"))
act("correct-to-pass", "tester")(_attempt_verb(
    "correct", {"row": {"verdict": "PASS"}, "reason": "typing", "text": WHY}, "returned", "submitted", "verified"))
act("request-invalidation", "verifier")(_attempt_verb("request-invalidation", {"reason": WHY}, "verified"))
act("refuse-invalidation", "quality")(
    _attempt_verb("refuse-invalidation", {"reason": WHY}, "invalidation_requested"))
act("invalidate", "quality")(_attempt_verb("invalidate", {"reason": WHY}, "invalidation_requested"))


@act("propose-exclusion", "tester")
def propose_exclusion(order: Order, dice: random.Random) -> Request | None:
    items = results.planned(order)
    if not items:
        return None
    return Request(f"orders/{order.number}/items/{dice.choice(items).code}/exclusion/propose/",
                   {"kind": dice.choice(["NA", "NT", "BLK", "WAIVER"]), "reason": WHY})


def _exclusion_verb(verb: str, body: Any, *states: str) -> Make:
    def make(order: Order, dice: random.Random) -> Request | None:
        found = list(Exclusion.objects.filter(plan_item__order=order, state__in=states).select_related("plan_item"))
        if not found:
            return None
        return Request(f"orders/{order.number}/items/{dice.choice(found).plan_item.code}/exclusion/{verb}/", body)
    return make


act("approve-exclusion", "verifier", "quality")(_exclusion_verb("approve", {}, "proposed"))
act("accept-exclusion", "vendor")(_exclusion_verb("accept", {}, "proposed"))
act("refuse-exclusion", "verifier", "quality")(_exclusion_verb("refuse", {"reason": WHY}, "proposed"))


# --- Rework ---------------------------------------------------------------------------------------------------
def _rework(order: Order, verb: str, body: Any) -> Request | None:
    found = Rework.objects.filter(order=order).order_by("pk").last()
    return found and Request(f"rework/{found.number}/{verb}/", body, f"rework/{found.number}/")


@act("send-finding", "tester", "verifier")
def send_finding(order: Order, dice: random.Random) -> Request | None:
    found = Rework.objects.filter(order=order).order_by("pk").last()
    codes = ReworkItem.objects.filter(rework=found, round=found.round).values_list("plan_item__code", flat=True) \
        if found else []
    return _rework(order, "send", {"finding": WHY, "finding_kind": dice.choice(["finding", "finding", "explanation"]),
                                   "reasons": dict.fromkeys(codes, "RW-RT-03")})


@act("answer", "vendor")
def answer(order: Order, dice: random.Random) -> Request | None:
    return _rework(order, "answer", {"cause": WHY, "changes": WHY, "firmware": f"1.0.{dice.randrange(1, 6)}"})


@act("sign-scope", "verifier")
def sign_scope(order: Order, dice: random.Random) -> Request | None:
    choice = dice.choice(["keep", "keep", "repeat"])
    return _rework(order, "scope", {"lines": [{"item": row.plan_item.code, "choice": choice, "reason": WHY}
                                              for row in items_to_decide(order) if not row.is_failed]})


@act("abandon", "vendor", "intake")
def abandon(order: Order, dice: random.Random) -> Request | None:
    return _rework(order, "abandon", {"reason": WHY})


@act("fail-rework", "verifier")
def fail_rework(order: Order, dice: random.Random) -> Request | None:
    return _rework(order, "fail", {"reason": WHY})


@act("rebase", "intake")
def rebase(order: Order, dice: random.Random) -> Request:
    return _order(order, "rebases", {"edition": dice.choice(["before-2024-03", "2024-03", NEWER]), "reason": WHY})


def _rebase_verb(verb: str, body: Any) -> Make:
    def make(order: Order, dice: random.Random) -> Request | None:
        found = Rebase.objects.filter(order=order).order_by("pk").last()
        return found and Request(f"orders/{order.number}/rebases/{found.pk}/{verb}/", body, f"orders/{order.number}/")
    return make


act("consent-to-rebase", "vendor")(_rebase_verb("consent", {}))
act("refuse-rebase", "vendor")(_rebase_verb("refuse", {"reason": WHY}))


# --- Report and decision --------------------------------------------------------------------------------------
@act("compile", "tester", "tester2")
def compile_report(order: Order, dice: random.Random) -> Request:
    return Request(f"orders/{order.number}/report/", {})


def _report_verb(verb: str, body: Any, *states: str) -> Make:
    def make(order: Order, dice: random.Random) -> Request | None:
        found = Report.objects.filter(order=order, state__in=states).order_by("compiled_at").last()
        return found and Request(f"reports/{found.pk}/{verb}/", body, f"reports/{found.pk}/")
    return make


IN_WORK, OUT = ("draft", "checked"), ("issued", "replaced", "withdrawn")
SIGNED = {"password": PASSWORD}
act("check", "verifier")(_report_verb("check", {}, *IN_WORK))
act("return-report", "verifier", "signatory")(_report_verb("return", {"reason": WHY}, *IN_WORK))
act("authorise", "signatory", "signatory2")(_report_verb("authorise", SIGNED, *IN_WORK))
act("amend", "signatory")(_report_verb("amend", {**SIGNED, "reason": WHY}, *OUT))
act("amend-model", "signatory")(_report_verb(
    "amend", {**SIGNED, "reason": WHY, "corrections": {"device.model": "DEMO-CORRECTED"}}, *OUT))
act("withdraw-report", "signatory")(_report_verb("withdraw", {**SIGNED, "reason": WHY}, *OUT))
act("consent-to-withdrawal", "quality")(_report_verb("withdraw/consent", SIGNED, *OUT))
act("refuse-withdrawal", "quality")(_report_verb("withdraw/refuse", {"reason": WHY}, *OUT))


def _decision(order: Order, body: Any) -> Request:
    read = {"basis": basis_of(order).fingerprint}
    return Request(f"orders/{order.number}/decision/", body | read, f"orders/{order.number}/decision/")


@act("recommend", "decider", "reviewer", "decider2")
def recommend(order: Order, dice: random.Random) -> Request:
    return _decision(order, {"recommends_grant": True, "reason": WHY})


@act("recommend-not", "reviewer")
def recommend_not(order: Order, dice: random.Random) -> Request:
    return _decision(order, {"recommends_grant": False, "reason": WHY})


@act("grant", "decider", "decider2")
def grant(order: Order, dice: random.Random) -> Request:
    return _decision(order, {"grant": True, **SIGNED})


@act("refuse", "decider")
def refuse(order: Order, dice: random.Random) -> Request:
    return _decision(order, {"grant": False, "reason": WHY, **SIGNED})


def _certification_verb(verb: str) -> Make:
    def make(order: Order, dice: random.Random) -> Request | None:
        found = Certification.objects.filter(order=order, listing__isnull=False).select_related("listing").first()
        if found is None or found.listing is None:
            return None
        address = f"certifications/{found.listing.listing_number}/"
        read = {"basis": basis_of(order).fingerprint} if verb in ("lift", "restore") else {}
        return Request(f"{address}{verb}/", {"public_reason_zh": WHY, **SIGNED, **read}, address)
    return make


for verb in ("suspend", "lift", "restore", "withdraw", "cancel"):
    act(f"{verb}-certification", "decider", "decider2")(_certification_verb(verb))
