"""Hub: Celery looks for tasks here only."""

from products.certification.tasks import expire_certifications, follow_reports, issue_certificates
from products.open_data.tasks import publish_open_data
from products.reports.tasks import render_report, sweep_renderings
from products.results.tasks import process_import, sweep_imports
from products.rework.tasks import remind
from products.subscriptions.tasks import send_subscription_mails

__all__ = [
    "expire_certifications",
    "follow_reports",
    "issue_certificates",
    "process_import",
    "publish_open_data",
    "remind",
    "render_report",
    "send_subscription_mails",
    "sweep_imports",
    "sweep_renderings",
]
