"""Invented devices of every type, described as their type demands."""

from __future__ import annotations

import copy
from typing import Any

from members.companies.models import Company
from members.people.models import User
from products.devices.models import Device, DeviceType
from products.devices.services import describe_device

RADIO = {"bands": ["2.4GHz", "5GHz"], "phy": "802.11ac", "wapi_modes": ["证书", "预共享密钥"]}
SPECIFICATIONS: dict[str, dict[str, Any]] = {
    "AP": RADIO | {"install": "室内型", "arch": "瘦AP", "ae_place": "AP", "forwarding": ["集中转发"],
                   "power": ["PoE"]},
    "AC": {"ae_place": "AC", "max_ap": 512, "max_clients": 4096, "forwarding": ["集中转发", "本地转发"]},
    "AS": {"auth_per_s": 687, "roaming": True, "cert_service": "内置", "cert_mode": ["双证书", "三证书"],
           "form": "硬件设备"},
    "CIS": {"formats": [".cer"]},
    "STA": RADIO | {"kind": "手机"},
    "CPE": RADIO | {"lan_ports": ["以太网"]},
    "MOD": RADIO | {"host_if": ["USB"]},
    "SEN": RADIO | {"measurand": ["温度"], "power": "电池", "built_in": "内置模块"},
    "TXR": RADIO | {"sensor_if": ["RS485"], "protocol": ["Modbus"], "max_sensors": "20余台"},
    "CAM": RADIO | {"imaging": ["双光谱"], "video": ["RTSP"]},
    "CHIP": {"vendor": "演示半导体"},
}


def specification(device_type: str, **changes: Any) -> dict[str, Any]:
    """A whole specification for a type; None takes a field away."""
    values = copy.deepcopy(SPECIFICATIONS[device_type]) | changes
    return {key: value for key, value in values.items() if value is not None}


def device(*, company: Company, actor: User, device_type: str = "AP", **changes: Any) -> Device:
    """A device described by `actor`; the catalogue must be loaded."""
    values: dict[str, Any] = {
        "name_zh": "演示设备", "name_en": "Demonstration device", "model": f"DEMO-{device_type}-100",
        "specification": specification(device_type),
    }
    return describe_device(company=company, actor=actor, device_type=DeviceType.objects.get(code=device_type),
                           **values | changes)
