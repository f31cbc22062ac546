"""The daily end of what has run out."""

from celery import shared_task

# A first run over years may have much to take away; whatever takes longer than this has gone wrong.
LIMIT_SECONDS = 7200


@shared_task(name="retention.apply", acks_late=False, time_limit=LIMIT_SECONDS)
def apply_retention() -> None:
    """Remove what is kept no longer, lot by lot; a second run, or the next day's, goes on where one was killed."""
    from products.retention import services

    services.apply_retention()
