"""Verbs on results as pages and API call them: the result moves, and what follows for rework and order follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from members.people.models import User
from products.orders.models import Order
from products.results import services as results
from products.results.errors import BatchEmpty
from products.results.models import Attempt, AttemptAct, Exclusion
from products.rework.services.settling import settle_order
from wapicert.texts import CODE, REASON, takes_text


@transaction.atomic
def verify_results(*, order: Order, attempts: Iterable[Attempt], actor: User) -> list[Attempt]:
    """`results.verify_attempts`; a verified FAIL opens a rework or joins it, the last verdict completes the order."""
    verified = results.verify_attempts(order=order, attempts=attempts, actor=actor)
    settle_order(order=order)
    return verified


@takes_text(comment=REASON)
@transaction.atomic
def return_result(*, attempt: Attempt, comment: str, actor: User) -> AttemptAct:
    """`results.return_attempt`."""
    act = results.return_attempt(attempt=attempt, comment=comment, actor=actor)
    settle_order(order=attempt.plan_item.order)
    return act


@takes_text(comment=REASON)
@transaction.atomic
def return_results(*, order: Order, attempts: Iterable[Attempt], comment: str, actor: User) -> list[AttemptAct]:
    """`results.return_attempt` for several, all or none, with one comment."""
    rows = list(attempts)
    if not rows:
        raise BatchEmpty(field="attempts")
    acts = [results.return_attempt(attempt=row, comment=comment, actor=actor) for row in rows]
    settle_order(order=order)
    return acts


@takes_text(reason=CODE, text=REASON)
@transaction.atomic
def correct_result(
    *, attempt: Attempt, row: Mapping[str, Any], reason: str, text: str, actor: User
) -> Attempt:
    """`results.correct_attempt`; a failure that is corrected leaves a rework that was not sent yet."""
    corrected = results.correct_attempt(attempt=attempt, row=row, reason=reason, text=text, actor=actor)
    settle_order(order=attempt.plan_item.order)
    return corrected


@takes_text(reason=REASON)
@transaction.atomic
def request_result_invalidation(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """`results.request_invalidation`; until it is decided the order is not complete."""
    return results.request_invalidation(attempt=attempt, reason=reason, actor=actor)


@takes_text(reason=REASON)
@transaction.atomic
def request_result_invalidations(*, attempts: Iterable[Attempt], reason: str, actor: User) -> list[AttemptAct]:
    """`results.request_invalidation` for several, of any orders, all or none."""
    rows = sorted(attempts, key=lambda row: (row.plan_item.order_id, row.pk))
    if not rows:
        raise BatchEmpty(field="attempts")
    return [results.request_invalidation(attempt=row, reason=reason, actor=actor) for row in rows]


@takes_text(reason=REASON)
@transaction.atomic
def invalidate_result(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """`results.invalidate_attempt`; a failure that is thrown out leaves a rework that was not sent yet."""
    act = results.invalidate_attempt(attempt=attempt, reason=reason, actor=actor)
    settle_order(order=attempt.plan_item.order)
    return act


@takes_text(reason=REASON)
@transaction.atomic
def refuse_result_invalidation(*, attempt: Attempt, reason: str, actor: User) -> AttemptAct:
    """`results.refuse_invalidation`; the last doubt that is lifted completes the order."""
    act = results.refuse_invalidation(attempt=attempt, reason=reason, actor=actor)
    settle_order(order=attempt.plan_item.order)
    return act


@transaction.atomic
def approve_item_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """`results.approve_exclusion`; the last open item completes the order."""
    row = results.approve_exclusion(exclusion=exclusion, actor=actor)
    settle_order(order=exclusion.plan_item.order)
    return row


@transaction.atomic
def accept_item_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """`results.accept_exclusion`; the last open item completes the order."""
    row = results.accept_exclusion(exclusion=exclusion, actor=actor)
    settle_order(order=exclusion.plan_item.order)
    return row


@takes_text(reason=REASON)
@transaction.atomic
def refuse_item_exclusion(*, exclusion: Exclusion, reason: str, actor: User) -> Exclusion:
    """`results.refuse_exclusion`."""
    row = results.refuse_exclusion(exclusion=exclusion, reason=reason, actor=actor)
    settle_order(order=exclusion.plan_item.order)
    return row


@transaction.atomic
def withdraw_item_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """`results.withdraw_exclusion`."""
    row = results.withdraw_exclusion(exclusion=exclusion, actor=actor)
    settle_order(order=exclusion.plan_item.order)
    return row


@takes_text(reason=REASON)
@transaction.atomic
def reopen_item_exclusion(*, exclusion: Exclusion, reason: str, actor: User) -> Exclusion:
    """`results.reopen_exclusion`; an order whose tests were complete is tested again."""
    row = results.reopen_exclusion(exclusion=exclusion, reason=reason, actor=actor)
    settle_order(order=exclusion.plan_item.order)
    return row
