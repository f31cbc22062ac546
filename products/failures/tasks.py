"""The nightly check of everything that is stored."""

from celery import shared_task

# Reads every stored byte; whatever takes longer than this has gone wrong.
LIMIT_SECONDS = 7200


@shared_task(name="failures.check_storage", acks_late=False, time_limit=LIMIT_SECONDS)
def check_storage() -> None:
    """Find what is not as it was stored; a second run finds the same."""
    from products.failures import services

    services.check_storage()
