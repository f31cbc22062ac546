"""What the clock sets off for webhooks."""

from celery import shared_task


@shared_task(name="webhooks.tell", acks_late=True, time_limit=300)
def tell_webhooks() -> None:
    """Collect what happened and send what is due; a second run finds nothing to do."""
    from products.webhooks import services

    services.collect_events()
    services.send_deliveries()
