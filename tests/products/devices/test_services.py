"""Devices are described by their company, refused by field, and never overwritten by a stale form."""

from __future__ import annotations

from typing import Any

import pytest

from members.history.selectors import breaks_in, entries_of
from members.people.states import Role
from products.devices.errors import (
    DeviceStale,
    DeviceTextMissing,
    DeviceTextTooLong,
    DigestInvalid,
    FirmwareDiffers,
    IdentityFixed,
    ModelPlaceholder,
    NotOwnDevice,
    PredecessorInvalid,
    SpecificationInvalid,
)
from products.devices.models import Device
from products.devices.selectors import identities_of
from products.devices.services import change_device, declare_firmware, declare_hardware, fix_identity
from tests.factories import devices as factory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
DIGEST = "ab" * 32


@pytest.fixture
def device(catalogue: Any, cast: Any) -> Device:
    return factory.device(company=cast.company_a, actor=cast.vendor)


def test_describe_device_keeps_facts_and_history(catalogue: Any, cast: Any) -> None:
    device = factory.device(company=cast.company_a, actor=cast.vendor, model="ＤＥＭＯ－１", factory="演示厂")
    entry = entries_of(device.chain).get()
    assert (device.model, device.factory, device.is_demonstration, device.row_version) == ("DEMO-1", "演示厂", True, 1)
    assert (entry.act, entry.actor_id, entry.after["model"]) == ("device.described", cast.vendor.pk, "DEMO-1")
    assert entry.after["specification"] == factory.specification("AP")
    assert breaks_in(device.chain) == []


@pytest.mark.parametrize("name", ["stranger", "intake", "tester", "quality", "auditor", "admin"])
def test_describe_device_by_others_is_refused(catalogue: Any, cast: Any, name: str) -> None:
    with pytest.raises(NotOwnDevice):
        factory.device(company=cast.company_a, actor=getattr(cast, name))
    assert not Device.objects.exists()


def test_describe_device_by_deactivated_vendor_is_refused(catalogue: Any, cast: Any) -> None:
    cast.vendor.is_active = False
    with pytest.raises(NotOwnDevice):
        factory.device(company=cast.company_a, actor=cast.vendor)


def test_describe_device_by_company_person_without_role_is_refused(catalogue: Any, cast: Any) -> None:
    with pytest.raises(NotOwnDevice):
        factory.device(company=cast.company_a, actor=person("colleague", company=cast.company_a))


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"name_zh": " "}, DeviceTextMissing, "name_zh"),
        ({"model": "　"}, DeviceTextMissing, "model"),
        ({"name_zh": "长" * 121}, DeviceTextTooLong, "name_zh"),
        ({"name_en": "x" * 121}, DeviceTextTooLong, "name_en"),
        ({"model": "x" * 81}, DeviceTextTooLong, "model"),
        ({"manufacturer": "x" * 201}, DeviceTextTooLong, "manufacturer"),
        ({"factory": "x" * 301}, DeviceTextTooLong, "factory"),
        ({"specification": {}}, SpecificationInvalid, "specification.bands"),
        ({"specification": ["5GHz"]}, SpecificationInvalid, "specification"),
    ],
)
def test_describe_device_with_bad_input_names_the_field_and_saves_nothing(
    catalogue: Any, cast: Any, changes: dict[str, Any], error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refusal:
        factory.device(company=cast.company_a, actor=cast.vendor, **changes)
    assert (refusal.value.status, refusal.value.field) == (422, field)
    assert not Device.objects.exists()


def test_describe_device_with_bad_specification_lists_every_field(catalogue: Any, cast: Any) -> None:
    wrong = factory.specification("AP", phy="802.11ah", colour="blue")
    with pytest.raises(SpecificationInvalid) as refusal:
        factory.device(company=cast.company_a, actor=cast.vendor, specification=wrong)
    assert [(row["field"], row["code"]) for row in refusal.value.rows] == [
        ("specification.phy", "option_unknown"), ("specification.colour", "field_unknown"),
    ]


def test_change_device_records_only_what_changed(device: Device, cast: Any) -> None:
    changed = change_device(device=device, actor=cast.vendor, row_version=1, model="DEMO-2",
                            name_zh=device.name_zh)
    entry = entries_of(device.chain).last()
    assert entry is not None
    assert (changed.model, changed.row_version) == ("DEMO-2", 2)
    assert (entry.act, entry.before, entry.after) == ("device.changed", {"model": "DEMO-AP-100"},
                                                      {"model": "DEMO-2"})


def test_change_device_without_change_writes_nothing(device: Device, cast: Any) -> None:
    assert change_device(device=device, actor=cast.vendor, model=device.model).row_version == 1
    assert entries_of(device.chain).count() == 1


def test_change_device_specification_is_checked(device: Device, cast: Any) -> None:
    with pytest.raises(SpecificationInvalid):
        change_device(device=device, actor=cast.vendor, specification={})
    device.refresh_from_db()
    assert device.specification == factory.specification("AP")


def test_change_device_by_stale_form_shows_what_stands(device: Device, cast: Any) -> None:
    change_device(device=device, actor=cast.vendor, row_version=1, model="DEMO-2")
    with pytest.raises(DeviceStale) as refusal:
        change_device(device=device, actor=cast.vendor, row_version=1, model="DEMO-3")
    device.refresh_from_db()
    current = refusal.value.extra["current"]
    assert (device.model, current["model"], current["row_version"], refusal.value.status) == (
        "DEMO-2", "DEMO-2", 2, 412,
    )


@pytest.mark.parametrize("role", [role for role in Role if role != Role.VU])
def test_change_device_by_staff_is_refused(device: Device, role: Role) -> None:
    with pytest.raises(NotOwnDevice):
        change_device(device=device, actor=person("other", role), model="DEMO-2")


def test_change_device_by_another_vendor_is_refused(device: Device, cast: Any) -> None:
    with pytest.raises(NotOwnDevice):
        change_device(device=device, actor=cast.stranger, model="DEMO-2")


def test_change_device_type_is_no_change_it_knows(device: Device, cast: Any) -> None:
    with pytest.raises(TypeError, match="device_type"):
        change_device(device=device, actor=cast.vendor, device_type=device.device_type)


def test_declare_versions_twice_gives_the_same_rows(device: Device) -> None:
    assert declare_hardware(device=device, version="Ｖ１") == declare_hardware(device=device, version=" V1 ")
    assert declare_firmware(device=device, version="1.0") == declare_firmware(device=device, version="１.0")
    assert (device.hardware.count(), device.firmware.count()) == (1, 1)


def test_declare_firmware_fills_a_digest_in_once(device: Device) -> None:
    declare_firmware(device=device, version="1.0")
    assert declare_firmware(device=device, version="1.0", sha256=DIGEST.upper()).sha256 == DIGEST
    assert declare_firmware(device=device, version="1.0").sha256 == DIGEST
    with pytest.raises(FirmwareDiffers):
        declare_firmware(device=device, version="1.0", sha256="cd" * 32)


@pytest.mark.parametrize("digest", ["abc", "g" * 64, "a" * 65])
def test_declare_firmware_with_a_wrong_digest_is_refused(device: Device, digest: str) -> None:
    with pytest.raises(DigestInvalid):
        declare_firmware(device=device, version="1.0", sha256=digest)
    assert not device.firmware.exists()


@pytest.mark.parametrize(("version", "error"), [(" ", DeviceTextMissing), ("x" * 61, DeviceTextTooLong)])
def test_declare_versions_without_a_usable_name_is_refused(
    device: Device, version: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as hardware:
        declare_hardware(device=device, version=version)
    with pytest.raises(error) as firmware:
        declare_firmware(device=device, version=version)
    assert (hardware.value.field, firmware.value.field) == ("hardware", "firmware")


@pytest.mark.parametrize("placeholder", ["未标注", "无", "N/A", "－", "Unknown"])
def test_describe_device_with_a_word_for_no_model_is_refused(catalogue: Any, cast: Any, placeholder: str) -> None:
    with pytest.raises(ModelPlaceholder) as refusal:
        factory.device(company=cast.company_a, actor=cast.vendor, model=placeholder)
    assert refusal.value.field == "model"


def test_describe_device_without_model_says_none(catalogue: Any, cast: Any) -> None:
    first = factory.device(company=cast.company_a, actor=cast.vendor, model=None)
    second = factory.device(company=cast.company_a, actor=cast.vendor, model=None)
    assert (first.model, second.model, str(first)) == (None, None, "演示设备")
    assert identities_of(first) & identities_of(second) == set()


@pytest.mark.parametrize("change", [{"model": "DEMO-2"}, {"model": None}, {"predecessor": "other"}])
def test_change_device_that_was_applied_for_keeps_its_identity(device: Device, cast: Any, change: Any) -> None:
    other = factory.device(company=cast.company_a, actor=cast.vendor, model="DEMO-OLD")
    fix_identity(device=device)
    wanted = {name: other if value == "other" else value for name, value in change.items()}
    with pytest.raises(IdentityFixed) as refusal:
        change_device(device=device, actor=cast.vendor, **wanted)
    device.refresh_from_db()
    assert (refusal.value.status, refusal.value.field) == (409, next(iter(change)))
    assert (device.model, device.predecessor) == ("DEMO-AP-100", None)
    assert change_device(device=device, actor=cast.vendor, name_zh="演示更名").name_zh == "演示更名"


def test_identities_of_follow_what_the_company_declared(catalogue: Any, cast: Any) -> None:
    first, second, third = (factory.device(company=cast.company_a, actor=cast.vendor, model=f"DEMO-{number}")
                            for number in "123")
    change_device(device=second, actor=cast.vendor, predecessor=first)
    change_device(device=third, actor=cast.vendor, predecessor=second)
    assert identities_of(third) == {first.pk, second.pk, third.pk}
    assert identities_of(first) == {first.pk}


def test_describe_device_after_one_that_is_none_of_its_kind_is_refused(device: Device, cast: Any) -> None:
    follower = factory.device(company=cast.company_a, actor=cast.vendor, model="DEMO-2", predecessor=device)
    for kind, company, actor in [("AC", cast.company_a, cast.vendor), ("AP", cast.company_b, cast.stranger)]:
        with pytest.raises(PredecessorInvalid):
            factory.device(company=company, actor=actor, device_type=kind, predecessor=device)
    for predecessor in (follower, device):
        with pytest.raises(PredecessorInvalid):
            change_device(device=device, actor=cast.vendor, predecessor=predecessor)
