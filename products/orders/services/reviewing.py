"""Intake's part: returning, declining or accepting an application; acceptance freezes what will be tested."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.people.models import User
from products.devices.services import release_identity
from products.orders.errors import ReviewIncomplete
from products.orders.models import Order, PlanItem
from products.orders.selectors import PlannedItem, edition_for, features_of
from products.orders.services.drafting import declared_by, require_identified, require_testable
from products.orders.services.moves import begin_verb, move_order, require_reason
from products.orders.states import DECISION_RULE, REVIEW, Inclusion
from products.suites.models import Edition
from wapicert.texts import CODE, REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def return_order(*, order: Order, actor: User, reason: str, row_version: int | None = None) -> Order:
    """Give the application back to be completed (待补正), for a reason; the turn passes to the applicant.

    The model of a device for which nothing else was handed in can then be corrected.
    """
    order = begin_verb("return", order=order, actor=actor, row_version=row_version)
    if not order.device.orders.exclude(pk=order.pk).filter(submitted_at__isnull=False).exists():
        release_identity(device=order.device)
    return move_order(order=order, verb="return", actor=actor, reason=require_reason(reason))


@takes_text(reason=REASON)
@transaction.atomic
def decline_order(*, order: Order, actor: User, reason: str, row_version: int | None = None) -> Order:
    """Refuse the application for good (不予受理), for a reason."""
    order = begin_verb("decline", order=order, actor=actor, row_version=row_version)
    return move_order(order=order, verb="decline", actor=actor, reason=require_reason(reason))


@takes_text(review=CODE)
@transaction.atomic
def accept_order(
    *, order: Order, actor: User, review: dict[str, bool], edition: Edition | None = None,
    row_version: int | None = None,
) -> Order:
    """Accept the application: pin the edition with its fingerprint, freeze declaration, decision rule and plan.

    `review` must hold true for every key of `states.REVIEW`. The edition is the one given, else the one asked for,
    else the one in force. What is frozen is the copy made at submission; `row_version` names the version that was read,
    and another one is refused with what of it changed (StaleOrder). Refuses what `submit_order` refuses.
    """
    order = begin_verb("accept", order=order, actor=actor, row_version=row_version)
    _require_review(review)
    require_identified(order.company)
    pinned = edition or edition_for(order)
    plan = require_testable(order, pinned)
    PlanItem.objects.bulk_create(_plan_items(order, plan))
    changes = {
        "edition": pinned, "edition_fingerprint": pinned.fingerprint, "review": review,
        "frozen_declaration": _frozen(order, pinned), "decision_rule": DECISION_RULE, "accepted_at": timezone.now(),
    }
    note = {"edition": pinned.slug, "edition_fingerprint": pinned.fingerprint, "review": review,
            "items": [row.code for row in plan if row.inclusion == Inclusion.IN]}
    return move_order(order=order, verb="accept", actor=actor, changes=changes, note=note)


def _require_review(review: dict[str, bool]) -> None:
    missing = [key for key in REVIEW if review.get(key) is not True] + sorted(review.keys() - REVIEW.keys())
    if missing:
        rows = [{"field": f"review.{key}", "code": ReviewIncomplete.code, "message": REVIEW.get(key, key)}
                for key in missing]
        raise ReviewIncomplete(field=f"review.{missing[0]}", rows=rows)


def _plan_items(order: Order, plan: Iterable[PlannedItem]) -> list[PlanItem]:
    return [
        PlanItem(order=order, item_version=row.item_version, code=row.code, inclusion=row.inclusion,
                 reason=row.reason, feature=row.feature, is_counted=row.is_counted, position=row.position)
        for row in plan
    ]


def _frozen(order: Order, edition: Edition) -> dict[str, Any]:
    """What was submitted and read, with the features that follow in the edition; never what the records say since."""
    kept: dict[str, Any] = order.submitted_declaration or declared_by(order)
    features = features_of(edition=edition, device_type=order.device.device_type, specification=kept["specification"],
                           features=kept["features"])
    return {**{name: value for name, value in kept.items() if name != "source"},
            "declared_features": kept["features"], "features": features}
