"""Tasks of subscriptions, by their fixed names."""

from celery import shared_task


@shared_task(name="subscriptions.send_mails", acks_late=True)
def send_subscription_mails() -> None:
    """Tell what changed and send what waits; a second run finds nothing to do."""
    from products.subscriptions import services

    services.tell_changes()
    services.send_mails()
