"""The road of an order, step by step, each by the person whose part it is; every step is a service of the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from members.people.models import User
from products.certification import services as certification
from products.certification.models import Certification
from products.devices.models import Device
from products.management.demonstration.bench import rows_for, testable_items
from products.management.demonstration.devices import FIRMWARE, FIXED_FIRMWARE, HARDWARE
from products.management.demonstration.people import PASSWORD
from products.orders import services as orders
from products.orders.models import Order
from products.orders.selectors import samples_here, versions_of
from products.orders.states import REVIEW
from products.reports import services as reports
from products.reports.models import Report
from products.results.models import Attempt, Exclusion
from products.results.services import propose_exclusion, record_attempts
from products.rework import services as rework
from products.rework.models import Rework
from products.rework.selectors import items_to_decide, running_rework
from products.suites.selectors import asked_features, current_edition

# Features that demonstration devices declare where they are asked.
DECLARED = {"handover", "cert_import", "standby_as", "declared_throughput"}
REVIEWED = dict.fromkeys(REVIEW, True)


class RenderingFailed(Exception):
    """The report could not be made; the text says why."""


@dataclass
class Walk:
    """One order on its way, the people who move it, and the items that fail at the first test."""

    people: dict[str, User]
    applicant: User
    device: Device
    failing: tuple[str, ...] = ()

    @property
    def order(self) -> Order:
        """The device's order as it stands."""
        return Order.objects.select_related("company", "device__device_type", "edition").get(device=self.device)

    @property
    def rework(self) -> Rework:
        """The rework that runs."""
        found = running_rework(self.order)
        assert found is not None
        return found

    @property
    def report(self) -> Report:
        """The order's newest report."""
        return Report.objects.select_related("order").filter(order__device=self.device).latest("compiled_at")

    @property
    def certification(self) -> Certification:
        """The order's certification."""
        return Certification.objects.get(order__device=self.device)


# --- The application ------------------------------------------------------------------------------------------
def draft(walk: Walk) -> None:
    """The application, with the usual features declared where they are asked."""
    features = {one.key: one.key in DECLARED for one in asked_features(current_edition(), walk.device.device_type)}
    orders.draft_order(device=walk.device, actor=walk.applicant, hardware=HARDWARE, firmware=FIRMWARE,
                       features=features, remark="演示数据")


def submit(walk: Walk) -> None:
    """The applicant hands it in."""
    orders.submit_order(order=walk.order, actor=walk.applicant, has_agreed=True)


def give_back(walk: Walk) -> None:
    """Intake asks for more."""
    orders.return_order(order=walk.order, actor=walk.people["lab"], reason="演示：请补充天线与供电说明")


def decline(walk: Walk) -> None:
    """Intake refuses it for good."""
    orders.decline_order(order=walk.order, actor=walk.people["lab"], reason="演示：样机尚未定型，暂不受理")


def cancel(walk: Walk) -> None:
    """The applicant withdraws it."""
    orders.cancel_order(order=walk.order, actor=walk.applicant, reason="演示：项目调整，撤回申请")


def accept(walk: Walk) -> None:
    """Intake accepts it for the edition in force."""
    orders.accept_order(order=walk.order, actor=walk.people["lab"], review=REVIEWED)


def receive_sample(walk: Walk) -> None:
    """One sample of the declared versions arrives."""
    orders.receive_sample(order=walk.order, actor=walk.people["lab"], serial_number=f"{walk.device.model}-0001",
                          hardware=HARDWARE, firmware=FIRMWARE, condition="外观完好，附件齐全（演示）")


def hold(walk: Walk) -> None:
    """Intake pauses it."""
    orders.hold_order(order=walk.order, actor=walk.people["lab"], reason="演示：等待送测单位提供专用电源")


# --- The bench ------------------------------------------------------------------------------------------------
def record_all(walk: Walk) -> None:
    """Every item in one batch, and every row verified."""
    verify(walk, record(walk, (item.code for item in testable_items(walk.order))))


def record_half(walk: Walk) -> None:
    """Half of the items recorded, half of those verified, and one item proposed as not applicable."""
    codes = [item.code for item in testable_items(walk.order)]
    attempts = record(walk, codes[: len(codes) // 2])
    verify(walk, attempts[: len(attempts) // 2])
    propose_exclusion(order=walk.order, item=codes[-1], kind="NA", reason="演示：样机无相应接口",
                      actor=walk.people["lab"])


def record_but_one(walk: Walk) -> None:
    """Every item but the last, which is excluded with the verifier's approval."""
    codes = [item.code for item in testable_items(walk.order)]
    verify(walk, record(walk, codes[:-1]))
    propose_exclusion(order=walk.order, item=codes[-1], kind="NA", reason="演示：样机无相应接口",
                      actor=walk.people["lab"])
    exclusion = Exclusion.objects.get(plan_item__order=walk.order)
    rework.approve_item_exclusion(exclusion=exclusion, actor=walk.people["verifier"])


def record(walk: Walk, codes: Iterable[str], failing: Iterable[str] | None = None) -> list[Attempt]:
    """These items recorded on the version received last."""
    order, wanted = walk.order, set(codes)
    version = versions_of(order).last()
    assert version is not None
    items = [item for item in testable_items(order) if item.code in wanted]
    rows = rows_for(items, version, walk.failing if failing is None else failing)
    return record_attempts(order=order, rows=rows, actor=walk.people["lab"])


def verify(walk: Walk, attempts: Iterable[Attempt]) -> None:
    """By the verifier; a failure opens a rework, the last verdict completes the order."""
    rework.verify_results(order=walk.order, attempts=attempts, actor=walk.people["verifier"])


# --- Rework ---------------------------------------------------------------------------------------------------
def send_finding(walk: Walk) -> None:
    """The tester tells the vendor what was seen."""
    rework.send_finding(
        rework=walk.rework, actor=walk.people["lab"], finding_kind="finding",
        finding="演示：丢弃一个分组后，样机在等待确认状态下不应答重复的请求，鉴别超时，无法接入网络。",
        reasons=dict.fromkeys(walk.failing, "RW-RT-03"),
    )


def talk(walk: Walk) -> None:
    """The vendor asks, the laboratory answers, while the rework waits for the vendor."""
    rework.write_message(rework=walk.rework, actor=walk.applicant,
                         text="演示：重复的请求是在第几次发送时没有应答？可否提供当时的抓包文件？")
    rework.write_message(rework=walk.rework, actor=walk.people["lab"],
                         text="演示：第二次和第三次发送均未见应答；抓包文件已附在测试项的证据中。")


def answer_finding(walk: Walk) -> None:
    """The vendor explains and hands in fixed firmware."""
    rework.answer_finding(
        rework=walk.rework, actor=walk.applicant, cause="演示：等待确认状态下丢弃了重复的单播密钥协商请求。",
        changes="演示：在等待确认状态也接受并应答重复请求，并启动重传定时器。", firmware=FIXED_FIRMWARE,
        hardware=HARDWARE,
    )


def sign_scope(walk: Walk) -> None:
    """The verifier keeps what did not fail; the rest is repeated."""
    lines = [{"item": one.plan_item.code, "choice": "keep", "reason": "演示：固件仅改动重传处理，与该项无关"}
             for one in items_to_decide(walk.order) if not one.is_failed]
    rework.sign_scope(rework=walk.rework, actor=walk.people["verifier"], lines=lines)


def retest(walk: Walk) -> None:
    """What failed passes on the fixed firmware; the rework closes and the order is complete."""
    verify(walk, record(walk, walk.failing, failing=()))


def fail_rework(walk: Walk) -> None:
    """The verifier ends the rework; what failed stays failed, and the order is complete."""
    rework.fail_rework(rework=walk.rework, actor=walk.people["verifier"], reason="演示：送测单位未能在期限内改正")


# --- The report -----------------------------------------------------------------------------------------------
def compile_report(walk: Walk) -> None:
    """By the tester."""
    reports.compile_report(order=walk.order, actor=walk.people["lab"])


def check_report(walk: Walk) -> None:
    """By the verifier."""
    reports.check_report(report=walk.report, actor=walk.people["verifier"])


def authorise_report(walk: Walk) -> None:
    """By the signatory; the report waits for the worker."""
    reports.authorise_report(report=walk.report, actor=walk.people["signatory"], password=PASSWORD)


def render_report(walk: Walk) -> None:
    """What the worker does, done here so that the directory shows the device at once."""
    report = walk.report
    if reports.render_report(report_id=str(report.pk)) is None:
        raise RenderingFailed(f"{report.number}: {walk.report.rendering_error}")


def amend_report(walk: Walk) -> None:
    """The signatory opens the amendment of a report whose serial number was misprinted."""
    reports.amend_report(report=walk.report, actor=walk.people["signatory"], password=PASSWORD,
                         reason="演示：样品序列号录入有误",
                         corrections={"samples.0.serial_number": f"{walk.device.model}-0001A"})


def follow_report(walk: Walk) -> None:
    """What the worker does after an amendment: the register names the new report."""
    certification.follow_reports()


def ask_withdrawal(walk: Walk) -> None:
    """The signatory asks to withdraw the report."""
    reports.request_withdrawal(report=walk.report, actor=walk.people["signatory"], password=PASSWORD,
                               reason="演示：送测样品与申请型号不一致")


def consent_withdrawal(walk: Walk) -> None:
    """The quality manager consents, and the holder is told."""
    reports.consent_to_withdrawal(report=walk.report, actor=walk.people["quality"], password=PASSWORD)


# --- The decision ---------------------------------------------------------------------------------------------
def recommend(walk: Walk) -> None:
    """The reviewer is in favour."""
    certification.recommend(order=walk.order, actor=walk.people["decider"], recommends_grant=True,
                            reason="演示：报告完整，结论为符合")


def grant(walk: Walk) -> None:
    """The decision maker grants, and the device is listed."""
    certification.decide(certification=walk.certification, actor=walk.people["decider"], grant=True,
                         password=PASSWORD)


def refuse(walk: Walk) -> None:
    """Not recommended and not granted."""
    reason = "演示：重传功能未通过，报告结论为不符合"
    certification.recommend(order=walk.order, actor=walk.people["decider"], recommends_grant=False, reason=reason)
    certification.decide(certification=walk.certification, actor=walk.people["decider"], grant=False, reason=reason,
                         password=PASSWORD)


def suspend(walk: Walk) -> None:
    """The alliance suspends it, for all to see."""
    certification.suspend_certification(
        certification=walk.certification, actor=walk.people["decider"], password=PASSWORD,
        public_reason_zh="演示：抽查发现在售固件与受测版本不一致",
        public_reason_en="Demonstration: the firmware on sale is not the tested one",
    )


def withdraw(walk: Walk) -> None:
    """The alliance ends it."""
    certification.withdraw_certification(
        certification=walk.certification, actor=walk.people["decider"], password=PASSWORD,
        public_reason_zh="演示：暂停期满未改正", public_reason_en="Demonstration: not corrected during suspension",
    )


def give_up(walk: Walk) -> None:
    """Its holder gives it up."""
    certification.cancel_certification(
        certification=walk.certification, actor=walk.people["decider"], password=PASSWORD,
        public_reason_zh="演示：产品停产，持有方申请注销",
        public_reason_en="Demonstration: out of production, given up by its holder",
    )


def close(walk: Walk) -> None:
    """The sample goes back, and the order ends."""
    for sample in samples_here(walk.order):
        orders.end_sample(sample=sample, actor=walk.people["lab"], ending="演示：样品已退还送测单位")
    orders.close_order(order=walk.order, actor=walk.people["lab"])
