"""Items of the plan that get no result: proposed with a reason, approved by all who must consent, or refused."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.history.services import append_entry
from members.people.models import User
from products.orders.models import Order, PlanItem
from products.orders.services.moves import lock_order
from products.orders.states import Inclusion
from products.results import errors
from products.results.models import Exclusion
from products.results.permissions import (
    can_accept_exclusion,
    can_propose_exclusion,
    can_refuse_exclusion,
    can_reopen_exclusion,
    can_withdraw_exclusion,
    consent_of,
)
from products.results.selectors import DEAD, UNVERIFIED
from products.results.services.guards import order_in_testing, order_reopened, require_right, require_text
from products.results.services.slots import open_slots, recompute_slots
from products.results.states import EXCLUSION_TRANSITIONS, IN_FORCE, ExclusionKind, ExclusionState, SlotState, Verdict
from products.suites.states import ResultType
from wapicert.texts import CODE, REASON, takes_text
from wapicert.transitions import require_transition

# When each of the laboratory's consents was given, or refused.
MOMENTS = {"verifier": "verified_at", "quality_manager": "quality_approved_at"}


@takes_text(item=CODE, kind=CODE, reason=REASON)
@transaction.atomic
def propose_exclusion(*, order: Order, item: str, kind: str, reason: str, actor: User) -> Exclusion:
    """Propose that a planned item gets no result, and why.

    Only an item without a verdict that stands: not tested, to be repeated, or inconclusive. A failed one is refused,
    also while it waits for its retest: it goes through rework.
    """
    require_right(can_propose_exclusion(actor, order), roles="TE")
    if kind not in ExclusionKind.values:
        raise errors.ExclusionKindUnknown(field="kind")
    reason = require_text(reason, "reason")
    locked = order_in_testing(order)
    open_slots(order=locked)
    plan_item = _excludable(locked, item)
    exclusion = Exclusion.objects.create(plan_item=plan_item, kind=kind, reason=reason, proposed_by=actor,
                                         proposed_at=timezone.now())
    append_entry(chain=locked.chain, act="exclusion.proposed", actor=actor, object_type="exclusion",
                 object_id=exclusion.pk, after={"item": plan_item.code, "kind": kind}, reason=reason)
    return exclusion


def _excludable(order: Order, code: str) -> PlanItem:
    """The planned item, if an exclusion may be proposed for it."""
    found = PlanItem.objects.select_related("item_version", "slot").filter(order=order, code=code).first()
    if found is None:
        raise errors.ItemUnknown(field="item")
    if found.inclusion != Inclusion.IN:
        raise errors.ItemNotInPlan(field="item")
    if found.item_version.result_type == ResultType.DERIVED:
        raise errors.DerivedItem(field="item")
    if found.exclusions.filter(state__in=IN_FORCE).exists():
        raise errors.ExclusionInForce(field="item")
    _require_no_result(found)
    return found


def _require_no_result(plan_item: PlanItem) -> None:
    """Refuse an item whose result stands or waits for its verifier, and one that failed last."""
    slot = plan_item.slot
    is_open = slot.state in (SlotState.TODO, SlotState.RECONFIRM) or slot.verdict == Verdict.INC
    if not is_open or _failed_last(plan_item):
        raise errors.ItemHasResult(field="item")


def _failed_last(plan_item: PlanItem) -> bool:
    """Whether the last conclusive test that stands failed; an inconclusive retest does not wash that away."""
    attempts = plan_item.attempts.prefetch_related("acts").order_by("-ordinal", "-revision")
    said = (row.verdict for row in attempts if row.state not in DEAD | UNVERIFIED and row.verdict != Verdict.INC)
    return next(said, None) == Verdict.FAIL


@transaction.atomic
def approve_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """Give the consent that the actor may give: the verifier's, or the quality manager's to a waiver.

    It is approved once all consents are there; proposer, verifier and quality manager are three persons.
    """
    order, row = _locked(exclusion, "approve")
    require_right(can_refuse_exclusion(actor, row), roles="VE, QM")
    if actor.pk in (row.proposed_by_id, row.verifier_id, row.quality_manager_id):
        raise errors.ExclusionNeedsAnother(field="actor")
    consent = consent_of(actor, row)
    if not consent:
        raise errors.ConsentNotAsked(field="actor")
    return _consent(order, row, actor, consent, MOMENTS[consent])


@transaction.atomic
def accept_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """The vendor accepts a waiver; other kinds do not ask the vendor."""
    require_right(can_accept_exclusion(actor, exclusion), roles="VU")
    order, row = _locked(exclusion, "accept")
    if row.kind != ExclusionKind.WAIVER or row.vendor_id is not None:
        raise errors.ConsentNotAsked(field="actor")
    return _consent(order, row, actor, "vendor", "vendor_accepted_at")


@takes_text(reason=REASON)
@transaction.atomic
def refuse_exclusion(*, exclusion: Exclusion, reason: str, actor: User) -> Exclusion:
    """Refuse a proposal, and why; the item waits for its result again."""
    order, row = _locked(exclusion, "refuse")
    require_right(can_refuse_exclusion(actor, row), roles="VE, QM")
    if actor.pk == row.proposed_by_id:
        raise errors.ExclusionNeedsAnother(field="actor")
    row.refusal, row.state = require_text(reason, "reason"), ExclusionState.REFUSED
    if who := consent_of(actor, row):
        setattr(row, who, actor)
        setattr(row, MOMENTS[who], timezone.now())
    row.save(update_fields=["refusal", "state", *MOMENTS, *MOMENTS.values()])
    _note(order, row, actor, "exclusion.refused", reason)
    return row


@transaction.atomic
def withdraw_exclusion(*, exclusion: Exclusion, actor: User) -> Exclusion:
    """Take back an own proposal that is not approved yet; the item waits for its result again."""
    order, row = _locked(exclusion, "withdraw")
    require_right(can_withdraw_exclusion(actor, row), roles=_("提议人"))
    row.state, row.ended_by, row.ended_at = ExclusionState.WITHDRAWN, actor, timezone.now()
    row.save(update_fields=["state", "ended_by", "ended_at"])
    _note(order, row, actor, "exclusion.withdrawn")
    return row


@takes_text(reason=REASON)
@transaction.atomic
def reopen_exclusion(*, exclusion: Exclusion, reason: str, actor: User) -> Exclusion:
    """Open an approved exclusion again, for a reason: the item is to be tested after all.

    While the order is tested; one whose tests were complete goes back to testing. Beside a report in work or issued
    refused: that report is returned or amended first.
    """
    require_right(can_reopen_exclusion(actor, exclusion), roles="TE, VE")
    reason = require_text(reason, "reason")
    order, row = _checked(lock_order(exclusion.plan_item.order), exclusion, "reopen")
    order = order_reopened(order, reason)
    row.refusal, row.state, row.ended_by, row.ended_at = reason, ExclusionState.REOPENED, actor, timezone.now()
    row.save(update_fields=["refusal", "state", "ended_by", "ended_at"])
    recompute_slots(order=order, plan_item_ids=[row.plan_item_id])
    _note(order, row, actor, "exclusion.reopened", reason, before=ExclusionState.APPROVED)
    return row


def _locked(exclusion: Exclusion, verb: str) -> tuple[Order, Exclusion]:
    """The order in testing and the exclusion as it stands, if the verb may start from its state."""
    return _checked(order_in_testing(exclusion.plan_item.order), exclusion, verb)


def _checked(order: Order, exclusion: Exclusion, verb: str) -> tuple[Order, Exclusion]:
    row = Exclusion.objects.select_related("plan_item__order").get(pk=exclusion.pk)
    state = ExclusionState(row.state)
    require_transition(EXCLUSION_TRANSITIONS, verb, state, state.label)
    return order, row


def _consent(order: Order, row: Exclusion, actor: User, who: str, when: str) -> Exclusion:
    """Write one consent; with the last one the exclusion is approved and the slot follows.

    The item is looked at again: a failure that came to light after the proposal must not vanish behind it.
    """
    _require_no_result(PlanItem.objects.select_related("slot").get(pk=row.plan_item_id))
    setattr(row, who, actor)
    setattr(row, when, timezone.now())
    asked = [row.verifier_id]
    if row.kind == ExclusionKind.WAIVER:
        asked += [row.vendor_id, row.quality_manager_id]
    if None not in asked:
        row.state = ExclusionState.APPROVED
    row.save(update_fields=[who, when, "state"])
    recompute_slots(order=order, plan_item_ids=[row.plan_item_id])
    _note(order, row, actor, "exclusion.approved" if row.state == ExclusionState.APPROVED else "exclusion.consented")
    return row


def _note(
    order: Order, row: Exclusion, actor: User, act: str, reason: str = "", *,
    before: ExclusionState = ExclusionState.PROPOSED,
) -> None:
    append_entry(chain=order.chain, act=act, actor=actor, object_type="exclusion", object_id=row.pk,
                 before={"state": before},
                 after={"state": row.state, "item": row.plan_item.code, "kind": row.kind}, reason=reason)
