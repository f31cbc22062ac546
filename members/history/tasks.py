"""Tasks of the history, by their fixed names."""

from celery import shared_task


@shared_task(name="history.record_heads", acks_late=True)
def record_heads() -> None:
    """Keep the heads of all chains outside the database; a second run on the same state writes nothing."""
    from members.history import services

    services.record_heads()
