"""Certifications in every state, built through the services; all invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from products.certification import services
from products.certification.models import Certification
from products.certification.states import CertificationState
from products.orders.models import Order
from products.reports.models import Report
from tests.factories import reports
from tests.factories.people import PASSWORD
from tests.factories.seeds import kept

WHY = {"public_reason_zh": "演示：抽查", "public_reason_en": "Demonstration: spot check", "password": PASSWORD}


@kept
def recommended(cast: SimpleNamespace, order: Order | None = None, **changes: Any) -> Certification:
    """Recommended by the reviewer on an issued report."""
    report: Report = reports.issued(cast, order)
    values = {"recommends_grant": True, "reason": "演示：资料齐全", **changes}
    return services.recommend(order=report.order, actor=cast.reviewer, **values)


@kept
def granted(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Granted and listed."""
    return services.decide(certification=recommended(cast, order), actor=cast.decider, grant=True, password=PASSWORD)


@kept
def refused(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Refused with a reason."""
    return services.decide(certification=recommended(cast, order), actor=cast.decider, grant=False,
                           reason="演示：不予授予", password=PASSWORD)


@kept
def suspended(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Suspended."""
    return services.suspend_certification(certification=granted(cast, order), actor=cast.decider, **WHY)


@kept
def withdrawn(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Ended by the alliance."""
    return services.withdraw_certification(certification=granted(cast, order), actor=cast.decider, **WHY)


@kept
def cancelled(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Ended at its holder's wish."""
    return services.cancel_certification(certification=granted(cast, order), actor=cast.decider, **WHY)


def expired(cast: SimpleNamespace, order: Order | None = None) -> Certification:
    """Past its last day."""
    certification = granted(cast, order)
    certification.valid_until = timezone.localdate() - timedelta(days=1)
    certification.save(update_fields=["valid_until"])
    services.expire_certifications()
    return Certification.objects.get(pk=certification.pk)


BUILDERS: dict[CertificationState, Callable[..., Certification]] = {
    CertificationState.RECOMMENDED: recommended, CertificationState.REFUSED: refused,
    CertificationState.VALID: granted, CertificationState.SUSPENDED: suspended,
    CertificationState.WITHDRAWN: withdrawn, CertificationState.CANCELLED: cancelled,
    CertificationState.EXPIRED: expired,
}
