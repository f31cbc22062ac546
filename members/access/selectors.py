"""Reads of the door: whose factor is set up, which resets wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from members.access.models import FactorReset, Invitation, SignIn
from members.people.models import RoleGrant, User
from members.people.states import SECOND_FACTOR_ROLES, Role


class Holder(NamedTuple):
    """Somebody who needs a second factor, by which roles, and which kinds are set up."""

    person: User
    roles: list[str]
    factors: list[str]


def open_resets() -> QuerySet[FactorReset]:
    """Requests that wait for the second person, oldest first."""
    return FactorReset.objects.filter(decided_at=None).select_related("user", "requested_by").order_by("requested_at")


def holders_of_second_factors() -> list[Holder]:
    """Everybody active whose roles ask for a second factor, and everybody who set one up."""
    roles: dict[int, list[str]] = {}
    grants = RoleGrant.objects.in_force().filter(role__in=SECOND_FACTOR_ROLES).order_by("role")
    for user_id, role in grants.values_list("user_id", "role"):
        roles.setdefault(user_id, []).append(str(Role(role).label))
    factors: dict[int, list[str]] = {}
    for user_id, kind in Authenticator.objects.order_by("type", "pk").values_list("user_id", "type"):
        factors.setdefault(user_id, []).append(kind)
    people = User.objects.filter(is_active=True, pk__in=roles.keys() | factors.keys()).order_by("username")
    return [Holder(person, roles.get(person.pk, []), _kinds(factors.get(person.pk, []))) for person in people]


def _kinds(found: Iterable[str]) -> list[str]:
    """Each kind once, recovery codes only beside a factor of their own."""
    return list(dict.fromkeys(kind for kind in found if kind != Authenticator.Type.RECOVERY_CODES))


def last_proof(records: list[dict[str, Any]]) -> float:
    """When a passkey was asked for again in this session, by allauth's records; 0 if never."""
    return max((row["at"] for row in records
                if row.get("method") == "mfa" and row.get("type") == "webauthn" and row.get("reauthenticated")),
               default=0.0)


def sign_ins(*, person: str = "", kind: str = "") -> QuerySet[SignIn]:
    """The log, newest first; of whose name, sign-in name or staff number contains the text, of one kind."""
    rows = SignIn.objects.select_related("user")
    if person.strip():
        text = person.strip()
        rows = rows.filter(Q(user__name__icontains=text) | Q(user__username__icontains=text)
                           | Q(user__staff_number__icontains=text))
    return rows.filter(kind=kind) if kind else rows


def sign_ins_of(user: User) -> QuerySet[SignIn]:
    """A person's own lines, newest first."""
    return SignIn.objects.filter(user=user)


def invitations_visible_to(user: User) -> QuerySet[Invitation]:
    """Open and closed ones, newest first: all for administrators, those of companies for intake, none for others."""
    rows = Invitation.objects.select_related("company", "invited_by", "user", "revoked_by")
    if Role.AD in user.role_codes:
        return rows
    return rows.filter(company__isnull=False) if Role.IN in user.role_codes else rows.none()
