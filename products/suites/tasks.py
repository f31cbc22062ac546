"""Tasks of suites, by their fixed names."""

from celery import shared_task


@shared_task(name="suites.retire_ended_editions", acks_late=True)
def retire_ended_editions() -> None:
    """Retire editions whose announced day has come; a second run finds none."""
    from products.suites import services

    services.retire_ended_editions()
