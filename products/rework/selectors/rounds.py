"""Reworks as they ran: round by round, with the time that each side took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from members.history.models import Entry
from members.people.models import User
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.results.models import Evidence
from products.results.selectors import participants_in as participants_in_results
from products.rework.models import Answer, Finding, Rework, ReworkItem, Scope
from products.rework.states import RUNNING, ReworkState

# Acts by which a person explains or judges; whoever only ends a rework for want of an answer does neither.
EXPLAINING = ["rework.finding_drafted", "rework.finding_sent", "rework.answered", "rework.scope_signed",
              "rework.message_written", "rework.closed_fail"]
PARTS = ("order__device__device_type", "order__company", "sent_by")


@dataclass
class Round:
    """One round: what failed, what was sent, what was answered, what is tested again."""

    number: int
    items: list[ReworkItem] = field(default_factory=list)
    finding: Finding | None = None
    answer: Answer | None = None
    scope: Scope | None = None


def reworks_visible_to(user: User | AnonymousUser) -> QuerySet[Rework]:
    """Reworks of the orders that the person sees, the newest first.

    What a vendor reads of a round is its Finding, which is written when it is sent; `Rework.finding` is the
    laboratory's draft before that.
    """
    orders = orders_visible_to(user).order_by().values("pk")
    return Rework.objects.filter(order__in=orders).select_related(*PARTS)


def reworks_of(order: Order) -> QuerySet[Rework]:
    """All reworks of an order, the newest first."""
    return Rework.objects.filter(order=order).select_related(*PARTS)


def running_rework(order: Order) -> Rework | None:
    """The one rework of the order that has not ended."""
    return reworks_of(order).filter(state__in=RUNNING).first()


def rounds_of(rework: Rework) -> list[Round]:
    """The rounds, oldest first, in eight queries; items come with the attempt that failed and its versions."""
    rounds: defaultdict[int, Round] = defaultdict(lambda: Round(0))
    for item in rework.items.select_related(
        "plan_item__item_version", "reason", "attempt__version__hardware", "attempt__version__firmware",
        "attempt__recorded_by",
    ).order_by("round", "plan_item__position", "pk"):
        rounds[item.round].items.append(item)
    for finding in rework.findings.select_related("sent_by"):
        rounds[finding.round].finding = finding
    for answer in rework.answers.select_related("hardware", "firmware", "answered_by").prefetch_related("files"):
        rounds[answer.round].answer = answer
    scopes = rework.scopes.select_related("signed_by", "version__hardware", "version__firmware")
    for scope in scopes.prefetch_related("lines__plan_item__item_version"):
        rounds[scope.round].scope = scope
    for number, one in rounds.items():
        one.number = number
    return [rounds[number] for number in sorted(rounds)]


def evidence_of(rework: Rework) -> QuerySet[Evidence]:
    """The evidence of the items that failed in any round, by item and oldest first; what a finding rests on."""
    items = rework.items.values("plan_item")
    return Evidence.objects.filter(plan_item__in=items).select_related("file", "plan_item").order_by(
        "plan_item__position", "added_at")


def evidence_sent(rework: Rework) -> list[Evidence]:
    """What the findings that were sent rest on: evidence of a round's items that was there when its finding went out.

    Evidence is never taken away, so that what was added later is all that must be left out.
    """
    sent = dict(rework.findings.values_list("round", "sent_at"))
    until: dict[int, datetime] = {}
    for plan_item, number in rework.items.values_list("plan_item_id", "round"):
        if number in sent:
            until[plan_item] = max(sent[number], until.get(plan_item, sent[number]))
    return [row for row in evidence_of(rework) if row.plan_item_id in until
            and row.added_at <= until[row.plan_item_id]]


def seconds_with(rework: Rework, now: datetime | None = None) -> dict[str, int]:
    """Seconds with the laboratory and with the vendor, the state that runs now included."""
    seconds = {"laboratory": rework.laboratory_seconds, "vendor": rework.vendor_seconds}
    if rework.state in RUNNING:
        side = "vendor" if rework.state == ReworkState.WITH_VENDOR else "laboratory"
        seconds[side] += int(((now or timezone.now()) - rework.state_since).total_seconds())
    return seconds


def participants_in(order: Order) -> set[int]:
    """The ids of all who tested, verified, excluded, explained, answered or signed a scope on this order.

    S3, S4 and S6 exclude them from review and decision; the history is asked too, so that nobody is forgotten whose
    act left no row.
    """
    people = participants_in_results(order)
    people |= set(Finding.objects.filter(rework__order=order).values_list("sent_by_id", flat=True))
    people |= set(Answer.objects.filter(rework__order=order).values_list("answered_by_id", flat=True))
    people |= set(Scope.objects.filter(rework__order=order).values_list("signed_by_id", flat=True))
    acts = Entry.objects.filter(chain=order.chain, act__in=EXPLAINING, actor_id__isnull=False)
    return people | {key for key in acts.values_list("actor_id", flat=True) if key is not None}
