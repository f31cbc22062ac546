"""Who comes in, and what is done when somebody cannot."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from members.access.states import SignInKind
from members.companies.models import Company
from members.people.models import User
from wapicert.seals import sealed


class FactorReset(models.Model):
    """A lost second factor: one administrator asks to remove it, a second person confirms or refuses.

    Moved by `access.services.resets`.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    reason = models.CharField(max_length=400)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(decided_at__isnull=True), name="factor_reset_once"),
            models.CheckConstraint(
                condition=~Q(requested_by=F("user")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
                name="factor_reset_by_others",
            ),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | ~Q(decided_by=F("requested_by")),
                name="factor_reset_confirmed_by_another",
            ),
        ]


class SignIn(models.Model):
    """One line of the log of sign-ins; written by `access.services.logging`, kept for SIGN_IN_LOG_DAYS.

    It knows no password, no whole address, and no name that was typed and is nobody's.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=16, choices=SignInKind)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="sign_ins")
    network = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at"], name="sign_in_of_person")]


class Invitation(models.Model):
    """Somebody who is asked by mail to open the account that was prepared; moved by `access.services.invitations`.

    The link carries the row's number and round, signed: no secret is stored, and sending again ends the older link.
    """

    email = models.EmailField()
    name = models.CharField(max_length=80)
    username = models.CharField(max_length=60)
    staff_number = models.CharField(max_length=40)
    company = models.ForeignKey(Company, null=True, on_delete=models.PROTECT, related_name="+")
    # Codes of roles: proposed by whoever invites, granted on acceptance, in force once a second person confirmed.
    roles = models.JSONField(default=list)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    round = models.PositiveSmallIntegerField(default=1)
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="invitation")
    closed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["username"], condition=Q(closed_at__isnull=True),
                                    name="invitation_username_once"),
            models.UniqueConstraint(fields=["staff_number"], condition=Q(closed_at__isnull=True),
                                    name="invitation_staff_number_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, user__isnull=True, revoked_by__isnull=True)
                | Q(closed_at__isnull=False, user__isnull=False, revoked_by__isnull=True)
                | Q(closed_at__isnull=False, user__isnull=True, revoked_by__isnull=False),
                name="invitation_closed_one_way",
            ),
        ]


def lasting(data: dict[str, Any]) -> dict[str, Any]:
    """What of a factor only an act changes: not what it is called, nor what was used already."""
    used = ("last_step", "last_proof", "used_mask", "viewed_at", "migrated_codes", "name")
    return {name: value for name, value in data.items() if name not in used}


# The library's own table: which factors a person has, with their public keys and sealed secrets. Recovery codes are
# made by the library after it told of the factor, and stand for no factor of their own.
sealed("authenticator", without=["last_used_at"], read={"data": lasting},
       where={"type__in": [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]})(Authenticator)
