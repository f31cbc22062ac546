"""What colleagues changed on a bench since somebody last looked, read off the order's history."""

from __future__ import annotations

from dataclasses import dataclass, field

from members.history.models import Chain, Entry
from members.people.models import User
from products.orders.models import Order, PlanItem
from products.orders.states import Inclusion
from products.suites.states import ResultType

# More than that, and the page is loaded anew rather than patched.
MOST_ENTRIES = 200


@dataclass
class Changes:
    """Where the history stands, which items were touched since, by whom, and whether the page itself is outdated."""

    cursor: int
    people: dict[str, str] = field(default_factory=dict)
    is_outdated: bool = False

    @property
    def codes(self) -> set[str]:
        """The items whose rows are to be shown anew."""
        return set(self.people)


def cursor_of(order: Order) -> int:
    """How long the order's history is: it grows with whatever happens to the order, and with nothing else."""
    return Chain.objects.filter(name=order.chain).values_list("length", flat=True).first() or 0


def changes_since(order: Order, cursor: int) -> Changes:
    """What was done to the order's items after the entry `cursor`, each item with the name of who did it last.

    Parents are named with their children. `is_outdated`: the order's stage moved, or too much happened.
    """
    entries = list(Entry.objects.filter(chain=order.chain, sequence__gt=cursor).order_by("sequence")
                   .values_list("sequence", "act", "actor_id", "after")[:MOST_ENTRIES + 1])
    changes = Changes(entries[-1][0] if entries else cursor)
    changes.is_outdated = len(entries) > MOST_ENTRIES or any(act.startswith(("order.", "version."))
                                                            for _number, act, _actor, _after in entries)
    actors = {actor for _number, _act, actor, _after in entries if actor}
    names = dict(User.objects.filter(pk__in=actors).values_list("pk", "name")) if actors else {}
    for _number, _act, actor, after in entries:
        for code in [*after.get("items", []), *filter(None, [after.get("item")])]:
            changes.people[code] = names.get(actor or 0, "")
    if changes.people:
        derived = PlanItem.objects.filter(order=order, inclusion=Inclusion.IN,
                                          item_version__result_type=ResultType.DERIVED)
        for code in derived.order_by().values_list("code", flat=True):
            changes.people.setdefault(code, "")
    return changes
