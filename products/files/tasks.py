"""Tasks of files, by their fixed names."""

from celery import shared_task


@shared_task(name="files.summarise", acks_late=True, time_limit=60)
def summarise_file(file_id: str) -> None:
    """Make a small picture of a photograph or count a capture's frames; claimed on the row."""
    from products.files import services

    services.summarise_file(file_id=file_id)


@shared_task(name="files.sweep", acks_late=True)
def sweep_summaries() -> None:
    """Send files again whose worker or message was lost, and give up those that killed their worker too often."""
    from products.files import services

    services.requeue_lost_summaries()
