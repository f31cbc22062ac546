"""What the clock sets off for notices."""

from celery import shared_task


@shared_task(name="notifications.tell", acks_late=True, time_limit=300)
def tell_people() -> None:
    """Tell whoever is concerned by what was done since the last time; a second run finds nothing to do."""
    from products.notifications import services

    services.tell_people()
