"""Tasks of certifications, by their fixed names."""

from celery import shared_task


@shared_task(name="certification.expire_certifications", acks_late=True)
def expire_certifications() -> None:
    """Expire what is past its last day; a second run finds nothing to do."""
    from products.certification import services

    services.expire_certifications()
