"""The certificate of a granted device: typeset and signed once by the worker, and stored."""

from __future__ import annotations

import logging

from celery import current_app
from django.core.files.base import ContentFile
from django.db import transaction

from products.certification.models import Certification
from products.certification.rendering import render_certificate
from products.certification.selectors import certificate_facts, certifications_without_certificate
from products.certification.services.moves import lock, note
from products.files.services import kept_only_if_used, store_file
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
    """Typeset, sign and store one certificate; False where it cannot be made or another worker was quicker."""
    try:
        content = render_certificate(certificate_facts(certification), certification.decided_at
                                     or certification.state_since)
        number = certification.listing.listing_number if certification.listing else ""
        content = sign_document(content, reason=f"{number} 证明签发 Certificate issued")
        return _store(certification, number, ContentFile(content, name=f"{number}.pdf"))
    # One that cannot be made must not keep the others waiting; the next sweep tries it again.
    except Exception:
        logger.exception("The certificate of certification %s could not be issued", certification.pk)
        return False


@transaction.atomic
def _store(certification: Certification, number: str, upload: ContentFile[bytes]) -> bool:
    """Store the file and point the row at it, both or neither; False if the row has one already.

    The row is locked first, so that whoever is late stores nothing: the site's own role may not delete rows of files.
    """
    locked = lock(certification)
    if locked.certificate_id is not None:
        return False
    stored = store_file(upload=upload, actor=None, company=locked.order.company)
    with kept_only_if_used(stored):
        locked.certificate = stored
        locked.save(update_fields=["certificate"])
        note(locked, "certification.certificate_issued", None, locked.state, reason="",
             after={"state": locked.state, "listing": number, "sha256": stored.sha256, "sm3": stored.sm3})
    return True
