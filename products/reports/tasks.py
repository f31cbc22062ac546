"""Tasks of reports, by their fixed names."""

from celery import shared_task


@shared_task(name="reports.render_report", acks_late=True, time_limit=120)
def render_report(report_id: str) -> None:
    """Render one authorised report; claimed on the row, so a second run does nothing."""
    from products.reports import services

    services.render_report(report_id=report_id)


@shared_task(name="reports.sweep_renderings", acks_late=True)
def sweep_renderings() -> None:
    """Send renderings again whose worker or message was lost."""
    from products.reports import services

    services.requeue_lost_renderings()
