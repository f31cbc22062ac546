"""Writes of certifications; the public listing follows in the same transaction."""

from products.certification.services.deciding import decide, last_day, recommend
from products.certification.services.documents import issue_certificates
from products.certification.services.following import confirm_correction, follow_reports, supersede_predecessors
from products.certification.services.steps import (
    cancel_certification,
    expire_certifications,
    lift_suspension,
    restore_certification,
    suspend_certification,
    withdraw_certification,
)

__all__ = [
    "cancel_certification",
    "confirm_correction",
    "decide",
    "expire_certifications",
    "follow_reports",
    "issue_certificates",
    "last_day",
    "lift_suspension",
    "recommend",
    "restore_certification",
    "supersede_predecessors",
    "suspend_certification",
    "withdraw_certification",
]
