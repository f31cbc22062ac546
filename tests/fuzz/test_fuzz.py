"""A slice of `python -m tests.fuzz`: every endpoint once as the outermost roles; and what it looks for, it finds."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzzer import fuzz
from tests.fuzz.world import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
SLICE = [None, "vendor", "stranger", "verifier"]


def test_no_answer_breaks_the_schema_or_shows_what_is_anothers(cast):
    world = build(cast)
    assert fuzz(world, cast, examples=1, seed=1, people=SLICE).faults == {}

    # The same eyes, told that a vendor's own order is another's, see it.
    world.secrets["nobody"] = world.secrets["vendor"]
    leaks = fuzz(world, cast, examples=3, seed=1, people=SLICE, operations="GET /api/v1/devices/").faults
    assert {kind.partition("'s ")[0] for _operation, kind in leaks} == {"200 shows nobody"}
