"""Who may do what with a report. Predicates ask for role and past acts; the state is asked by the table of steps."""

from __future__ import annotations

from members.people.models import User
from members.people.permissions import may_act
from members.people.states import BUSINESS_ROLES, Role
from products.orders.models import Order
from products.orders.selectors import is_excepted
from products.orders.states import DutyRule, Stage
from products.reports.models import Report
from products.reports.states import AMENDABLE, TRANSITIONS, RenderingState, ReportState
from products.results.models import Attempt

# Whoever may move a report may start its rendering again, and the quality manager, who reads the failures.
RETRY_ROLES = frozenset({Role.TE, Role.VE, Role.SG, Role.QM})


def has_recorded_results(user: User, order: Order) -> bool:
    """Whether the person recorded any attempt of the order, corrected and invalidated ones included (S2)."""
    return Attempt.objects.filter(plan_item__order=order, recorded_by=user).exists()


def is_recorder_of(user: User, order: Order) -> bool:
    """S2: whether the person recorded any result of the order, and no exception lets them sign all the same."""
    return has_recorded_results(user, order) and not is_excepted(order, user, DutyRule.S2)


def can_compile_report(user: User, order: Order) -> bool:
    """Testers."""
    return may_act(user, order.company_id, Role.TE)


def is_to_be_compiled(order: Order) -> bool:
    """Whether the order's report can be compiled now: its draft, also that of an amendment, or its first report."""
    states = set(Report.objects.filter(order=order).values_list("state", flat=True))
    has_other = states & {ReportState.CHECKED, ReportState.AUTHORISED}
    return (order.stage in (Stage.COMPLETE, Stage.REPORTING) and not has_other
            and (ReportState.DRAFT in states or ReportState.ISSUED not in states))


def can_check_report(user: User, report: Report) -> bool:
    """Verifiers, but not whoever compiled it (S10)."""
    return may_act(user, report.order.company_id, Role.VE) and report.compiled_by_id != user.pk


def can_return_report(user: User, report: Report) -> bool:
    """Verifiers and signatories."""
    return may_act(user, report.order.company_id, Role.VE, Role.SG)


def can_authorise_report(user: User, report: Report) -> bool:
    """Signatories who neither compiled nor checked it (S10) nor recorded a result in it (S2)."""
    return (may_act(user, report.order.company_id, Role.SG)
            and user.pk not in (report.compiled_by_id, report.checked_by_id)
            and not is_recorder_of(user, report.order))


def can_amend_report(user: User, report: Report) -> bool:
    """Signatories, while the order can go back to its results; see services.amending."""
    return may_act(user, report.order.company_id, Role.SG)


def can_withdraw_report(user: User, report: Report) -> bool:
    """Signatories ask, once."""
    return may_act(user, report.order.company_id, Role.SG) and report.withdrawal_requested_at is None


def can_consent_to_withdrawal(user: User, report: Report) -> bool:
    """Quality managers who did not ask for it themselves."""
    return can_refuse_withdrawal(user, report) and report.withdrawal_requested_by_id != user.pk


def can_refuse_withdrawal(user: User, report: Report) -> bool:
    """Quality managers, once a signatory asked."""
    return may_act(user, report.order.company_id, Role.QM) and report.withdrawal_requested_at is not None


def can_retry_rendering(user: User, report: Report) -> bool:
    """Whoever may move a report, and the quality manager."""
    return may_act(user, report.order.company_id, *RETRY_ROLES)


def can_preview_report(user: User, report: Report) -> bool:
    """Staff with a business role and auditors see drafts; vendors never."""
    return may_act(user, None, *BUSINESS_ROLES, Role.AU)


# Steps of a report in work; while its order is tested again, or paused, it waits.
IN_REPORTING = ("check", "return", "authorise")
PREDICATES = {
    "check": can_check_report,
    "return": can_return_report,
    "authorise": can_authorise_report,
    "amend": can_amend_report,
    "withdraw": can_withdraw_report,
    "consent": can_consent_to_withdrawal,
    "refuse": can_refuse_withdrawal,
}


def verbs_open_to(user: User, report: Report) -> list[str]:
    """The verbs that this person may do with the report as it stands now: what a page offers as buttons."""
    verbs = [verb for verb, may in PREDICATES.items()
             if report.state in TRANSITIONS[verb].sources and may(user, report)
             and (verb not in IN_REPORTING or report.order.stage == Stage.REPORTING)
             and (verb != "amend" or report.order.stage in AMENDABLE)]
    # Rendering fails while a report is authorised, and nothing moves it on until it is stored.
    has_failed = report.rendering_state == RenderingState.FAILED
    return [*verbs, "retry_rendering"] if has_failed and can_retry_rendering(user, report) else verbs
