"""The checklist a to w on the snapshot."""

import pytest

from products.reports.selectors import ELEMENTS, checklist, missing_elements
from tests.factories.reports import result, snapshot


def without(path):
    """A snapshot in which the value at the path is empty, or the key is gone."""
    data = snapshot()
    *parents, last = path.split(".")
    place = data
    for key in parents:
        place = place[key]
    place.pop(last)
    return data


def changed(path, value):
    data = snapshot()
    *parents, last = path.split(".")
    place = data
    for key in parents:
        place = place[key] if isinstance(place, dict) else place[int(key)]
    place[last] = value
    return data


def letters(data, **options):
    return [row["element"] for row in missing_elements(data, **options)]


def test_missing_elements_of_a_whole_report_is_empty():
    assert letters(snapshot(), up_to="authorise") == []


@pytest.mark.parametrize(("data", "letter"), [
    (without("template_version"), "a"),
    (without("laboratory.address_zh"), "b"), (changed("laboratory.name_zh", ""), "b"),
    (changed("laboratory.places", []), "c"),
    (changed("customer.name_zh", ""), "e"), (without("applicant"), "e"), (without("factory"), "e"),
    (changed("edition.fingerprint", ""), "f"),
    (changed("device.model", ""), "g"), (changed("samples", []), "g"), (changed("samples.0.serial_number", ""), "g"),
    (changed("samples.0.condition", ""), "g"), (changed("results.0.firmware", None), "g"),
    (changed("dates.received", []), "h"), (changed("dates.tested_until", None), "i"),
    (changed("order.sampling_zh", ""), "k"), (changed("results.0.verdict", ""), "m"),
    (changed("results.0.verdict", "INC"), "m"), (changed("exclusions.0.consents", []), "n"),
    (changed("exclusions.0.reason", ""), "n"), (without("deviations"), "n"), (without("external_providers"), "p"),
    (changed("tools", []), "s"), (changed("conclusion.zh", ""), "t"), (changed("decision_rule", {}), "t"),
    (changed("report.replaces", {"number": "WAPI-T-2025-0001"}), "u"), (without("marks"), "v"),
    (changed("report.address", ""), "w"), (changed("report.verification_code", "7K2MQ9XWB4TF8"), "w"),
])
def test_missing_elements_names_what_lacks(data, letter):
    assert letters(data) == [letter]


def test_missing_elements_of_a_report_without_items_names_method_and_results():
    assert letters(snapshot(results=[])) == ["f", "m"]


@pytest.mark.parametrize(("up_to", "missing"), [("", []), ("check", ["o"]), ("authorise", ["d", "j", "o", "o"])])
def test_missing_elements_asks_for_each_step_when_it_is_done(up_to, missing):
    data = snapshot()
    data["report"] |= {"number": None, "issued_on": None}
    data["people"] |= {"checked": None, "authorised": None}
    assert letters(data, up_to=up_to) == missing


@pytest.mark.parametrize("part", ["checked", "authorised"])
def test_missing_elements_refuses_one_person_in_two_places(part):
    data = snapshot()
    data["people"][part] = data["people"]["compiled"]
    assert "o" in letters(data, up_to="authorise")


def test_missing_elements_lets_a_derived_item_go_without_version():
    derived = result("FUN-RT", "FUN", result_type="derived", hardware=None, firmware=None)
    assert letters(snapshot(results=[derived])) == []


def test_checklist_shows_every_element_and_what_comes_later():
    data = snapshot()
    data["report"]["number"] = None
    ticks = checklist(data)
    assert [tick.letter for tick in ticks] == [element.letter for element in ELEMENTS]
    assert set("abcdefghijklmnopqrstuvw") == {tick.letter for tick in ticks}
    assert [tick.letter for tick in ticks if tick.comes_later] == ["d"]
