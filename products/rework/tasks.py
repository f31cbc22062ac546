"""Tasks of reworks, by their fixed names."""

from celery import shared_task


@shared_task(name="rework.remind", acks_late=True)
def remind() -> None:
    """Remind whoever a rework waits for; a second run finds nothing new."""
    from products.rework import services

    services.remind_reworks()
