"""The invented devices of the demonstration: one for each story."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from members.people.models import User
from products.devices.models import Device, DeviceType
from products.devices.services import describe_device
from products.management.demonstration.people import COMPANIES

HARDWARE, FIRMWARE, FIXED_FIRMWARE = "V1.0", "1.0.0", "1.0.1"
RADIO: dict[str, Any] = {"bands": ["2.4GHz", "5GHz"], "phy": "802.11ac", "wapi_modes": ["证书", "预共享密钥"]}
NARROW: dict[str, Any] = {"bands": ["2.4GHz"], "phy": "802.11n", "wapi_modes": ["证书"]}
SPECIFICATIONS: dict[str, dict[str, Any]] = {
    "AP": RADIO | {"phy": "802.11ax", "install": "室外型", "arch": "胖瘦一体", "ae_place": "AP",
                   "forwarding": ["集中转发", "本地转发"], "power": ["PoE"], "ip_rating": "IP67"},
    "AS": {"auth_per_s": 500, "roaming": True, "cert_service": "内置", "cert_mode": ["双证书", "三证书"],
           "form": "硬件设备"},
    "STA": RADIO | {"kind": "手持终端", "cert_mode": ["双证书"]},
    "CPE": RADIO | {"lan_ports": ["以太网", "RS485"], "power": ["直流"]},
    "SEN": NARROW | {"measurand": ["温度", "湿度"], "power": "电池", "battery_life": 5, "built_in": "内置模块"},
}


@dataclass(frozen=True)
class Description:
    """A device as its company describes it; the model is the key of its story.

    `specification` holds what differs from the usual one of its type; None takes a field away.
    """

    model: str
    device_type: str
    company: str
    name_zh: str
    name_en: str
    specification: dict[str, Any] = field(default_factory=dict)


def described(description: Description, actor: User) -> Device:
    """A new record of the device, made in its own company's factory."""
    company = actor.company
    assert company is not None
    facts = COMPANIES[description.company]
    whole = SPECIFICATIONS[description.device_type] | description.specification
    return describe_device(
        company=company, device_type=DeviceType.objects.get(code=description.device_type), actor=actor,
        name_zh=description.name_zh, name_en=description.name_en, model=description.model,
        specification={key: value for key, value in whole.items() if value is not None},
        manufacturer=facts["name_zh"], factory=facts["address_zh"],
    )
