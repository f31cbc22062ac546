"""Hub: Celery looks for tasks here only."""

from products.certification.tasks import expire_certifications
from products.reports.tasks import render_report, sweep_renderings

__all__ = ["expire_certifications", "render_report", "sweep_renderings"]
