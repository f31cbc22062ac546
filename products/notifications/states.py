"""The table of notices: each act of the history, who is told of it, with which words, where to act and by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.states import Role
from products.orders.states import EXPECTED_DAYS, Party, Stage

Facts = Mapping[str, Any]


class Audience(models.TextChoices):
    """Those who are told for what they are to the matter, not for their role."""

    COMPANY = "company", _("送测单位")
    COMPANY_AT_WORK = "company_at_work", _("已收到整改通知的送测单位")
    APPLICANTS = "applicants", _("全部送测单位")
    RECORDER = "recorder", _("录入结果的人员")
    RECORDERS = "recorders", _("录入本委托结果的人员")
    COMPILER = "compiler", _("编制报告的人员")
    PROPOSER = "proposer", _("提议排除的人员")
    ASKER = "asker", _("提出申请的人员")
    ANSWERABLE = "answerable", _("批准报告、作出决定的人员")
    PERSON = "person", _("本人")
    BORROWERS = "borrowers", _("借用单位")


def _always(_facts: Facts) -> bool:
    return True


@dataclass(frozen=True)
class Telling:
    """One audience of an act: the words are those of templates/emails/<event>/.

    `link` names the page where the reader acts, then the facts that its address is made of; `within` says after how
    many days the act is overdue; `when` leaves out what concerns nobody of the audience.
    """

    to: Role | Audience
    event: str
    link: tuple[str, ...]
    within: Callable[[], int] | None = None
    when: Callable[[Facts], bool] = _always


def _stage(stage: Stage) -> Callable[[], int]:
    return lambda: EXPECTED_DAYS[stage]


def _vendor_days() -> int:
    days: int = settings.REWORK_VENDOR_DAYS
    return days


def _laboratory_days() -> int:
    days: int = settings.REWORK_LABORATORY_DAYS
    return days


def _is_waiver(facts: Facts) -> bool:
    return bool(facts.get("kind") == "WAIVER")


def _is_no_draft(facts: Facts) -> bool:
    return bool(facts.get("stage_before") != Stage.DRAFT)


def _is_first_sample(facts: Facts) -> bool:
    return bool(facts.get("stage_before") == Stage.ACCEPTED)


def _awaits_decision(facts: Facts) -> bool:
    return not facts.get("is_amendment") or facts.get("stage_now") == Stage.REPORTING


def _is_laboratorys_turn(facts: Facts) -> bool:
    return bool(facts.get("turn") == Party.LABORATORY)


def _is_granted_by_a_person(facts: Facts) -> bool:
    return not facts.get("is_from_invitation")


ORDER, MINE = ("lab-order", "order"), ("portal-order", "order")
BENCH, REPORT, DECISION = ("lab-bench", "order"), ("lab-report", "order"), ("lab-decision", "order")
LAB_REWORK, MY_REWORK = ("lab-rework", "order"), ("portal-rework", "rework")
VERIFY, RECORD = ("lab-verify", "order"), ("lab-record", "order", "object_id")
CERTIFICATIONS, EDITION = ("portal-certifications",), ("edition", "object_id")
COMPANY = Audience.COMPANY

TOLD: dict[str, tuple[Telling, ...]] = {
    "order.submitted": (Telling(Role.IN, "order.submitted", ORDER, _stage(Stage.SUBMITTED)),),
    "order.returned": (Telling(COMPANY, "order.returned", ("portal-order-edit", "order"), _stage(Stage.RETURNED)),),
    "order.declined": (Telling(COMPANY, "order.declined", MINE),),
    "order.accepted": (Telling(COMPANY, "order.accepted", MINE, _stage(Stage.ACCEPTED)),),
    "order.sample_received": (
        Telling(COMPANY, "order.sample_received", MINE),
        Telling(Role.TE, "order.testing", BENCH, _stage(Stage.TESTING), when=_is_first_sample)),
    "order.completed": (
        Telling(COMPANY, "order.completed", MINE),
        Telling(Role.TE, "order.to_report", REPORT, _stage(Stage.COMPLETE))),
    "order.testing_reopened": (Telling(Role.TE, "order.testing_reopened", BENCH),),
    "order.decided": (Telling(Role.IN, "order.decided", ORDER, _stage(Stage.DECIDED)),),
    "order.held": (Telling(COMPANY, "order.held", MINE),),
    "order.resumed": (
        Telling(COMPANY, "order.resumed", MINE),
        Telling(Role.TE, "order.resumed.laboratory", ORDER, when=_is_laboratorys_turn)),
    "order.cancelled": (
        Telling(COMPANY, "order.cancelled", MINE),
        Telling(Role.IN, "order.cancelled", ORDER, when=_is_no_draft)),
    "order.closed": (Telling(COMPANY, "order.closed", MINE),),
    "order.rebase_refused": (Telling(Role.IN, "order.rebase_refused", ("lab-rebase", "order")),),
    "order.rebased": (Telling(Role.IN, "order.rebased", ("lab-rebase", "order")),
                      Telling(Role.TE, "order.rebased", BENCH)),
    "sample.ended": (Telling(COMPANY, "sample.ended", MINE),),
    "result.returned": (Telling(Audience.RECORDER, "result.returned", RECORD),),
    "result.invalidation_requested": (Telling(Role.QM, "result.invalidation_requested", RECORD),),
    "result.invalidation_refused": (Telling(Audience.ASKER, "result.invalidation_refused", RECORD),),
    "result.invalidated": (
        Telling(Audience.ASKER, "result.invalidated", RECORD),
        Telling(Audience.RECORDER, "result.invalidated.recorder", RECORD),
        Telling(Audience.ANSWERABLE, "result.invalidated.answerable", REPORT)),
    "exclusion.proposed": (
        Telling(Role.VE, "exclusion.proposed", VERIFY),
        Telling(Role.QM, "exclusion.proposed", VERIFY, when=_is_waiver),
        Telling(COMPANY, "exclusion.waiver_asked", MINE, when=_is_waiver)),
    "exclusion.approved": (
        Telling(COMPANY, "exclusion.approved", MINE),
        Telling(Audience.PROPOSER, "exclusion.approved", BENCH)),
    "exclusion.refused": (
        Telling(Audience.PROPOSER, "exclusion.refused", BENCH),
        Telling(COMPANY, "exclusion.refused.company", MINE, when=_is_waiver)),
    "exclusion.withdrawn": (Telling(COMPANY, "exclusion.withdrawn", MINE, when=_is_waiver),),
    "exclusion.reopened": (
        Telling(COMPANY, "exclusion.reopened", MINE),
        Telling(Audience.PROPOSER, "exclusion.reopened", BENCH)),
    "rework.opened": (Telling(Audience.RECORDERS, "rework.opened", LAB_REWORK, _laboratory_days),),
    "rework.items_joined": (Telling(Audience.COMPANY_AT_WORK, "rework.items_joined", MY_REWORK),),
    "rework.finding_sent": (Telling(COMPANY, "rework.finding_sent", MY_REWORK, _vendor_days),),
    "rework.answered": (Telling(Role.VE, "rework.answered", LAB_REWORK, _laboratory_days),),
    "rework.scope_signed": (
        Telling(COMPANY, "rework.scope_signed", MY_REWORK),
        Telling(Role.TE, "rework.to_retest", BENCH, _laboratory_days)),
    "rework.reopened": (
        Telling(COMPANY, "rework.reopened", MY_REWORK),
        Telling(Audience.RECORDERS, "rework.opened", LAB_REWORK, _laboratory_days)),
    "rework.closed_pass": (Telling(COMPANY, "rework.closed_pass", MY_REWORK),),
    "rework.closed_fail": (Telling(COMPANY, "rework.closed_fail", MY_REWORK),),
    "rework.abandoned": (Telling(COMPANY, "rework.abandoned", MY_REWORK),
                         Telling(Audience.RECORDERS, "rework.abandoned", LAB_REWORK)),
    "report.compiled": (Telling(Role.VE, "report.compiled", REPORT, _stage(Stage.REPORTING)),),
    "report.checked": (Telling(Role.SG, "report.checked", REPORT, _stage(Stage.REPORTING)),),
    "report.returned": (Telling(Audience.COMPILER, "report.returned", REPORT, _stage(Stage.COMPLETE)),),
    "report.issued": (
        Telling(COMPANY, "report.issued", MINE),
        Telling(Role.RV, "report.to_review", DECISION, _stage(Stage.REPORTING), when=_awaits_decision)),
    "report.amendment_opened": (Telling(Role.TE, "report.amendment_opened", REPORT, _stage(Stage.COMPLETE)),),
    "report.withdrawal_refused": (Telling(Audience.ASKER, "report.withdrawal_refused", REPORT),),
    "report.withdrawn": (Telling(Audience.ASKER, "report.withdrawn", REPORT),),
    "certification.recommended": (Telling(Role.DM, "certification.recommended", DECISION, _stage(Stage.REPORTING)),),
    "certification.granted": (Telling(COMPANY, "certification.granted", CERTIFICATIONS),),
    "certification.refused": (Telling(COMPANY, "certification.refused", MINE),),
    "certification.suspended": (Telling(COMPANY, "certification.suspended", CERTIFICATIONS),),
    "certification.suspension_lifted": (Telling(COMPANY, "certification.suspension_lifted", CERTIFICATIONS),),
    "certification.supersession_undone": (Telling(COMPANY, "certification.suspension_lifted", CERTIFICATIONS),),
    "certification.correction_confirmed": (Telling(COMPANY, "certification.report_followed", CERTIFICATIONS),),
    "certification.withdrawn": (Telling(COMPANY, "certification.withdrawn", CERTIFICATIONS),),
    "certification.cancelled": (Telling(COMPANY, "certification.cancelled", CERTIFICATIONS),),
    "certification.expired": (Telling(COMPANY, "certification.expired", CERTIFICATIONS),),
    "certification.superseded": (Telling(COMPANY, "certification.superseded", CERTIFICATIONS),),
    "certification.certificate_issued": (
        Telling(COMPANY, "certification.certificate_issued", CERTIFICATIONS),),
    "certification.report_followed": (Telling(COMPANY, "certification.report_followed", CERTIFICATIONS),),
    "company.renamed": (Telling(COMPANY, "company.renamed", ("portal-company",)),),
    "edition.approved": (Telling(Role.SA, "edition.approved", ("lab-editions",)),),
    "edition.published": (
        Telling(Audience.APPLICANTS, "edition.published", EDITION),
        Telling(Role.IN, "edition.published", EDITION),
        Telling(Role.TE, "edition.published", EDITION)),
    "duty.exception_released": (Telling(Audience.PERSON, "duty.exception_released", ORDER),
                                Telling(Role.SG, "duty.exception_released", ORDER)),
    "duty.exception_ended": (Telling(Audience.PERSON, "duty.exception_ended", ORDER),),
    "role.granted": (
        Telling(Role.AD, "role.granted", ("admin:members_rolegrant_changelist",), when=_is_granted_by_a_person),),
    "role.confirmed": (Telling(Audience.PERSON, "role.confirmed", ("home",)),),
    "role.revoked": (Telling(Audience.PERSON, "role.revoked", ("account",)),),
    "tool.retired": (Telling(Audience.BORROWERS, "tool.retired", ("portal-loans",)),),
}

# Told by the service of the act itself, in its transaction, since a lower topic knows all that the words need.
TOLD_BY_THE_ACT = {
    "order.rebase_proposed": "order.rebase_proposed",
    "order.rebase_drop_allowed": "order.rebase_drop_allowed",
    "order.rebase_drop_refused": "order.rebase_drop_refused",
    "results.doubt_announced": "results.doubt_announced",
    "rework.message_written": "rework.message",
    "rework.reminded": "rework.reminder",
    "report.replaced": "report.replaced",
    "report.withdrawal_requested": "report.withdrawal_requested",
    "report.withdrawn": "report.withdrawn",
    "edition.ending_announced": "edition.withdrawn",
    "edition.retired": "edition.withdrawn",
    "loan.reminded": "loan.reminder",
    "hold.lifting_requested": "retention.lifting_requested",
    "user.anonymisation_requested": "retention.departure_requested",
    "webhook.disabled": "webhook.disabled",
    "address.changed": "access.address.changed",
    "password.changed": "access.password.changed",
    "password.reset": "access.password.reset",
    "rig.registered": "rig.changed",
    "rig.renewed": "rig.changed",
    "rig.revoked": "rig.changed",
}

OWN = "Whoever it concerns did it."
FOLLOWS = "Follows another act in the same transaction, of which people are told."
WORK = "Work in progress within the laboratory; the queues count what waits."
KEPT = "Housekeeping by the rules of retention; nobody has to act."
DESK = "Done at the desk while both sides stand there."
# Acts of which nobody is told, and why.
NOT_TOLD = {
    "order.drafted": OWN, "order.changed": OWN, "order.turn_passed": FOLLOWS, "order.reporting_started": FOLLOWS,
    "order.decision_reopened": FOLLOWS, "file.stored": FOLLOWS, "seal.opened": KEPT,
    "order.reporting_left": FOLLOWS, "order.amendment_started": FOLLOWS, "order.amendment_ended": FOLLOWS,
    "version.received": FOLLOWS, "results.recorded": WORK, "results.verified": WORK,
    "results.repeats_required": FOLLOWS,
    "results.repeats_lifted": FOLLOWS, "result.corrected": WORK, "exclusion.consented": WORK, "evidence.added": WORK,
    "rework.finding_drafted": WORK, "report.authorised": "The worker issues it at once, of which people are told.",
    "report.rendering_retried": WORK, "company.registered": "Nobody of the company has an account yet.",
    "company.uscc_set": OWN, "device.described": OWN, "device.changed": OWN, "edition.edited": WORK,
    "listing.listed": FOLLOWS, "listing.status_set": FOLLOWS, "listing.company_renamed": FOLLOWS,
    "listing.report_followed": FOLLOWS,
    "listing.imported": "Copied from what was published before; the public feed tells of it.",
    "listing.reimported": "Copied from what was published before; the public feed tells of it.",
    "tool.registered": WORK, "tool.calibrated": WORK, "loan.reserved": DESK, "loan.handed_out": DESK,
    "loan.extended": DESK, "loan.returned": DESK, "loan.cancelled": DESK, "user.registered": FOLLOWS,
    "user.activated": "The page of people shows it to whoever keeps the accounts.",
    "user.deactivated": "Whoever left gets no more notices.", "tester.authorised": WORK, "conflict.declared": OWN,
    "conflict.ended": WORK, "failure.retried": WORK, "failure.acknowledged": WORK, "files.removed": KEPT,
    "order.draft_removed": KEPT,
    "retention.removed": KEPT, "hold.placed": KEPT, "hold.lifting_refused": KEPT, "hold.lifted": KEPT,
    "user.anonymisation_refused": KEPT, "user.anonymised": KEPT, "webhook.registered": OWN, "webhook.ended": OWN,
    "webhook.enabled": OWN, "token.issued": OWN, "token.revoked": OWN,
}
