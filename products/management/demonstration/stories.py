"""The orders of the demonstration: each device stands for one stage, and its road leads there through the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from members.people.models import User
from products.devices.models import Device
from products.management.demonstration import rounds
from products.management.demonstration import walk as steps
from products.management.demonstration.devices import Description, described
from products.management.demonstration.people import ACCOUNTS
from products.management.demonstration.walk import Walk

Step = Callable[[Walk], None]
SUBMITTED: tuple[Step, ...] = (steps.draft, steps.submit)
IN_TESTING = (*SUBMITTED, steps.accept, steps.receive_sample)
TESTED = (*IN_TESTING, steps.record_all)
CLAIMED = (*TESTED, steps.send_finding, steps.answer_finding)
REWORKED = (*CLAIMED, steps.sign_scope, steps.retest)
FAILED = (*TESTED, steps.send_finding, steps.fail_rework)
CHECKED: tuple[Step, ...] = (steps.compile_report, steps.check_report)
ISSUED = (*CHECKED, steps.authorise_report, steps.render_report)
LISTED = (*ISSUED, steps.recommend, steps.grant)
AMENDED = (steps.amend_report, *ISSUED, steps.follow_report)
WITHDRAWN = (steps.ask_withdrawal, steps.consent_withdrawal)
# The alliance tells of a sensor that did not retransmit, was fixed and passed: these items, on an invented device.
RETRANSMISSION = ("FUN-RT-02", "FUN-RT-08")
APPLICANTS = {account.company: account.username for account in ACCOUNTS if account.company}


@dataclass(frozen=True)
class Story:
    """A device, the road of its order, and the items that fail at the first test."""

    device: Description
    road: tuple[Step, ...]
    failing: tuple[str, ...] = ()


def _of(
    company: str, device_type: str, model: str, name_zh: str, name_en: str, **specification: Any
) -> Description:
    """The description of a device; what differs from the usual specification of its type comes last."""
    return Description(model, device_type, company, f"演示{name_zh}", f"Demonstration {name_en}", specification)


STORIES = (
    Story(_of("sensors", "SEN", "DEMO-TH-10", "温湿度传感器", "temperature and humidity sensor"),
          (*REWORKED, *LISTED, steps.close), RETRANSMISSION),
    Story(_of("networks", "AP", "DEMO-AP-20", "室外无线接入点", "outdoor access point"),
          (*IN_TESTING, steps.record_but_one, *LISTED)),
    Story(_of("networks", "AS", "DEMO-AS-30", "鉴别服务器", "authentication server"),
          (*TESTED, *LISTED, *AMENDED)),
    Story(_of("sensors", "SEN", "DEMO-TH-21", "温湿度传感器（旧款）", "older sensor"), (*TESTED, *ISSUED, *WITHDRAWN)),
    Story(_of("networks", "STA", "DEMO-PDA-40", "手持终端", "handheld terminal"),
          (*TESTED, *LISTED, steps.suspend)),
    Story(_of("networks", "CPE", "DEMO-CPE-50", "客户端接入设备", "client bridge"),
          (*TESTED, *LISTED, steps.suspend, steps.withdraw)),
    Story(_of("sensors", "SEN", "DEMO-LV-11", "液位传感器", "level sensor", measurand=["液位"]),
          (*TESTED, *LISTED, steps.give_up)),
    Story(_of("sensors", "SEN", "DEMO-TH-12", "温湿度传感器（壁挂）", "sensor for walls"),
          (*FAILED, *ISSUED, steps.refuse), RETRANSMISSION),
    Story(_of("networks", "CPE", "DEMO-CPE-51", "客户端接入设备（导轨式）", "client bridge for rails"),
          (*TESTED, *ISSUED, steps.recommend)),
    Story(_of("sensors", "SEN", "DEMO-TH-13", "温湿度传感器（车载）", "sensor for vehicles", power="直流"),
          (*TESTED, *ISSUED)),
    Story(_of("networks", "STA", "DEMO-PDA-41", "手持终端（防爆）", "explosion-proof handheld"),
          (*TESTED, *CHECKED, steps.authorise_report)),
    Story(_of("networks", "STA", "DEMO-TAB-42", "平板终端", "tablet", kind="平板"), (*TESTED, *CHECKED)),
    Story(_of("sensors", "SEN", "DEMO-TH-14", "温湿度传感器（探头）", "sensor with a probe"),
          (*TESTED, steps.compile_report)),
    Story(_of("networks", "AP", "DEMO-AP-21", "室内无线接入点", "indoor access point", install="室内型",
              ip_rating=None), TESTED),
    Story(_of("networks", "AP", "DEMO-AP-22", "吸顶无线接入点", "ceiling access point", install="室内吸顶型",
              ip_rating=None), (*IN_TESTING, steps.record_half)),
    Story(_of("sensors", "SEN", "DEMO-GD-15", "气体密度传感器", "gas density sensor", measurand=["SF6密度"]),
          TESTED, RETRANSMISSION),
    Story(_of("sensors", "SEN", "DEMO-GD-16", "气体密度传感器（取能）", "self-powered density sensor",
              measurand=["SF6密度"], power="取能"), (*TESTED, steps.send_finding, steps.talk), RETRANSMISSION),
    Story(_of("sensors", "SEN", "DEMO-CT-17", "泄漏电流传感器", "leakage current sensor",
              measurand=["全电流", "阻性电流"]), CLAIMED, RETRANSMISSION),
    Story(_of("networks", "CPE", "DEMO-CPE-52", "客户端接入设备（双频）", "dual-band client bridge"),
          (*CLAIMED, steps.sign_scope), RETRANSMISSION),
    Story(_of("networks", "AS", "DEMO-AS-31", "鉴别服务器（软件）", "authentication server, software", form="软件"),
          (*IN_TESTING, steps.hold)),
    Story(_of("networks", "AP", "DEMO-AP-23", "桥接无线接入点", "bridging access point", modes=["桥接"]),
          (*SUBMITTED, steps.accept)),
    Story(_of("sensors", "SEN", "DEMO-TH-18", "温湿度传感器（低功耗）", "low-power sensor"), SUBMITTED),
    Story(_of("sensors", "SEN", "DEMO-TH-19", "温湿度传感器（样机）", "sensor, prototype"),
          (*SUBMITTED, steps.give_back)),
    Story(_of("networks", "STA", "DEMO-PDA-43", "手持终端（样机）", "handheld, prototype"),
          (*SUBMITTED, steps.decline)),
    Story(_of("networks", "STA", "DEMO-ROB-44", "巡检机器人", "inspection robot", kind="机器人"),
          (*SUBMITTED, steps.cancel)),
    Story(_of("sensors", "SEN", "DEMO-LV-12", "液位传感器（新版）", "level sensor, new version", measurand=["液位"]),
          (steps.draft,)),
    Story(_of("networks", "AP", "DEMO-AP-24", "高密无线接入点", "high-density access point"),
          (*IN_TESTING, rounds.begin, *rounds.ROAD), rounds.FAILING),
)


def tell(story: Story, people: dict[str, User]) -> bool:
    """Walk the story's road in one transaction, unless its device is there already; whether it was walked."""
    applicant = people[APPLICANTS[story.device.company]]
    if Device.objects.filter(company=applicant.company, model=story.device.model).exists():
        return False
    with transaction.atomic():
        way = Walk(people, applicant, described(story.device, applicant), story.failing)
        for step in story.road:
            step(way)
    return True
