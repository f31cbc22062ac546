"""One road to each notice: what is done, by event; and who reads it there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from members.people.models import RoleGrant
from members.people.services import confirm_role, grant_role, revoke_role
from members.people.states import Role
from products.certification import services as certifying
from products.equipment.services import retire_tool
from products.listings.services import rename_company
from products.orders import services as ordering
from products.orders.models import Order
from products.orders.states import DutyRule
from products.reports import services as reporting
from products.results.models import Attempt
from products.results.services import accept_exclusion, propose_exclusion, reopen_exclusion, withdraw_exclusion
from products.rework import services as reworking
from products.suites.services import approve_edition, publish_edition
from tests.factories import catalogue, certification, equipment, orders, reports, results, rework
from tests.factories.people import PASSWORD, person

WHY = "演示：原因写在这里"
Cast = SimpleNamespace


def held(cast: Cast) -> Order:
    return ordering.hold_order(order=orders.in_testing(cast), actor=cast.intake, reason=WHY)


def resumed(cast: Cast) -> Order:
    return ordering.resume_order(order=held(cast), actor=cast.intake)


def closed(cast: Cast) -> Order:
    order = certification.granted(cast).order
    for sample in order.samples.all():
        ordering.end_sample(sample=sample, actor=cast.intake, ending="已退还")
    return ordering.close_order(order=orders.fresh(order), actor=cast.intake)


def rebase(cast: Cast, verb: Callable[..., Any], **more: Any) -> Any:
    order, edition = orders.in_testing(cast), catalogue.newer_edition(cast)
    asked = reworking.propose_rebase(order=order, edition=edition, reason=WHY, actor=cast.intake)
    return verb(rebase=asked, actor=cast.vendor, **more)


def attempt_of(order: Order) -> Attempt:
    return Attempt.objects.get(plan_item__order=order, plan_item__code="IOP-01")


def doubted(cast: Cast, order: Order) -> Attempt:
    reworking.request_result_invalidation(attempt=attempt_of(order), reason=WHY, actor=cast.verifier)
    return attempt_of(order)


def returned_result(cast: Cast) -> Any:
    attempt = results.attempt(orders.in_testing(cast), cast)
    return reworking.return_result(attempt=attempt, comment=WHY, actor=cast.verifier)


def invalidation(cast: Cast, verb: Callable[..., Any], order: Order | None = None) -> Any:
    attempt = doubted(cast, order or results.passed_order(cast))
    return verb(attempt=attempt, reason=WHY, actor=cast.quality)


def proposed(cast: Cast, kind: str = "NT") -> Any:
    return propose_exclusion(order=orders.in_testing(cast), item="IOP-01", kind=kind, reason=WHY, actor=cast.tester)


def approved_waiver(cast: Cast) -> Any:
    exclusion = reworking.approve_item_exclusion(exclusion=proposed(cast, "WAIVER"), actor=cast.quality)
    exclusion = accept_exclusion(exclusion=exclusion, actor=cast.vendor)
    return reworking.approve_item_exclusion(exclusion=exclusion, actor=cast.verifier)


def refused_waiver(cast: Cast) -> Any:
    return reworking.refuse_item_exclusion(exclusion=proposed(cast, "WAIVER"), reason=WHY, actor=cast.quality)


def reopened(cast: Cast) -> Any:
    approved = reworking.approve_item_exclusion(exclusion=proposed(cast, "NA"), actor=cast.verifier)
    return reopen_exclusion(exclusion=approved, reason=WHY, actor=cast.verifier)


def joined(cast: Cast) -> Any:
    sent = rework.with_vendor(cast)
    return results.verified(sent.order, cast, ["FUN-RT-02"], {"FUN-RT-02": "FAIL"})


def asked_back(cast: Cast) -> Any:
    return reporting.request_withdrawal(report=reports.issued(cast), actor=cast.signatory, reason=WHY,
                                        password=PASSWORD)


def kept_report(cast: Cast) -> Any:
    return reporting.refuse_withdrawal(report=asked_back(cast), actor=cast.quality, reason=WHY)


def returned_report(cast: Cast) -> Any:
    return reporting.return_report(report=reports.compiled(cast), actor=cast.verifier, reason=WHY)


def lifted(cast: Cast) -> Any:
    return certifying.lift_suspension(certification=certification.suspended(cast), actor=cast.decider,
                                      **certification.WHY)


def superseded(cast: Cast) -> Any:
    older = certification.granted(cast)
    order = orders.in_testing(cast, device=older.order.device)
    results.verified(order, cast)
    return certification.granted(cast, orders.fresh(order))


def with_certificate(cast: Cast) -> Any:
    return certification.granted(cast) and certifying.issue_certificates()


def followed(cast: Cast) -> Any:
    reports.amended(cast, certification.granted(cast).report)
    return certifying.follow_reports()


def excepted(cast: Cast) -> Any:
    return ordering.release_exception(order=orders.in_testing(cast), user=cast.tester, rule=DutyRule.S1, reason=WHY,
                                      actor=cast.quality, valid_until=timezone.localdate() + timedelta(days=7))


def approved_edition(cast: Cast) -> Any:
    draft = catalogue.draft_edition(editor=cast.editor)
    second = grant_role(user=cast.auditor, role=Role.SA, actor=None)
    confirm_role(grant=second, actor=None)
    return approve_edition(edition=draft, actor=cast.approver)


def granted_role(cast: Cast) -> RoleGrant:
    person("second", Role.AD)
    return grant_role(user=cast.tester, role=Role.VE, actor=cast.admin)


# By event: what is done, and the usernames of whoever is told; "vendor" alone is company A.
CASES: dict[str, tuple[Callable[[Cast], Any], set[str]]] = {
    "order.submitted": (orders.submitted, {"intake"}),
    "order.returned": (orders.returned, {"vendor"}),
    "order.declined": (orders.declined, {"vendor"}),
    "order.accepted": (orders.accepted, {"vendor"}),
    "order.sample_received": (orders.in_testing, {"vendor"}),
    "order.testing": (orders.in_testing, {"tester", "tester2"}),
    "order.completed": (results.passed_order, {"vendor"}),
    "order.to_report": (results.passed_order, {"tester", "tester2"}),
    "order.testing_reopened": (lambda cast: doubted(cast, results.passed_order(cast)), {"tester", "tester2"}),
    "order.decided": (certification.granted, {"intake"}),
    "order.held": (held, {"vendor"}),
    "order.resumed": (resumed, {"vendor"}),
    "order.resumed.laboratory": (resumed, {"tester", "tester2"}),
    "order.cancelled": (lambda cast: ordering.cancel_order(
        order=orders.in_testing(cast), actor=cast.intake, reason=WHY), {"vendor"}),
    "order.closed": (closed, {"vendor"}),
    "order.rebase_refused": (lambda cast: rebase(cast, ordering.refuse_rebase, reason=WHY), {"intake"}),
    "order.rebased": (lambda cast: rebase(cast, reworking.rebase_order), {"intake", "tester", "tester2"}),
    "sample.ended": (closed, {"vendor"}),
    "result.returned": (returned_result, {"tester"}),
    "result.invalidation_requested": (lambda cast: doubted(cast, results.passed_order(cast)), {"quality"}),
    "result.invalidation_refused": (
        lambda cast: invalidation(cast, reworking.refuse_result_invalidation), {"verifier"}),
    "result.invalidated": (lambda cast: invalidation(cast, reworking.invalidate_result), {"verifier"}),
    "result.invalidated.recorder": (lambda cast: invalidation(cast, reworking.invalidate_result), {"tester"}),
    "result.invalidated.answerable": (
        lambda cast: invalidation(cast, reworking.invalidate_result, certification.granted(cast).order),
        {"signatory", "decider"}),
    "exclusion.proposed": (lambda cast: proposed(cast, "WAIVER"), {"verifier", "quality"}),
    "exclusion.waiver_asked": (lambda cast: proposed(cast, "WAIVER"), {"vendor"}),
    "exclusion.approved": (approved_waiver, {"vendor", "tester"}),
    "exclusion.refused": (refused_waiver, {"tester"}),
    "exclusion.refused.company": (refused_waiver, {"vendor"}),
    "exclusion.withdrawn": (
        lambda cast: withdraw_exclusion(exclusion=proposed(cast, "WAIVER"), actor=cast.tester), {"vendor"}),
    "exclusion.reopened": (reopened, {"vendor", "tester"}),
    "rework.opened": (rework.opened, {"tester"}),
    "rework.items_joined": (joined, {"vendor"}),
    "rework.finding_sent": (rework.with_vendor, {"vendor"}),
    "rework.answered": (rework.fix_claimed, {"verifier"}),
    "rework.scope_signed": (rework.in_retest, {"vendor"}),
    "rework.to_retest": (rework.in_retest, {"tester", "tester2"}),
    "rework.reopened": (lambda cast: rework.retest(rework.in_retest(cast), cast, "FAIL"), {"vendor"}),
    "rework.closed_pass": (rework.closed_pass, {"vendor"}),
    "rework.closed_fail": (rework.closed_fail, {"vendor"}),
    "rework.abandoned": (rework.abandoned, {"tester"}),
    "report.compiled": (reports.compiled, {"verifier"}),
    "report.checked": (reports.checked, {"signatory"}),
    "report.returned": (returned_report, {"tester2"}),
    "report.issued": (reports.issued, {"vendor"}),
    "report.to_review": (reports.issued, {"reviewer", "decider"}),
    "report.amendment_opened": (reports.amendment, {"tester", "tester2"}),
    "report.withdrawal_refused": (kept_report, {"signatory"}),
    "report.withdrawn": (reports.withdrawn, {"vendor", "signatory"}),
    "certification.recommended": (certification.recommended, {"decider"}),
    "certification.granted": (certification.granted, {"vendor"}),
    "certification.refused": (certification.refused, {"vendor"}),
    "certification.suspended": (certification.suspended, {"vendor"}),
    "certification.suspension_lifted": (lifted, {"vendor"}),
    "certification.withdrawn": (certification.withdrawn, {"vendor"}),
    "certification.cancelled": (certification.cancelled, {"vendor"}),
    "certification.expired": (certification.expired, {"vendor"}),
    "certification.superseded": (superseded, {"vendor"}),
    "certification.certificate_issued": (with_certificate, {"vendor"}),
    "certification.report_followed": (followed, {"vendor"}),
    "company.renamed": (lambda cast: rename_company(
        company=cast.company_a, actor=cast.intake, name_zh="演示甲新名有限公司"), {"vendor"}),
    "edition.approved": (approved_edition, {"auditor"}),
    "edition.published": (lambda cast: publish_edition(edition=approved_edition(cast), actor=cast.approver),
                          {"vendor", "stranger", "intake", "tester", "tester2"}),
    "duty.exception_released": (excepted, {"tester", "signatory"}),
    "duty.exception_ended": (lambda cast: ordering.end_exception(exception=excepted(cast), actor=cast.quality),
                             {"tester"}),
    "role.granted": (granted_role, {"second"}),
    "role.confirmed": (lambda cast: confirm_role(grant=grant_role(
        user=cast.tester, role=Role.VE, actor=None), actor=cast.admin), {"tester"}),
    "role.revoked": (lambda cast: revoke_role(
        grant=RoleGrant.objects.get(user=cast.tester2, role=Role.TE), actor=cast.admin), {"tester2"}),
    "tool.retired": (lambda cast: retire_tool(tool=equipment.lent(cast).tool, actor=cast.quality, reason=WHY),
                     {"vendor"}),
}
