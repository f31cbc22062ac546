"""Which results, exclusions and pieces of evidence a person may know of, and what waits for whom."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from members.people.models import User
from products.files.selectors import PHOTOGRAPHS
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.states import REPORTED, Stage
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion, ImportJob
from products.results.states import IMPORT_TRIES, ActKind, ExclusionKind, ExclusionState, ImportState, SlotState

Visitor = User | AnonymousUser


def attempts_visible_to(user: Visitor) -> QuerySet[Attempt]:
    """Attempts of the orders that the person sees."""
    return Attempt.objects.filter(plan_item__order__in=orders_visible_to(user).order_by().values("pk"))


def exclusions_visible_to(user: Visitor) -> QuerySet[Exclusion]:
    """Exclusions on the orders that the person sees; a vendor's only once approved, and waivers, which it accepts."""
    rows = Exclusion.objects.filter(plan_item__order__in=orders_visible_to(user).order_by().values("pk"))
    if user.is_authenticated and user.is_member_of_staff:
        return rows
    return rows.filter(Q(state=ExclusionState.APPROVED) | Q(kind=ExclusionKind.WAIVER))


def evidence_visible_to(user: Visitor) -> QuerySet[Evidence]:
    """Evidence of the orders that the person sees."""
    return Evidence.objects.filter(order__in=orders_visible_to(user).order_by().values("pk"))


def attempts_to_verify() -> QuerySet[Attempt]:
    """Attempts of orders in testing on which nobody has acted, the longest waiting first."""
    acted = AttemptAct.objects.filter(attempt=OuterRef("pk"))
    waiting = Attempt.objects.filter(~Exists(acted), plan_item__order__stage=Stage.TESTING)
    return waiting.select_related(
        "plan_item__order__device", "plan_item__item_version", "recorded_by", "version__hardware", "version__firmware"
    ).order_by("recorded_at", "id")


def invalidations_requested(order: Order | None = None) -> QuerySet[Attempt]:
    """Attempts that a verifier wants thrown out and no quality manager has answered; of one order or of all."""
    asked = AttemptAct.objects.filter(kind=ActKind.INVALIDATION_REQUESTED).values("attempt")
    newest = AttemptAct.objects.filter(attempt=OuterRef("pk")).order_by("-id").values("kind")[:1]
    attempts = Attempt.objects.filter(pk__in=asked).alias(newest=Subquery(newest)).filter(
        newest=ActKind.INVALIDATION_REQUESTED)
    attempts = attempts.filter(plan_item__order=order) if order else attempts
    return attempts.select_related("plan_item__order__device", "plan_item__item_version", "recorded_by").order_by("id")


def items_thrown_out(order: Order) -> set[str]:
    """The codes of items of which a result was declared invalid, whatever was recorded since."""
    acts = AttemptAct.objects.filter(kind=ActKind.INVALIDATED, attempt__plan_item__order=order)
    return set(acts.values_list("attempt__plan_item__code", flat=True))


def items_to_replace(order: Order) -> list[str]:
    """The codes of items whose result was thrown out under a report and that have no other yet, in plan order."""
    if order.stage not in REPORTED:
        return []
    open_items = order.plan.filter(code__in=items_thrown_out(order)).exclude(slot__state=SlotState.VERIFIED)
    return list(open_items.values_list("code", flat=True))


def is_in_doubt(order: Order) -> bool:
    """Whether a result of the order is asked to be thrown out, which keeps the order from being complete."""
    return invalidations_requested(order).exists()


def has_moved_since(order: Order, moment: datetime) -> bool:
    """Whether a result of the order was recorded, or anything done with one, after the moment."""
    return (Attempt.objects.filter(plan_item__order=order, recorded_at__gt=moment).exists()
            or AttemptAct.objects.filter(attempt__plan_item__order=order, at__gt=moment).exists())


def exclusions_proposed() -> QuerySet[Exclusion]:
    """Exclusions that lack a consent, the longest waiting first."""
    return Exclusion.objects.filter(state=ExclusionState.PROPOSED).select_related(
        "plan_item__order__device", "plan_item__item_version", "proposed_by", "verifier", "vendor", "quality_manager"
    ).order_by("proposed_at")


def photographs_of(order: Order) -> QuerySet[Evidence]:
    """The photographs of the device, for the report, oldest first."""
    return Evidence.objects.filter(
        order=order, is_device_photograph=True, file__media_type__in=PHOTOGRAPHS, file__removed_at=None
    ).select_related("file").order_by("added_at", "pk")


def imports_given_up() -> QuerySet[ImportJob]:
    """Files that broke every worker that took them, oldest first; one with mere faults is its sender's to mend."""
    broken = ImportJob.objects.filter(state=ImportState.FAULTY, tries__gte=IMPORT_TRIES)
    return broken.select_related("file", "order").order_by("created_at")
