"""Describes a company's devices and declares their versions."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.companies.models import Company
from members.history.services import append_entry
from members.people.models import User
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
from products.devices.models import Device, DeviceType, Firmware, Hardware
from products.devices.permissions import can_describe_devices
from products.devices.selectors import clean_specification, identities_of, normal_text
from wapicert.texts import CODE, LONG, takes_text

NEEDED = frozenset({"name_zh", "model"})
# What tells one device from another; an application that was handed in fixes it.
IDENTITY = frozenset({"model", "predecessor"})
# Words that people write where there is no model; they would make different devices look like one.
PLACEHOLDERS = frozenset({"无", "无型号", "没有", "未标注", "未标明", "未载明", "未知", "暂无", "待定", "n/a", "none",
                          "unknown", "-", "--", "—", "/"})
DIGEST = re.compile(r"[0-9a-f]{64}")
# As wide as the columns.
LONGEST = {"name_zh": 120, "name_en": 120, "model": 80, "manufacturer": 200, "factory": 300}
LONGEST_VERSION = 60


@takes_text(name_zh=LONG, name_en=LONG, model=LONG, manufacturer=LONG, factory=LONG, specification=LONG)
@transaction.atomic
def describe_device(
    *,
    company: Company,
    device_type: DeviceType,
    name_zh: str,
    model: str | None,
    specification: dict[str, Any],
    actor: User,
    name_en: str = "",
    manufacturer: str = "",
    factory: str = "",
    predecessor: Device | None = None,
) -> Device:
    """Open a company's device record; a model of None says that the device bears none.

    `predecessor` is the device that it follows, as the company declares. Refuses strangers (NotOwnDevice), a missing
    or overlong text by its field, a word that stands for no model, a predecessor of another company or type, and a
    description that does not fit the type (SpecificationInvalid, one row per field, `field` being
    `specification.<key>`). Full-width signs in the model are normalised.
    """
    _require_describer(actor, company)
    texts = {"name_zh": name_zh, "name_en": name_en, "model": model, "manufacturer": manufacturer, "factory": factory}
    facts = clean_description(device_type=device_type, specification=specification, **texts)
    device = Device(company=company, device_type=device_type, is_demonstration=company.is_demonstration, **facts)
    _follow(device, predecessor)
    device.save(force_insert=True)
    append_entry(chain=device.chain, act="device.described", actor=actor, object_type="device", object_id=device.pk,
                 after=_state(device))
    return device


@takes_text(name_zh=LONG, name_en=LONG, model=LONG, manufacturer=LONG, factory=LONG, specification=LONG)
@transaction.atomic
def change_device(*, device: Device, actor: User, row_version: int | None = None, **changes: Any) -> Device:
    """Change texts or the specification; what is not named stays. The type stays for ever: plans follow from it.

    Orders that were handed in keep their own copy. Refuses what `describe_device` refuses, a form that was opened
    before another's change (DeviceStale, with what stands now), and another model or predecessor once an application
    was handed in (IdentityFixed): another model is another device. A change that changes nothing is not recorded.
    """
    _require_describer(actor, device.company)
    locked = Device.objects.select_for_update(of=("self",)).select_related("device_type").get(pk=device.pk)
    before = _state(locked)
    if row_version is not None and row_version != locked.row_version:
        raise DeviceStale(field="row_version", extra={"current": before | {"row_version": locked.row_version}})
    if unknown := changes.keys() - LONGEST.keys() - {"specification", "predecessor"}:
        raise TypeError(f"change_device() does not change {', '.join(sorted(unknown))}")
    if "predecessor" in changes:
        _follow(locked, changes.pop("predecessor"))
    for name, value in clean_description(device_type=locked.device_type, **changes).items():
        setattr(locked, name, value)
    named = sorted(name for name in IDENTITY if _state(locked)[name] != before[name])
    if named and locked.fixed_at is not None:
        raise IdentityFixed(field=named[0], extra={"current": {name: before[name] for name in named}})
    return _save_changes(device, locked, before, actor)


@takes_text(name_zh=LONG, name_en=LONG, model=LONG, manufacturer=LONG, factory=LONG, specification=LONG)
def clean_description(*, device_type: DeviceType, **facts: Any) -> dict[str, Any]:
    """The texts and the specification among `facts` as they are stored; refuses what `describe_device` refuses."""
    return {name: _checked(device_type, value) if name == "specification" else _clean_text(name, value)
            for name, value in facts.items()}


def fix_identity(*, device: Device) -> Device:
    """Fix model and predecessor, since an application for the device is handed in; part of that act."""
    if device.fixed_at is None:
        device.fixed_at = timezone.now()
        device.save(update_fields=["fixed_at"])
    return device


def release_identity(*, device: Device) -> Device:
    """Let model and predecessor be changed again, since the only application was given back; part of that act."""
    device.fixed_at = None
    device.save(update_fields=["fixed_at"])
    return device


@takes_text(version=LONG)
def declare_hardware(*, device: Device, version: str) -> Hardware:
    """The device's hardware version of this name, opened if it is new; refuses an empty or overlong name."""
    return Hardware.objects.get_or_create(device=device, version=_clean_version("hardware", version))[0]


@takes_text(version=LONG, sha256=CODE)
@transaction.atomic
def declare_firmware(*, device: Device, version: str, sha256: str = "") -> Firmware:
    """The device's firmware version of this name, opened if it is new.

    Refuses an empty or overlong name and a digest that is none (DigestInvalid). A digest is filled in where there was
    none; one that is already known is not replaced by another: then it is not the same firmware.
    """
    digest = sha256.strip().lower()
    if digest and not DIGEST.fullmatch(digest):
        raise DigestInvalid(field="sha256")
    firmware, _created = Firmware.objects.select_for_update().get_or_create(
        device=device, version=_clean_version("firmware", version), defaults={"sha256": digest}
    )
    if digest and not firmware.sha256:
        firmware.sha256 = digest
        firmware.save(update_fields=["sha256"])
    if digest and firmware.sha256 != digest:
        raise FirmwareDiffers(field="sha256")
    return firmware


def _require_describer(actor: User, company: Company) -> None:
    if not can_describe_devices(actor, company):
        raise NotOwnDevice


def _checked(device_type: DeviceType, specification: Any) -> dict[str, Any]:
    if not isinstance(specification, dict):
        raise SpecificationInvalid(field="specification")
    clean, errors = clean_specification(device_type, specification)
    if errors:
        rows = [row | {"field": f"specification.{row['field']}"} for row in errors]
        raise SpecificationInvalid(field=rows[0]["field"], rows=rows)
    return clean


def _follow(device: Device, predecessor: Device | None) -> None:
    """Note which device it follows: one of the same company and type that does not follow it itself."""
    if predecessor is not None:
        is_of_the_same = (predecessor.company_id, predecessor.device_type_id) == (device.company_id,
                                                                                  device.device_type_id)
        if not is_of_the_same or (device.pk is not None and device.pk in identities_of(predecessor)):
            raise PredecessorInvalid(field="predecessor")
    device.predecessor = predecessor


def _clean_text(name: str, text: str | None) -> str | None:
    if text is None and name == "model":
        return None
    clean = normal_text(text or "") if name == "model" else " ".join((text or "").split())
    if name == "model" and clean.casefold() in PLACEHOLDERS:
        raise ModelPlaceholder(field=name)
    if name in NEEDED and not clean:
        raise DeviceTextMissing(field=name)
    if len(clean) > LONGEST[name]:
        raise DeviceTextTooLong(field=name)
    return clean


def _clean_version(field: str, version: str) -> str:
    clean = normal_text(version)
    if not clean:
        raise DeviceTextMissing(field=field)
    if len(clean) > LONGEST_VERSION:
        raise DeviceTextTooLong(field=field)
    return clean


def _state(device: Device) -> dict[str, Any]:
    return {name: getattr(device, name) for name in LONGEST} | {
        "specification": device.specification, "predecessor": device.predecessor_id}


def _save_changes(device: Device, locked: Device, before: dict[str, Any], actor: User) -> Device:
    after = _state(locked)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        locked.row_version += 1
        locked.save(update_fields=[*changed, "row_version"])
        append_entry(chain=locked.chain, act="device.changed", actor=actor, object_type="device", object_id=locked.pk,
                     before={name: before[name] for name in changed}, after={name: after[name] for name in changed})
    device.refresh_from_db()
    return device
