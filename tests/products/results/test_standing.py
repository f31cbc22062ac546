"""Where an item stands: the rule behind the slots, pure."""

from types import SimpleNamespace

import pytest

from products.results.selectors import derived_standing, standing_of
from products.results.states import AttemptState, SlotState

T, R, V, X, Q = SlotState.TODO, SlotState.RECORDED, SlotState.VERIFIED, SlotState.EXCLUDED, SlotState.RECONFIRM


def attempts(*rows):
    """Rows are (ordinal, revision, verdict, state); the key is the place in the list, from 1."""
    return [SimpleNamespace(pk=key, ordinal=ordinal, revision=revision, verdict=verdict, state=AttemptState(state))
            for key, (ordinal, revision, verdict, state) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("rows", "state", "verdict", "effective"),
    [
        ([], T, "", None),
        ([(1, 1, "PASS", "submitted")], R, "", None),
        ([(1, 1, "PASS", "returned")], R, "", None),
        ([(1, 1, "PASS", "verified")], V, "PASS", 1),
        ([(1, 1, "PASS", "invalidation_requested")], V, "PASS", 1),
        ([(1, 1, "PASS", "invalidated")], T, "", None),
        ([(1, 1, "FAIL", "superseded"), (1, 2, "PASS", "submitted")], R, "", None),
        ([(1, 1, "FAIL", "superseded"), (1, 2, "PASS", "verified")], V, "PASS", 2),
        ([(1, 1, "INC", "verified"), (2, 1, "PASS", "submitted")], R, "", None),
        ([(1, 1, "INC", "verified"), (2, 1, "PASS", "verified")], V, "PASS", 2),
        ([(1, 1, "INC", "verified"), (2, 1, "PASS", "invalidated")], V, "INC", 1),
        ([(1, 1, "INC", "invalidated"), (2, 1, "PASS", "verified")], V, "PASS", 2),
    ],
)
def test_standing_follows_the_newest_test_that_counts(rows, state, verdict, effective):
    standing = standing_of(attempts(*rows), is_excluded=False, repeat_after=0)
    assert (standing.state, standing.verdict, standing.effective_id) == (state, verdict, effective)
    assert standing.latest_id == (len(rows) or None)


@pytest.mark.parametrize(
    ("rows", "state", "verdict", "effective"),
    [
        ([(1, 1, "PASS", "verified")], Q, "PASS", 1),
        ([(1, 1, "FAIL", "verified")], Q, "FAIL", 1),
        ([(1, 1, "PASS", "submitted")], Q, "", None),
        ([(1, 1, "PASS", "verified"), (2, 1, "PASS", "submitted")], R, "", None),
        ([(1, 1, "FAIL", "verified"), (2, 1, "PASS", "verified")], V, "PASS", 2),
        ([(1, 1, "FAIL", "verified"), (2, 1, "PASS", "invalidated")], Q, "FAIL", 1),
        ([(1, 1, "PASS", "superseded"), (1, 2, "FAIL", "verified")], Q, "FAIL", 2),
    ],
)
def test_standing_after_a_signed_repeat_waits_for_a_test_of_its_own(rows, state, verdict, effective):
    standing = standing_of(attempts(*rows), is_excluded=False, repeat_after=1)
    assert (standing.state, standing.verdict, standing.effective_id) == (state, verdict, effective)


def test_standing_of_an_excluded_item_has_no_verdict():
    standing = standing_of(attempts((1, 1, "INC", "verified")), is_excluded=True, repeat_after=0)
    assert (standing.state, standing.verdict, standing.effective_id) == (X, "", None)


@pytest.mark.parametrize(
    ("children", "state", "verdict"),
    [
        ([], T, ""),
        ([(V, "PASS"), (V, "PASS")], V, "PASS"),
        ([(V, "PASS"), (X, "")], V, "PASS"),
        ([(V, "PASS"), (V, "REC")], V, "PASS"),
        ([(V, "REC")], V, "REC"),
        ([(X, ""), (X, "")], X, ""),
        ([(V, "PASS"), (T, ""), (V, "FAIL")], V, "FAIL"),
        ([(V, "PASS"), (Q, "FAIL")], Q, ""),
        ([(V, "PASS"), (T, "")], T, ""),
        ([(V, "PASS"), (R, "")], R, ""),
        ([(V, "PASS"), (V, "INC")], V, "INC"),
    ],
)
def test_parent_follows_its_children(children, state, verdict):
    standing = derived_standing(children)
    assert (standing.state, standing.verdict) == (state, verdict)
