"""Devices that apply and orders at every stage, built through the services; all invented."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from products.devices.models import Device, DeviceType
from products.devices.services import describe_device
from products.orders import services
from products.orders.models import Order
from products.orders.states import REVIEW, Stage
from tests.factories.seeds import kept

HARDWARE, FIRMWARE = "V1.0", "1.0.0"
REVIEWED = dict.fromkeys(REVIEW, True)
SPECIFICATIONS: dict[str, dict[str, Any]] = {
    "SEN": {"bands": ["2.4GHz"], "phy": "802.11n", "wapi_modes": ["证书"], "measurand": ["温度", "湿度"],
            "power": "电池", "battery_life": 5, "built_in": "内置模块"},
    "AP": {"bands": ["2.4GHz", "5GHz"], "phy": "802.11ac", "wapi_modes": ["证书", "预共享密钥"], "install": "室内型",
           "arch": "胖AP", "forwarding": ["本地转发"], "ae_place": "AP"},
    "AS": {"auth_per_s": 500, "roaming": True, "cert_service": "内置", "cert_mode": ["双证书"], "form": "硬件设备"},
    "CHIP": {"vendor": "演示甲通信科技有限公司"},
}
NAMES = {"SEN": ("演示温湿度传感器", "Demo sensor"), "AP": ("演示无线接入点", "Demo access point"),
         "AS": ("演示鉴别服务器", "Demo authentication server"), "CHIP": ("演示芯片", "Demo chip")}


def device(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Device:
    """A device of company A with a complete specification; each has a model of its own."""
    kind = DeviceType.objects.get(code=device_type)
    name_zh, name_en = NAMES[device_type]
    values: dict[str, Any] = {
        "company": cast.company_a, "actor": cast.vendor, "name_zh": name_zh, "name_en": name_en,
        "model": f"DEMO-{device_type}-{Device.objects.count() + 1:03d}", "specification": SPECIFICATIONS[device_type],
        "manufacturer": "演示甲通信科技有限公司", "factory": "演示市演示路1号",
    }
    return describe_device(device_type=kind, **{**values, **changes})


def drafted(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """An application with its declaration; `device` among the changes, or one is made."""
    applied = changes.pop("device", None) or device(cast, device_type)
    values = {"hardware": HARDWARE, "firmware": FIRMWARE, "features": {}, "actor": cast.vendor}
    return services.draft_order(device=applied, **{**values, **changes})


@kept
def submitted(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Handed in by the vendor."""
    return services.submit_order(order=drafted(cast, device_type, **changes), actor=cast.vendor, has_agreed=True)


@kept
def returned(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Given back to be completed."""
    order = submitted(cast, device_type, **changes)
    return services.return_order(order=order, actor=cast.intake, reason="演示：请补充型号照片")


def declined(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Refused for good."""
    order = submitted(cast, device_type, **changes)
    return services.decline_order(order=order, actor=cast.intake, reason="演示：不在受理范围")


@kept
def accepted(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Accepted for the edition in force, with its plan."""
    return services.accept_order(order=submitted(cast, device_type, **changes), actor=cast.intake, review=REVIEWED)


@kept
def in_testing(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """With one sample of the declared versions in the laboratory."""
    order = accepted(cast, device_type, **changes)
    services.receive_sample(order=order, actor=cast.intake, serial_number="SN-0001", hardware=HARDWARE,
                            firmware=FIRMWARE, condition="外观完好")
    return fresh(order)


def complete(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Complete by the stage alone: it holds no results (those come with the factories of results)."""
    return services.complete_order(order=in_testing(cast, device_type, **changes))


def reporting(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """In reporting by the stage alone."""
    return services.start_reporting(order=complete(cast, device_type, **changes), actor=cast.tester)


def decided(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Decided by the stage alone."""
    return services.record_decision(order=reporting(cast, device_type, **changes), actor=cast.decider)


def closed(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Closed, with the sample returned."""
    order = decided(cast, device_type, **changes)
    for sample in order.samples.all():
        services.end_sample(sample=sample, actor=cast.intake, ending="演示：已退还送测单位")
    return services.close_order(order=order, actor=cast.intake)


def on_hold(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Paused while in testing."""
    order = in_testing(cast, device_type, **changes)
    return services.hold_order(order=order, actor=cast.intake, reason="演示：等待配件")


def cancelled(cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """Cancelled by the vendor before acceptance."""
    order = submitted(cast, device_type, **changes)
    return services.cancel_order(order=order, actor=cast.vendor, reason="演示：项目中止")


BUILDERS: dict[Stage, Callable[..., Order]] = {
    Stage.DRAFT: drafted, Stage.SUBMITTED: submitted, Stage.RETURNED: returned, Stage.DECLINED: declined,
    Stage.ACCEPTED: accepted, Stage.TESTING: in_testing, Stage.COMPLETE: complete, Stage.REPORTING: reporting,
    Stage.DECIDED: decided, Stage.CLOSED: closed, Stage.ON_HOLD: on_hold, Stage.CANCELLED: cancelled,
}


def order_in(stage: Stage | str, cast: SimpleNamespace, device_type: str = "SEN", **changes: Any) -> Order:
    """An order at this stage; the catalogue must be loaded."""
    return BUILDERS[Stage(stage)](cast, device_type, **changes)


def fresh(order: Order) -> Order:
    """The order as it stands in the database."""
    return Order.objects.select_related("company", "device__device_type", "edition").get(pk=order.pk)
