"""Writes of reports: compiled, checked, returned, authorised, rendered and issued by the worker, withdrawn."""

from products.reports.services.drafting import check_report, compile_report, return_report
from products.reports.services.issuing import authorise_report, withdraw_report
from products.reports.services.printing import preview_of, render_report, requeue_lost_renderings, retry_rendering

__all__ = [
    "authorise_report",
    "check_report",
    "compile_report",
    "preview_of",
    "render_report",
    "requeue_lost_renderings",
    "retry_rendering",
    "return_report",
    "withdraw_report",
]
