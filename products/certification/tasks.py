"""Tasks of certifications, by their fixed names."""

from celery import shared_task


@shared_task(name="certification.expire_certifications", acks_late=True)
def expire_certifications() -> None:
    """Expire what is past its last day; a second run finds nothing to do."""
    from products.certification import services

    services.expire_certifications()


@shared_task(name="certification.follow_reports", acks_late=True)
def follow_reports() -> None:
    """Carry amended reports to certifications and listings; a second run finds nothing to do."""
    from products.certification import services

    services.follow_reports()


@shared_task(name="certification.issue_certificates", acks_late=True, time_limit=120)
def issue_certificates() -> None:
    """Typeset, sign and store the certificates that are missing; a second run finds nothing to do."""
    from products.certification import services

    services.issue_certificates()
