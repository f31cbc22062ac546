"""What is held: by a hold of its own, or with the order or company that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from members.history.models import Entry
from members.people.models import User
from products.orders.models import Order
from products.retention.models import Hold


@dataclass(frozen=True)
class Held:
    """Keys of what holds stand on."""

    orders: frozenset[int]
    companies: frozenset[int]
    people: frozenset[int]

    @property
    def of_orders(self) -> Q:
        """Orders that are held themselves or with their company."""
        return Q(pk__in=self.orders) | Q(company_id__in=self.companies)

    def of_people(self, path: str = "user") -> Q:
        """Rows of people who are held themselves or with their company; `path` names the person."""
        return Q(**{f"{path}_id__in": self.people}) | Q(**{f"{path}__company_id__in": self.companies})


def standing_holds() -> QuerySet[Hold]:
    """Holds that were not lifted, newest first, with what they are on."""
    return Hold.objects.filter(lifted_at=None).select_related(
        "order", "company", "user", "placed_by", "lift_requested_by")


def lifted_holds() -> QuerySet[Hold]:
    """Holds that two people lifted, the last first."""
    return Hold.objects.filter(lifted_at__isnull=False).select_related(
        "order", "company", "user", "placed_by", "lift_requested_by", "lifted_by").order_by("-lifted_at", "-id")


def last_removals(most: int) -> QuerySet[Entry]:
    """What went by the table of retention, the last first; each entry says the kind and how many."""
    return Entry.objects.filter(chain="retention", act="retention.removed").order_by("-sequence")[:most]


def held() -> Held:
    """What holds stand on now."""
    rows = list(Hold.objects.filter(lifted_at=None).values_list("order_id", "company_id", "user_id"))
    orders, companies, people = (frozenset(row[place] for row in rows if row[place] is not None) for place in range(3))
    return Held(orders, companies, people)


def is_person_held(user: User) -> bool:
    """Whether a hold stands on the person, on the person's company, or on an order on which the person acted."""
    found = held()
    if user.pk in found.people or user.company_id in found.companies:
        return True
    if not found.orders and not found.companies:
        return False
    numbers = Order.objects.filter(found.of_orders).values_list("number", flat=True)
    chains = [f"order:{number}" for number in numbers]
    return Entry.objects.filter(actor_id=user.pk, chain__in=chains).exists()
