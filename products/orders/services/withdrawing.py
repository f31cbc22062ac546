"""Withdraws an edition of the suite and tells everybody who works or waits on it; no order is moved."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from members.companies.models import Company
from members.notices.services import notify_company, notify_role
from members.people.models import User
from members.people.states import Role
from products.orders.models import Order
from products.orders.states import ENDED
from products.suites.models import Edition
from products.suites.services import retire_edition
from wapicert.texts import REASON, takes_text

EVENT = "edition.withdrawn"


@takes_text(reason=REASON)
@transaction.atomic
def withdraw_edition(
    *, edition: Edition, actor: User, reason: str, replaced_by: Edition | None = None, ends_on: date | None = None,
    accepts_gap: bool = False, seen: str | None = None,
) -> Edition:
    """`retire_edition`, then a notice to intake, testers, editors and every company with an open order on it.

    Orders that were accepted for it go on; the directory keeps what was listed under it.
    """
    retired = retire_edition(edition=edition, actor=actor, reason=reason, replaced_by=replaced_by, ends_on=ends_on,
                             accepts_gap=accepts_gap, seen=seen)
    facts = {
        "label_zh": retired.label_zh, "label_en": retired.label_en, "ends_on": retired.ends_on,
        "reason": reason.strip(),
        "successor_zh": replaced_by.label_zh if replaced_by else "",
        "successor_en": replaced_by.label_en if replaced_by else "",
    }
    key, address = f"{retired.slug}:{retired.ends_on}", f"/editions/{retired.slug}/"
    for role in (Role.IN, Role.TE, Role.SE):
        notify_role(role=role, event=EVENT, key=key, facts=facts, address=address)
    concerned = Order.objects.filter(edition=retired).exclude(stage__in=ENDED).values("company")
    for company in Company.objects.filter(pk__in=concerned).order_by("pk"):
        notify_company(company=company, event=EVENT, key=key, facts=facts, address=address)
    return retired
