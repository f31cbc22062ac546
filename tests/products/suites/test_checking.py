"""Every mistake in a suite's data is named by item and field, without a database."""

from __future__ import annotations

from typing import Any

import pytest

from products.suites.importing.checking import MESSAGES, Checker, Known
from tests.factories import catalogue as factory


def mistakes(data: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    known = Known(
        device_types={row["code"] for row in factory.DEVICE_TYPES["types"]},
        categories={row["code"] for row in data["categories"]},
        standards={row["id"] for row in data["standards"]},
        features={row["key"] for row in data["features"]},
        editions={row["slug"] for row in data["editions"]},
    )
    return [(row["item"], row["field"], row["code"]) for row in Checker(data, known).check()]


def spoiled(code: str, /, **changes: Any) -> Any:
    def spoil(data: dict[str, Any]) -> None:
        factory.item_of(data, code).update(changes)

    return spoil


def spoiled_measurement(key: str, /, **changes: Any) -> Any:
    def spoil(data: dict[str, Any]) -> None:
        entry = next(row for row in factory.item_of(data, "PER-07")["measurements"] if row["key"] == key)
        entry.update(changes)

    return spoil


def spoiled_edition(**changes: Any) -> Any:
    def spoil(data: dict[str, Any]) -> None:
        data["editions"][0].update(changes)

    return spoil


def spoiled_feature(**changes: Any) -> Any:
    def spoil(data: dict[str, Any]) -> None:
        data["features"][0].update(changes)

    return spoil


def doubled(data: dict[str, Any]) -> None:
    data["items"].append(factory.item_of(data, "IOP-01"))


def orphaned(data: dict[str, Any]) -> None:
    data["items"] = [row for row in data["items"] if row["parent"] != "FUN-RT"]


def doubled_measurement(data: dict[str, Any]) -> None:
    rows = factory.item_of(data, "PER-07")["measurements"]
    rows.append(rows[0])


MISTAKES = [
    (spoiled("IOP-01", category="XXX"), [("IOP-01", "category", "unknown_category")]),
    (spoiled("IOP-01", name_zh=""), [("IOP-01", "name_zh", "missing_field")]),
    (spoiled("IOP-01", requirement_en=None), [("IOP-01", "requirement_en", "missing_field")]),
    (spoiled("IOP-01", result_type="guessed"), [("IOP-01", "result_type", "unknown_choice")]),
    (spoiled("IOP-01", origin="heard"), [("IOP-01", "origin", "unknown_choice")]),
    (spoiled("IOP-01", editions=["1999-01"]), [("IOP-01", "editions", "unknown_edition")]),
    (spoiled("IOP-01", editions=[]), [("IOP-01", "editions", "missing_field")]),
    (spoiled("IOP-01", basis=[{"standard": "ISO1", "clause": None}]),
     [("IOP-01", "basis.0.standard", "unknown_standard")]),
    (spoiled("IOP-01", applicability={"UFO": {"level": "M"}}),
     [("IOP-01", "applicability.UFO", "unknown_device_type")]),
    (spoiled("IOP-01", applicability={"AP": {"level": "X"}}),
     [("IOP-01", "applicability.AP.level", "unknown_choice")]),
    (spoiled("IOP-01", applicability={"AP": {"level": "C", "when": "flying"}}),
     [("IOP-01", "applicability.AP.when", "unknown_feature")]),
    (spoiled("IOP-01", applicability={"AP": {"level": "C"}}),
     [("IOP-01", "applicability.AP.when", "condition_without_feature")]),
    (spoiled("IOP-01", applicability={"AP": {"level": "M", "when": "sleep"}}),
     [("IOP-01", "applicability.AP.when", "feature_without_condition")]),
    (spoiled("IOP-01", parent="IOP-99"), [("IOP-01", "parent", "parent_missing")] * 2),
    (spoiled("IOP-01", parent="FUN-RT"), [("IOP-01", "parent", "parent_missing")]),
    (spoiled("FUN-RT", parent="FUN-RT-01"),
     [("FUN-RT", "parent", "parent_loop")] + [(f"FUN-RT-{n:02}", "parent", "parent_loop") for n in range(1, 14)]),
    (doubled, [("IOP-01", "code", "duplicate_code")] * 2),
    (orphaned, [("FUN-RT", "result_type", "derived_without_children")]),
    (spoiled("FUN-RT", measurements=[{"key": "n", "name_zh": "数", "name_en": "n", "type": "number"}]),
     [("FUN-RT", "measurements", "derived_with_measurements")]),
    (spoiled("IOP-01", result_type="computed"), [("IOP-01", "measurements", "computed_without_limit")]),
    (spoiled_measurement("loss", comparator="~"), [("PER-07", "measurements.loss.comparator", "unknown_comparator")]),
    (spoiled_measurement("loss", comparator=None),
     [("PER-07", "measurements.loss.limit", "limit_without_comparator")]),
    (spoiled_measurement("loss", limit=None), [("PER-07", "measurements.loss.limit", "limit_without_comparator")]),
    (spoiled_measurement("loss", limit="many"), [("PER-07", "measurements.loss.limit", "limit_not_a_number")]),
    (spoiled_measurement("loss", type="picture"),
     [("PER-07", "measurements.loss.type", "unknown_choice"),
      ("PER-07", "measurements.loss.limit", "limit_not_a_number")]),
    (spoiled_measurement("loss", type="choice", limit=None, comparator=None),
     [("PER-07", "measurements.loss.choices", "choices_missing")]),
    (spoiled_measurement("loss", role="ornament"), [("PER-07", "measurements.loss.role", "unknown_choice")]),
    (spoiled_measurement("loss", name_en=""), [("PER-07", "measurements.loss.name_en", "missing_field")]),
    (doubled_measurement, [("PER-07", "measurements.tries", "duplicate_key")]),
    (spoiled("IOP-01", name_zh="长" * 121), [("IOP-01", "name_zh", "too_long")]),
    (spoiled("FUN-02", code="fun 2/x"), [("fun 2/x", "code", "code_form")]),
    (spoiled_measurement("loss", key="Loss rate"), [("PER-07", "measurements.Loss rate.key", "key_form")]),
    (spoiled_measurement("loss", unit="长" * 21), [("PER-07", "measurements.loss.unit", "too_long")]),
    (spoiled_measurement("loss", limit="105"), [("PER-07", "measurements.loss.limit", "limit_impossible")]),
    (spoiled_measurement("loss", limit="-3"), [("PER-07", "measurements.loss.limit", "limit_impossible")]),
    (spoiled_measurement("tries", limit="-10"), [("PER-07", "measurements.tries.limit", "limit_impossible")]),
    (spoiled_measurement("loss", name_zh="丢\x1b包率"), [("PER-07", "measurements.loss.name_zh", "character_refused")]),
    (spoiled("FUN-02", name_zh="演\u202e示"), [("FUN-02", "name_zh", "character_refused")]),
    (spoiled_edition(label_en="a\x00b"), [(None, "editions.2024-03.label_en", "character_refused")]),
    (spoiled_measurement("loss", limit="0.1234567"), [("PER-07", "measurements.loss.limit", "limit_range")]),
    (spoiled_edition(label_zh=""), [(None, "editions.2024-03.label_zh", "missing_field")]),
    (spoiled_edition(state="final"), [(None, "editions.2024-03.state", "unknown_choice")]),
    (spoiled_edition(origin=None), [(None, "editions.2024-03.origin", "unknown_choice")]),
    (spoiled_edition(predecessor="1999-01"), [(None, "editions.2024-03.predecessor", "unknown_edition")]),
    (spoiled_edition(active_on="soon"), [(None, "editions.2024-03.active_on", "date_invalid")]),
    (spoiled_feature(asked=True), [(None, "features.band_2_4", "feature_rule")]),
    (spoiled_feature(derived_from=None), [(None, "features.band_2_4", "feature_rule")]),
    (spoiled_feature(derived_from={"field": "bands", "like": "2"}), [(None, "features.band_2_4", "feature_rule")]),
    (spoiled_feature(name_en=""), [(None, "features.band_2_4.name_en", "missing_field")]),
]


@pytest.mark.parametrize(("spoil", "expected"), MISTAKES)
def test_check_with_a_mistake_names_item_and_field(spoil: Any, expected: list[Any]) -> None:
    data = factory.suite()
    spoil(data)
    assert mistakes(data) == expected


def test_check_of_the_catalogue_finds_nothing() -> None:
    assert mistakes(factory.suite()) == []


def test_check_of_editions_that_precede_each_other_names_both() -> None:
    data = factory.suite()
    data["editions"][1]["predecessor"] = "2024-03"
    assert mistakes(data) == [(None, "editions.2024-03.predecessor", "predecessor_loop"),
                              (None, "editions.before-2024-03.predecessor", "predecessor_loop")]


def test_check_has_a_planted_mistake_for_every_message() -> None:
    planted = {code for _spoil, rows in MISTAKES for _item, _field, code in rows}
    assert planted | {"predecessor_loop"} == set(MESSAGES)
