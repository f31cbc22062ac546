"""Tasks of equipment, by their fixed names."""

from celery import shared_task


@shared_task(name="equipment.remind", acks_late=True)
def remind_loans() -> None:
    """Remind of loans that are due or overdue; a second run finds nothing new."""
    from products.equipment import services

    services.remind_loans()
