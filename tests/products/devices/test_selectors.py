"""Fields of a type, faults of a description, and who sees which device."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from members.people.models import User
from products.devices.importing import field_rows
from products.devices.models import DeviceType, SpecificationField
from products.devices.selectors import (
    clean_specification,
    devices_visible_to,
    merged_fields,
    normal_text,
    specification_errors,
    specification_fields,
)
from products.devices.selectors.specification import HELD_ELSEWHERE, clean_against
from tests.factories import catalogue as catalogue_factory
from tests.factories import devices as factory

# The fields as they come with the software, by type, without a database.
TYPES = {row["code"]: DeviceType(pk=place, code=row["code"], has_radio=row["has_radio"])
         for place, row in enumerate(catalogue_factory.DEVICE_TYPES["types"], start=1)}
ROWS = [SpecificationField(**row) for row in field_rows(
    catalogue_factory.DEVICE_TYPES, {code: row.pk for code, row in TYPES.items()})]


def fields_of(code: str) -> list[SpecificationField]:
    declared = [row for row in ROWS if row.scope == "declared" and row.key not in HELD_ELSEWHERE]
    return merged_fields(TYPES[code], declared)


def keys(catalogue: Any, code: str) -> list[str]:
    return [field.key for field in specification_fields(catalogue.types[code])]


def faults(code: str, **changes: Any) -> list[tuple[str, str]]:
    errors = clean_against(fields_of(code), factory.specification(code, **changes))[1]
    return [(row["field"], row["code"]) for row in errors]


def test_specification_fields_holds_common_then_own(catalogue: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        fields = keys(catalogue, "STA")
    assert fields == [
        "bands", "phy", "wapi_modes", "cert_mode", "cert_alg", "cipher", "chip", "ip_rating", "op_temp", "power",
        "env_tests", "emc", "sector", "srrc", "nal", "kind", "os", "roaming",
    ]


def test_specification_fields_without_radio_drops_the_radio(catalogue: Any) -> None:
    assert not {"bands", "phy", "wapi_modes"} & set(keys(catalogue, "AC"))


def test_specification_fields_own_replaces_common(catalogue: Any) -> None:
    power = [field for field in specification_fields(catalogue.types["SEN"]) if field.key == "power"]
    assert [(field.type, field.required) for field in power] == [("enum", "R")]


@pytest.mark.parametrize("code", factory.SPECIFICATIONS)
def test_clean_specification_of_a_whole_description_keeps_it(code: str) -> None:
    assert clean_against(fields_of(code), factory.specification(code)) == (factory.specification(code), [])


WRONG = [
    ("AP", {"bands": None}, [("bands", "field_required")]),
    ("AP", {"bands": []}, [("bands", "field_required")]),
    ("AP", {"phy": "  "}, [("phy", "field_required")]),
    ("AP", {"bands": None, "phy": None}, [("bands", "field_required"), ("phy", "field_required")]),
    ("AP", {"bands": "5GHz"}, [("bands", "not_a_list")]),
    ("AP", {"bands": ["60GHz"]}, [("bands", "option_unknown")]),
    ("AP", {"bands": ["5GHz", "5GHz"]}, [("bands", "option_repeated")]),
    ("AP", {"bands": [5]}, [("bands", "not_text")]),
    ("AP", {"phy": "802.11ah"}, [("phy", "option_unknown")]),
    ("AP", {"phy": ["802.11n"]}, [("phy", "not_text")]),
    ("AP", {"colour": "blue"}, [("colour", "field_unknown")]),
    ("AP", {"pass_date": "2026-01-01"}, [("pass_date", "field_unknown")]),
    ("AP", {"model": "X"}, [("model", "field_unknown")]),
    ("AC", {"bands": ["5GHz"]}, [("bands", "field_unknown")]),
    ("AC", {"max_ap": 1.5}, [("max_ap", "not_an_integer")]),
    ("AC", {"max_ap": -1}, [("max_ap", "not_an_integer")]),
    ("AC", {"max_ap": True}, [("max_ap", "not_an_integer")]),
    ("AC", {"max_ap": "512台"}, [("max_ap", "not_an_integer")]),
    ("AC", {"max_ap": {"value": 512, "unit": "个"}}, [("max_ap", "unit_wrong")]),
    ("AC", {"max_ap": {"value": 512}}, [("max_ap", "not_an_integer")]),
    ("AC", {"switching": "fast"}, [("switching", "not_a_number")]),
    ("AC", {"switching": float("nan")}, [("switching", "not_a_number")]),
    ("AC", {"switching": 10**20}, [("switching", "not_a_number")]),
    ("AC", {"switching": [1]}, [("switching", "not_a_number")]),
    ("AC", {"op_temp": "70~-40"}, [("op_temp", "not_a_range")]),
    ("AC", {"op_temp": "warm"}, [("op_temp", "not_a_range")]),
    ("AC", {"op_temp": "٣~٤"}, [("op_temp", "not_a_range")]),
    ("AC", {"op_temp": [1, 2, 3]}, [("op_temp", "not_a_range")]),
    ("AS", {"roaming": "是"}, [("roaming", "not_a_boolean")]),
    ("AS", {"roaming": None}, [("roaming", "field_required")]),
    ("AS", {"cert_mode": None}, [("cert_mode", "field_required")]),
    ("SEN", {"power": ["电池"]}, [("power", "not_text")]),
    ("SEN", {"power": "PoE"}, [("power", "option_unknown")]),
    ("CHIP", {"released": "2024-02-30"}, [("released", "not_a_date")]),
    ("CHIP", {"released": 20240507}, [("released", "not_a_date")]),
    ("CHIP", {"vendor": "长" * 301}, [("vendor", "text_too_long")]),
    ("CHIP", {"vendor": "a\0b"}, [("vendor", "not_text")]),
    ("CHIP", {"vendor": 7}, [("vendor", "not_text")]),
]


@pytest.mark.parametrize(("code", "changes", "expected"), WRONG)
def test_clean_specification_names_field_and_fault(
    code: str, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(code, **changes) == expected


@pytest.mark.parametrize(
    ("code", "key", "value", "stored"),
    [
        ("AS", "auth_per_s", "687", 687),
        ("AS", "auth_per_s", " 687.5 ", 687.5),
        ("AS", "auth_per_s", {"value": 687, "unit": "次/秒"}, 687),
        ("AS", "roaming", False, False),
        ("AC", "max_ap", 0, 0),
        ("AC", "max_ap", 512.0, 512),
        ("AC", "op_temp", "-40 ～ 70", "-40~70"),
        ("AC", "op_temp", "-40至70.5", "-40~70.5"),
        ("AC", "op_temp", [-40, 70], "-40~70"),
        ("STA", "kind", "演示形态", "演示形态"),
        ("AP", "sector", ["电力", "演示行业"], ["电力", "演示行业"]),
        ("AP", "antenna", " 内置 ", "内置"),
        ("CHIP", "released", "2024-05-07", "2024-05-07"),
    ],
)
def test_clean_specification_stores_one_form(code: str, key: str, value: Any, stored: Any) -> None:
    clean, errors = clean_against(fields_of(code), factory.specification(code, **{key: value}))
    assert (errors, clean[key], type(clean[key])) == ([], stored, type(stored))


def test_clean_specification_drops_what_is_empty(catalogue: Any) -> None:
    clean, errors = clean_specification(catalogue.types["AP"], factory.specification("AP") | {"antenna": " ",
                                                                                            "sector": []})
    assert errors == []
    assert clean == factory.specification("AP")


def test_specification_errors_say_reason_and_remedy(catalogue: Any) -> None:
    specification = factory.specification("AS", auth_per_s={"value": 1, "unit": "次"}, form="云")
    assert specification_errors(catalogue.types["AS"], specification) == [
        {"field": "auth_per_s", "code": "unit_wrong", "message": "单位“次”不符。", "remedy": "请换算为次/秒。"},
        {"field": "form", "code": "option_unknown", "message": "“云”不在选项中。",
         "remedy": "请从以下选项中选择：硬件设备、软件。"},
    ]


def test_devices_visible_to_staff_and_owners_only(catalogue: Any, cast: Any) -> None:
    own = factory.device(company=cast.company_a, actor=cast.vendor)
    other = factory.device(company=cast.company_b, actor=cast.stranger)
    seen = {name: set(devices_visible_to(who)) for name, who in vars(cast).items() if isinstance(who, User)}
    assert seen.pop("vendor") == {own}
    assert seen.pop("stranger") == {other}
    assert seen.pop("admin") == set()
    assert set(devices_visible_to(AnonymousUser())) == set()
    assert all(devices == {own, other} for devices in seen.values())


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("ＡＰ７８０Ｎ－８０６", "AP780N-806"), ("  V1.0\t beta ", "V1.0 beta"), ("V1　0", "V1 0"),
     ("℃（室内）", "℃(室内)")],
)
def test_normal_text_has_ascii_width_and_single_blanks(typed: str, stored: str) -> None:
    assert normal_text(typed) == stored
