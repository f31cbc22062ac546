"""Device types are loaded once, changed in place, and refused whole when the data contradict themselves."""

from __future__ import annotations

from typing import Any

import pytest

from products.devices.errors import DeviceTypesInvalid
from products.devices.importing import import_device_types
from products.devices.models import DeviceType, SpecificationField
from tests.factories import catalogue as factory

pytestmark = pytest.mark.django_db


def everything() -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in (DeviceType, SpecificationField)]


@pytest.fixture
def loaded(db: None) -> None:
    import_device_types(factory.device_types())


def own_field(data: dict[str, Any], code: str, key: str) -> dict[str, Any]:
    fields = next(row for row in data["types"] if row["code"] == code)["spec_fields"]
    return next(field for field in fields if field["key"] == key)


def test_import_device_types_first_time_keeps_order_and_rules(loaded: None) -> None:
    codes = list(DeviceType.objects.values_list("code", flat=True))
    assert codes == ["AP", "AC", "AS", "CIS", "STA", "CPE", "MOD", "SEN", "TXR", "CAM", "CHIP"]
    assert list(DeviceType.objects.filter(testable=False).values_list("code", flat=True)) == ["CHIP"]
    power = SpecificationField.objects.get(device_type__code="SEN", key="power")
    assert (power.type, power.required, power.options) == ("enum", "R", ["电池", "直流", "取能"])


def test_import_device_types_twice_changes_nothing(loaded: None, django_assert_num_queries: Any) -> None:
    before = everything()
    with django_assert_num_queries(4):  # two of them open and release the savepoint
        import_device_types(factory.device_types())
    assert everything() == before


def test_import_device_types_changed_keeps_ids(loaded: None) -> None:
    before = SpecificationField.objects.get(device_type__code="AP", key="antenna").pk
    data = factory.device_types()
    own_field(data, "AP", "antenna")["name_en"] = "Aerial"
    import_device_types(data)
    field = SpecificationField.objects.get(device_type__code="AP", key="antenna")
    assert (field.pk, field.name_en) == (before, "Aerial")


def test_import_device_types_without_a_field_takes_it_away(loaded: None) -> None:
    data = factory.device_types()
    data["types"][0]["spec_fields"] = [row for row in data["types"][0]["spec_fields"] if row["key"] != "antenna"]
    import_device_types(data)
    assert not SpecificationField.objects.filter(device_type__code="AP", key="antenna").exists()
    assert SpecificationField.objects.filter(device_type__code="AP").count() == 10


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name_zh": ""}, "name_zh", "missing_field"),
        ({"type": "colour"}, "type", "unknown_choice"),
        ({"required": "X"}, "required", "unknown_choice"),
        ({"scope": "heard"}, "scope", "unknown_choice"),
        ({"origin": "heard"}, "origin", "unknown_choice"),
        ({"type": "multi", "options_zh": None}, "options_zh", "options_missing"),
        ({"only_if": "has_wings"}, "only_if", "unknown_choice"),
        ({"key": "streams"}, "key", "duplicate_key"),
        ({"key": "bands"}, "key", "override_undeclared"),
    ],
)
def test_import_device_types_with_a_mistake_names_it_and_saves_nothing(
    loaded: None, changes: dict[str, Any], field: str, code: str
) -> None:
    before, data = everything(), factory.device_types()
    own_field(data, "AP", "antenna").update(changes)
    with pytest.raises(DeviceTypesInvalid) as refusal:
        import_device_types(data)
    assert [(row["device_type"], row["field"], row["code"]) for row in refusal.value.rows] == [("AP", field, code)]
    assert everything() == before
