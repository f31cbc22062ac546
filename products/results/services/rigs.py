"""Registers test rigs, gives them tokens that only record, and takes these back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from members.history.services import append_entry
from members.notices.services import notify
from members.people.models import ApiToken, User
from members.people.services import issue_token, revoke_token
from members.people.states import Activity, Role, TokenScope
from products.equipment.models import Tool
from products.orders.models import Order
from products.results import errors
from products.results.models import Rig
from products.results.permissions import can_keep_rig
from products.results.services.guards import require_right
from wapicert.texts import line, takes_text

CHAIN = "rigs"
MOST_DAYS = 366


@takes_text(number=line(30), name_zh=line(120))
@transaction.atomic
def register_rig(
    *, number: str, name_zh: str, responsible: User, tools: Iterable[Tool], days: int, actor: User,
    orders: Iterable[Order] = (),
) -> tuple[Rig, str]:
    """A rig with its first token; returns it with the secret, which is shown once and never stored.

    Refuses whoever may not keep the responsible person's rigs, a person without an authorisation to record, no tool
    in use (RigInvalid), and a number that was ever used. The person is told if another one registered it.
    """
    require_right(can_keep_rig(actor, responsible), roles="TE, QM")
    number, name, used = number.strip(), name_zh.strip(), [tool for tool in tools if tool.is_active]
    if not (number and name and used and 0 < days <= MOST_DAYS and _may_record(responsible)):
        raise errors.RigInvalid
    if Rig.objects.filter(number=number).exists():
        raise errors.RigNumberTaken(field="number")
    token, secret = _issue(number, responsible, days, actor)
    rig = Rig.objects.create(number=number, name_zh=name, responsible=responsible, token=token, registered_by=actor)
    rig.tools.set(used)
    rig.orders.set(orders)
    _tell(rig, "rig.registered", actor)
    return rig, secret


@transaction.atomic
def renew_rig(*, rig: Rig, days: int, actor: User) -> tuple[Rig, str]:
    """Give a rig another token, which ends the one before; returns the secret once more."""
    locked = _locked(rig, actor)
    if not 0 < days <= MOST_DAYS or not _may_record(locked.responsible):
        raise errors.RigInvalid
    if locked.token.revoked_at is None:
        revoke_token(token=locked.token, actor=actor)
    locked.token, secret = _issue(locked.number, locked.responsible, days, actor)
    locked.save(update_fields=["token"])
    _tell(locked, "rig.renewed", actor)
    return locked, secret


@transaction.atomic
def revoke_rig(*, rig: Rig, actor: User) -> Rig:
    """End the rig's token at once; what it recorded stays."""
    locked = _locked(rig, actor)
    if locked.token.revoked_at is not None:
        raise errors.RigRevoked
    revoke_token(token=locked.token, actor=actor)
    _tell(locked, "rig.revoked", actor)
    return locked


def rig_behind(auth: object) -> Rig | None:
    """The rig whose token a request came with; None for people."""
    if not isinstance(auth, ApiToken) or auth.scope != TokenScope.RIG:
        return None
    return Rig.objects.get(token=auth)


def require_rig_on(*, auth: object, number: str) -> None:
    """Raises RigElsewhere where a request came with the token of a rig that is limited to other orders.

    Asked before anything of an order is read, so that a token tells nothing of orders that it is not for.
    """
    rig = rig_behind(auth)
    if rig and rig.orders.exists() and not rig.orders.filter(number=number).exists():
        raise errors.RigElsewhere(field="order")


def _issue(number: str, responsible: User, days: int, actor: User) -> tuple[ApiToken, str]:
    ends = timezone.now() + timedelta(days=days)
    return issue_token(user=responsible, label=number, expires_at=ends, scope=TokenScope.RIG, actor=actor)


def _locked(rig: Rig, actor: User) -> Rig:
    locked = Rig.objects.select_for_update(of=("self",)).select_related("token", "responsible").get(pk=rig.pk)
    require_right(can_keep_rig(actor, locked.responsible), roles="TE, QM")
    return locked


def _may_record(person: User) -> bool:
    """Whether a rig may record in the person's name at all; the category is asked row by row."""
    held = person.test_authorisations.filter(activity=Activity.RECORD)
    return Role.TE in person.role_codes and held.exists()


def _tell(rig: Rig, act: str, actor: User) -> None:
    facts = {"responsible": rig.responsible.staff_number, "token": rig.token.prefix,
             "expires_at": rig.token.expires_at, "tools": sorted(rig.tools.values_list("number", flat=True)),
             "orders": sorted(rig.orders.values_list("number", flat=True))}
    append_entry(chain=CHAIN, act=act, actor=actor, object_type="rig", object_id=rig.number, after=facts)
    if actor.pk != rig.responsible_id:
        notify(people=[rig.responsible], event="rig.changed", key=f"{act}:{rig.token.prefix}",
               facts={"number": rig.number, "name": rig.name_zh, "who": actor.name, "act": act}, address="/lab/rigs/")
