"""Writes of reports: compiled, checked, returned, authorised, rendered and issued by the worker, amended, withdrawn."""

from products.reports.services.amending import amend_report
from products.reports.services.drafting import check_report, compile_report, return_report
from products.reports.services.issuing import authorise_report
from products.reports.services.printing import preview_of, render_report, requeue_lost_renderings, retry_rendering
from products.reports.services.standing import require_standing
from products.reports.services.withdrawing import consent_to_withdrawal, refuse_withdrawal, request_withdrawal

__all__ = [
    "amend_report",
    "authorise_report",
    "check_report",
    "compile_report",
    "consent_to_withdrawal",
    "preview_of",
    "refuse_withdrawal",
    "render_report",
    "request_withdrawal",
    "requeue_lost_renderings",
    "require_standing",
    "retry_rendering",
    "return_report",
]
