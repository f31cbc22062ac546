"""The certificate of a granted device: typeset and signed once by the worker, and stored."""

from __future__ import annotations

import logging

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction

from products.certification.models import Certification
from products.certification.rendering import render_certificate
from products.certification.selectors import certificate_facts, certifications_without_certificate
from products.certification.services.moves import note
from products.files.services import store_file
from products.reports.signing import sign_document

TASK = "certification.issue_certificates"
logger = logging.getLogger(__name__)


def ask_for_certificate() -> None:
    """Have the worker issue what is missing, once the grant is committed."""
    transaction.on_commit(lambda: current_app.send_task(TASK, retry=False), robust=True)


def issue_certificates() -> int:
    """Issue every certificate that is missing; harmless when run twice. Returns how many were issued."""
    return sum(map(_issue, list(certifications_without_certificate())))


def _issue(certification: Certification) -> bool:
    """Store the file, then point the row at it; whoever comes second throws its file away."""
    try:
        content = render_certificate(certificate_facts(certification), certification.decided_at
                                     or certification.state_since)
        number = certification.listing.listing_number if certification.listing else ""
        content = sign_document(content, reason=f"{number} 证明签发 Certificate issued")
        stored = store_file(upload=ContentFile(content, name=f"{number}.pdf"), actor=None,
                            company=certification.order.company)
    # One that cannot be made must not keep the others waiting; the next sweep tries it again.
    except Exception:
        logger.exception("The certificate of certification %s could not be issued", certification.pk)
        return False
    with transaction.atomic():
        free = Certification.objects.filter(pk=certification.pk, certificate__isnull=True)
        if free.update(certificate=stored) == 1:
            note(certification, "certification.certificate_issued", None, certification.state, reason="",
                 after={"state": certification.state, "listing": number, "sha256": stored.sha256, "sm3": stored.sm3})
            return True
    stored.content.delete(save=False)
    stored.delete()
    return False
