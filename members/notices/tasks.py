"""Tasks of notices, by their fixed names."""

from celery import shared_task


@shared_task(name="notices.send_mails", acks_late=True, time_limit=120)
def send_mails() -> None:
    """Send what waits for the post; every row is claimed, so a second run sends nothing twice."""
    from members.notices import services

    services.send_mails()
