"""Takes a running order to another edition: proposed by intake, consented to by the applicant, told item by item."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.history.services import append_entry
from members.notices.services import notify_company, notify_role
from members.people.models import User
from members.people.states import Role
from products.orders.errors import (
    NotPermitted,
    RebaseAnswered,
    RebaseBackwards,
    RebaseDropsFailure,
    RebaseNotPossible,
)
from products.orders.models import Order, PlanItem, Rebase
from products.orders.permissions import can_allow_drop, can_answer_rebase, can_propose_rebase
from products.orders.selectors import features_of, require_available
from products.orders.selectors.rebasing import PlanChange, dropped_among, plan_changes, planned_in
from products.orders.services.moves import lock_order, require_reason
from products.orders.states import Inclusion, PlanChangeKind, PlanReason, RebaseState, Stage
from products.suites.models import Edition
from products.suites.selectors import is_newer
from wapicert.texts import CODE, REASON, takes_text

PLAN = ["item_version", "inclusion", "reason", "feature", "is_counted", "position"]


@takes_text(reason=REASON, failed=CODE)
@transaction.atomic
def open_rebase(
    *, order: Order, edition: Edition, reason: str, actor: User, failed: Collection[str] = ()
) -> Rebase:
    """Propose to the applicant that the tests go on by a newer edition, and why; nothing changes yet.

    Part of the act of `rework.services`, which knows what `failed`: counted items among it that the new plan does not
    count are named on the proposal and to the quality manager, who decides first. Refuses whoever is not intake, an
    order that is not tested, an edition that is not newer or that no new order may use, and a second proposal beside
    one that waits.
    """
    if not can_propose_rebase(actor, order):
        raise NotPermitted(field="order")
    locked = _in_testing(order)
    require_available(edition)
    assert locked.edition is not None
    if edition.pk == locked.edition_id or locked.rebases.filter(state=RebaseState.PROPOSED).exists():
        raise RebaseNotPossible(field="edition")
    if not is_newer(edition, locked.edition):
        raise RebaseBackwards(field="edition", extra={"edition": edition.slug, "from": locked.edition.slug})
    changes = plan_changes(locked, edition)
    rebase = Rebase.objects.create(order=locked, from_edition=locked.edition, to_edition=edition, proposed_by=actor,
                                   reason=require_reason(reason), lines=_lines(changes),
                                   dropped=dropped_among(changes, failed))
    _note(rebase, actor, "order.rebase_proposed", reason)
    if rebase.dropped:
        notify_role(role=Role.QM, event="order.rebase_drops_failure", key=str(rebase.pk), facts={
            "number": locked.number, "items": rebase.dropped, "reason": rebase.reason},
            address=f"/lab/orders/{locked.number}/rebase/")
    notify_company(company=locked.company, event="order.rebase_proposed", key=str(rebase.pk), facts={
        "number": locked.number, "edition_zh": edition.label_zh, "edition_en": edition.label_en,
        "reason": rebase.reason}, address=f"/my/orders/{locked.number}/")
    return rebase


@takes_text(reason=REASON)
@transaction.atomic
def allow_drop(*, rebase: Rebase, reason: str, actor: User) -> Rebase:
    """Allow, as the quality manager and for a reason, that items which failed here no longer count; told to all.

    The report prints the items, the person and the reason. Refuses whoever proposed it, and a proposal that drops
    nothing or does not wait for this.
    """
    locked = _waiting_for_quality(rebase, actor)
    locked.drop_allowed_by, locked.drop_allowed_at = actor, timezone.now()
    locked.drop_reason = require_reason(reason)
    locked.save(update_fields=["drop_allowed_by", "drop_allowed_at", "drop_reason"])
    _note(locked, actor, "order.rebase_drop_allowed", locked.drop_reason)
    _tell(locked, "order.rebase_drop_allowed", locked.drop_reason, Role.IN, Role.VE, Role.SG)
    return locked


@takes_text(reason=REASON)
@transaction.atomic
def refuse_drop(*, rebase: Rebase, reason: str, actor: User) -> Rebase:
    """Refuse, as the quality manager and for a reason; the order stays with its edition."""
    locked = _waiting_for_quality(rebase, actor)
    answered = _answer(locked, actor, RebaseState.REFUSED, require_reason(reason), "order.rebase_drop_refused")
    _tell(answered, "order.rebase_drop_refused", answered.answer, Role.IN)
    return answered


@takes_text(reason=REASON)
@transaction.atomic
def refuse_rebase(*, rebase: Rebase, reason: str, actor: User) -> Rebase:
    """The applicant stays with the pinned edition, and says why."""
    locked = _waiting(rebase, actor)
    return _answer(locked, actor, RebaseState.REFUSED, require_reason(reason), "order.rebase_refused")


@takes_text(failed=CODE)
@transaction.atomic
def consent_to_rebase(
    *, rebase: Rebase, actor: User, failed: Collection[str] = ()
) -> tuple[Rebase, list[PlanItem]]:
    """The applicant consents: the order is pinned to the new edition, and its plan follows.

    Part of the act of `rework.services`, which asks for the repeats. Returns the rebase, whose lines say what became
    of each item, and the items whose words or limits changed. What was kept keeps its records. Refuses while an item
    that `failed` would no longer count and the quality manager has not allowed just that.
    """
    locked = _waiting(rebase, actor)
    order, edition = _in_testing(locked.order), require_available(locked.to_edition)
    assert order.edition is not None
    if not is_newer(edition, order.edition):
        raise RebaseBackwards(field="edition", extra={"edition": edition.slug, "from": order.edition.slug})
    changes = plan_changes(order, edition)
    _require_drops_allowed(locked, dropped_among(changes, failed))
    locked.lines = _lines(changes)
    _write_plan(order, edition)
    order.edition, order.edition_fingerprint = edition, edition.fingerprint
    order.frozen_declaration = _frozen(order, edition)
    order.row_version += 1
    order.save(update_fields=["edition", "edition_fingerprint", "frozen_declaration", "row_version"])
    _answer(locked, actor, RebaseState.CONSENTED, "", "order.rebased")
    return locked, [change.item for change in changes if change.item and change.kind == PlanChangeKind.CHANGED]


def _require_drops_allowed(rebase: Rebase, dropped: list[str]) -> None:
    allowed = rebase.dropped if rebase.drop_allowed_by_id is not None else []
    if missing := [code for code in dropped if code not in allowed]:
        raise RebaseDropsFailure(field="items", extra={"items": missing})


def _tell(rebase: Rebase, event: str, reason: str, *roles: Role) -> None:
    """Tell the applicant and the laboratory what was decided on items that failed, and why."""
    order = rebase.order
    facts = {"number": order.number, "items": rebase.dropped, "reason": reason}
    notify_company(company=order.company, event=event, key=str(rebase.pk), facts=facts,
                   address=f"/my/orders/{order.number}/")
    for role in roles:
        notify_role(role=role, event=event, key=str(rebase.pk), facts=facts,
                    address=f"/lab/orders/{order.number}/rebase/")


def _waiting_for_quality(rebase: Rebase, actor: User) -> Rebase:
    if not can_allow_drop(actor, rebase):
        raise NotPermitted(field="order")
    lock_order(rebase.order)
    locked = Rebase.objects.select_related("order__company", "to_edition", "from_edition").get(pk=rebase.pk)
    if not locked.waits_for_quality:
        raise RebaseAnswered(field="state", extra={"state": locked.state})
    return locked


def _frozen(order: Order, edition: Edition) -> dict[str, Any]:
    """The declaration with every feature that decides in the new edition; what it does not ask any more is left out."""
    frozen: dict[str, Any] = order.frozen_declaration or {}
    known = features_of(edition=edition, device_type=order.device.device_type, specification=frozen["specification"],
                        features={})
    declared = {key: value for key, value in frozen["declared_features"].items() if key in known}
    return frozen | {"features": known | declared}


def _write_plan(order: Order, edition: Edition) -> None:
    """Bring the plan in line; an item that is gone stays as a row that is out, so that its records keep their place."""
    old = {row.code: row for row in order.plan.all()}
    fresh = []
    for planned in planned_in(order, edition):
        row = old.pop(planned.code, None) or PlanItem(order=order, code=planned.code)
        for name in PLAN:
            setattr(row, name, getattr(planned, name))
        fresh.append(row)
    for row in old.values():
        row.inclusion, row.reason, row.feature, row.is_counted = Inclusion.OUT, PlanReason.NOT_IN_EDITION, None, False
    PlanItem.objects.bulk_update([row for row in [*fresh, *old.values()] if row.pk], PLAN)
    PlanItem.objects.bulk_create([row for row in fresh if not row.pk])


def _lines(changes: list[PlanChange]) -> list[dict[str, Any]]:
    """What the amendment records: each item, what becomes of it, and its versions by id before and after."""
    return [{"item": one.code, "kind": str(one.kind), "before": one.item.item_version_id if one.item else None,
             "after": one.planned.item_version.pk if one.planned else None} for one in changes]


def _in_testing(order: Order) -> Order:
    locked = lock_order(order)
    if locked.stage != Stage.TESTING:
        raise RebaseNotPossible(field="stage", extra={"stage": locked.stage})
    return locked


def _waiting(rebase: Rebase, actor: User) -> Rebase:
    """The proposal, its order locked, if it still waits and this person may answer."""
    if not can_answer_rebase(actor, rebase.order):
        raise NotPermitted(field="order")
    lock_order(rebase.order)
    locked = Rebase.objects.select_related("order", "to_edition", "from_edition").get(pk=rebase.pk)
    if locked.state != RebaseState.PROPOSED:
        raise RebaseAnswered(field="state", extra={"state": locked.state})
    return locked


def _answer(rebase: Rebase, actor: User, state: RebaseState, reason: str, act: str) -> Rebase:
    rebase.state, rebase.answered_by, rebase.answered_at, rebase.answer = state, actor, timezone.now(), reason
    rebase.save(update_fields=["state", "answered_by", "answered_at", "answer", "lines"])
    _note(rebase, actor, act, reason)
    return rebase


def _note(rebase: Rebase, actor: User, act: str, reason: str) -> None:
    by_kind = {kind.value: [line["item"] for line in rebase.lines if line["kind"] == kind] for kind in PlanChangeKind}
    append_entry(chain=rebase.order.chain, act=act, actor=actor, object_type="order", object_id=rebase.order.number,
                 before={"edition": rebase.from_edition.slug}, reason=reason,
                 after={"edition": rebase.to_edition.slug, "fingerprint": rebase.to_edition.fingerprint, **by_kind,
                        **({"dropped_failures": rebase.dropped} if rebase.dropped else {})},
                 rows=[rebase.order])
