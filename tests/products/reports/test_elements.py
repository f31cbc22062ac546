"""The checklist a to w on the snapshot."""

import pytest

from products.reports.selectors import ELEMENTS, checklist, missing_elements
from products.reports.selectors.rows import counts_of_rows
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
    assert letters(snapshot(results=[derived], counts=counts_of_rows([derived]))) == []


def test_checklist_shows_every_element_and_what_comes_later():
    data = snapshot()
    data["report"]["number"] = None
    ticks = checklist(data)
    assert [tick.letter for tick in ticks] == [element.letter for element in ELEMENTS]
    assert set("abcdefghijklmnopqrstuvw") == {tick.letter for tick in ticks}
    assert [tick.letter for tick in ticks if tick.comes_later] == ["d"]


@pytest.mark.parametrize(("path", "value", "letter"), [
    ("template_version", "", "a"), ("template_version", "neu", "a"), ("template_version", 3, "a"),
    ("laboratory.address_zh", "（地址待联盟填写）", "b"), ("laboratory.address_zh", "待定", "b"),
    ("laboratory.name_zh", "TBD", "b"), ("laboratory.address_zh", "——", "b"),
    ("laboratory.places.0.zh", "（地址待联盟填写）", "c"), ("laboratory.places.0.zh", "", "c"),
    ("laboratory.places.0.zh", "待补充", "c"),
    ("report.number", "待定", "d"), ("report.number", "WAPI T 1", "d"), ("report.number", 7, "d"),
    ("customer.name_zh", "待填写", "e"), ("factory", "-", "e"), ("customer.address_zh", "待确认", "e"),
    ("edition.fingerprint", "abc", "f"), ("standards.0.clauses", ["6.2（第三方网页摘录）"], "f"),
    ("standards.0.clauses", ["条款号待联盟填写"], "f"), ("standards.0.kind", "newsletter", "f"),
    ("standards.0.title_zh", "待定", "f"),
    ("device.hardware", "TBD", "g"), ("samples.0.condition", "待定", "g"), ("results.0.firmware", "9.9", "g"),
    ("dates.received", ["gestern"], "h"), ("samples.0.received_on", "2026-03-04", "h"), ("dates.received", [""], "h"),
    ("dates.tested_from", "2026-13-01", "i"), ("dates.tested_until", "2026-03-04", "i"),
    ("results.0.performed_on", "2026-04-01", "i"),
    ("report.issued_on", "morgen", "j"), ("report.issued_on", "2026-03-14", "j"), ("report.issued_on", "", "j"),
    ("order.sampling_zh", "待定", "k"), ("order.sampling_zh", "—", "k"), ("order.sampling_zh", None, "k"),
    ("statements.0.zh", "", "l"), ("statements.0.en", "Results hold for all devices.", "l"),
    ("statements.0.element", "x", "l"),
    ("results.5.values.0.value", "", "m"), ("counts.passed", 7, "m"), ("results.0.code", "IOP-03", "m"),
    ("exclusions.0.reason", "待定", "n"), ("exclusions.0.kind", "WAIVER", "n"), ("exclusions", [], "n"),
    ("people.checked.on", "", "o"), ("people.compiled.name", "待定", "o"), ("people.checked.staff_number", "", "o"),
    ("external_providers", [], "p"), ("external_providers", [{"zh": "待定", "en": ""}], "p"),
    ("external_providers", [{"zh": "", "en": ""}], "p"),
    ("statements.2.zh", "", "q"), ("statements.2.en", "", "q"), ("statements.2.element", "x", "q"),
    ("statements.1.zh", "", "r"), ("statements.1.en", "", "r"), ("statements.1.element", "x", "r"),
    ("tools.0.name_zh", "待定", "s"), ("results.0.tool", "T-9", "s"), ("environment", "", "s"),
    ("opinions", "待补充", "s"),
    ("conclusion.code", "does_not_conform", "t"), ("conclusion.zh", "不符合", "t"), ("decision_rule.en", "TBD", "t"),
    ("report.replaces", {"number": "X-1", "issued_on": "2026-01-01"}, "u"),
    ("marks", [{"text": "CNAS L0000", "valid_from": "2020-01-01", "valid_until": "2021-01-01"}], "v"),
    ("marks", [{"text": "", "valid_from": "2026-01-01", "valid_until": "2027-01-01"}], "v"),
    ("report.address", "v/7K2MQ9XWB4TF7/", "w"), ("report.code_shown", "7K2M", "w"), ("report.address", "待定", "w"),
])
def test_wrong_value_of_an_element_is_refused_and_named(path, value, letter):
    missing = missing_elements(changed(path, value), up_to="authorise")
    assert {row["element"] for row in missing} == {letter}
    assert all(row["places"] for row in missing)


def test_wrong_value_is_named_with_its_place():
    row, = missing_elements(changed("laboratory.address_zh", "（地址待联盟填写）"))
    assert row["places"] == ["实验室 › 地址“（地址待联盟填写）”"]


def test_demonstration_address_is_refused_on_a_public_site(settings):
    settings.PRODUCTION = True
    data = snapshot(laboratory=snapshot()["laboratory"] | {"address_zh": "（演示）演示路1号"})
    assert letters(data) == []
    data["report"]["is_demonstration"] = False
    assert letters(data) == ["b"]


def test_device_without_a_model_is_no_missing_element():
    assert letters(changed("device.model", None)) == []
