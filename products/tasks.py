"""Hub: Celery looks for tasks here only."""

from products.certification.tasks import expire_certifications, follow_reports, issue_certificates
from products.equipment.tasks import remind_loans
from products.failures.tasks import check_storage
from products.files.tasks import summarise_file, sweep_summaries
from products.notifications.tasks import tell_people
from products.open_data.tasks import publish_open_data
from products.reports.tasks import render_report, sweep_renderings
from products.results.tasks import process_import, sweep_imports
from products.retention.tasks import apply_retention
from products.rework.tasks import remind
from products.subscriptions.tasks import send_subscription_mails
from products.suites.tasks import retire_ended_editions
from products.webhooks.tasks import tell_webhooks

__all__ = [
    "apply_retention",
    "check_storage",
    "expire_certifications",
    "follow_reports",
    "issue_certificates",
    "process_import",
    "publish_open_data",
    "remind",
    "remind_loans",
    "render_report",
    "retire_ended_editions",
    "send_subscription_mails",
    "summarise_file",
    "sweep_imports",
    "sweep_renderings",
    "sweep_summaries",
    "tell_people",
    "tell_webhooks",
]
