"""Whatever is recorded, corrected, retested and thrown out, in any order: nothing is lost, the verdict is right."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.results.models import Attempt, Slot
from products.results.selectors import chain_of
from products.results.services import (
    correct_attempt,
    invalidate_attempt,
    record_attempts,
    refuse_invalidation,
    request_invalidation,
    require_repeats,
    return_attempt,
    verify_attempts,
)
from tests.factories import equipment, orders, results
from wapicert.errors import DomainError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
CODE = "IOP-01"
# An act, the record that it is tried on (counted from the newest), and the verdict that it brings.
STEPS = st.lists(st.tuples(
    st.sampled_from(["record", "verify", "return", "correct", "request", "refuse", "invalidate", "repeat"]),
    st.integers(0, 2), st.sampled_from(["PASS", "FAIL", "INC"])), max_size=14)


class Ledger:
    """The naive bookkeeping: each record with what was said of it last; no cache, no acts, no queries."""

    def __init__(self):
        self.rows, self.border = [], 0

    def last_live(self):
        live = [row for row in self.rows if row["state"] not in ("superseded", "invalidated")]
        return live[-1] if live else None

    def expected(self):
        """State and effective verdict, said as one would say it: the newest live test after the border decides."""
        live = [row for row in self.rows if row["state"] not in ("superseded", "invalidated")]
        counted = [row for row in live if row["test"] > self.border]
        if counted and counted[-1]["state"] in ("submitted", "returned"):
            return "recorded", ""
        if counted:
            return "verified", counted[-1]["verdict"]
        if not self.border:
            return "todo", ""
        older = [row for row in live if row["state"] in ("verified", "invalidation_requested")]
        return "reconfirm", older[-1]["verdict"] if older else ""


def act(order, cast, ledger, step):
    """Try one act through the services; the ledger follows only if it was done."""
    kind, place, verdict = step
    rows = sorted(ledger.rows, key=lambda row: (row["test"], row["revision"]))
    row = rows[-1 - place] if place < len(rows) else None
    attempt = Attempt.objects.get(pk=row["pk"]) if row else None
    if kind == "record":
        made = record_attempts(order=order, rows=results.rows(order, [CODE], {CODE: verdict}), actor=cast.tester)[0]
        ledger.rows.append({"pk": made.pk, "test": made.ordinal, "revision": 1, "verdict": verdict,
                            "state": "submitted"})
    elif kind == "repeat":
        item = order.plan.get(code=CODE)
        require_repeats(order=order, plan_items=[item], version=order.versions.get(), actor=cast.verifier)
        ledger.border = max((one["test"] for one in ledger.rows), default=0)
    elif attempt is None:
        return
    elif kind == "correct":
        made = correct_attempt(attempt=attempt, row={"verdict": verdict}, reason="typing", text="演示",
                               actor=cast.tester)
        row["state"] = "superseded"
        ledger.rows.append({"pk": made.pk, "test": made.ordinal, "revision": made.revision, "verdict": verdict,
                            "state": "submitted"})
        ledger.rows.sort(key=lambda one: (one["test"], one["revision"]))
    else:
        row["state"] = one_act(kind, order, attempt, cast)


def one_act(kind, order, attempt, cast):
    """The state that the act leads to."""
    if kind == "verify":
        verify_attempts(order=order, attempts=[attempt], actor=cast.verifier)
        return "verified"
    verb, state, actor = {
        "return": (return_attempt, "returned", cast.verifier),
        "request": (request_invalidation, "invalidation_requested", cast.verifier),
        "refuse": (refuse_invalidation, "verified", cast.quality),
        "invalidate": (invalidate_attempt, "invalidated", cast.quality),
    }[kind]
    verb(attempt=attempt, actor=actor, **{"comment" if kind == "return" else "reason": "演示"})
    return state


def test_any_sequence_keeps_every_value_readable_and_the_verdict_as_recomputed(cast):
    order = orders.in_testing(cast)
    equipment.tool(cast.quality)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps):
        with transaction.atomic():
            ledger, seen = Ledger(), []
            for step in steps:
                try:
                    with transaction.atomic():
                        act(order, cast, ledger, step)
                except DomainError:
                    continue
            item = order.plan.get(code=CODE)
            seen = [(row["pk"], row["verdict"], row["state"]) for row in ledger.rows]
            assert [(link.attempt.pk, link.attempt.verdict, str(link.attempt.state)) for link in chain_of(item)] == seen
            slot = Slot.objects.filter(plan_item=item).first()
            standing = (slot.state, slot.verdict) if slot else ("todo", "")
            assert standing == ledger.expected()
            transaction.set_rollback(True)

    check()
