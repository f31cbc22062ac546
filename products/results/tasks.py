"""Tasks of results, by their fixed names."""

from celery import shared_task


@shared_task(name="results.process_import", acks_late=True, time_limit=300)
def process_import(job_id: str) -> None:
    """Check or save a file of results; claimed on the row, and taken up where a killed worker left it."""
    from products.results import services

    services.process_import(job_id=job_id)


@shared_task(name="results.sweep_imports", acks_late=True)
def sweep_imports() -> None:
    """Send files again whose worker or message was lost."""
    from products.results import services

    services.requeue_lost_imports()
