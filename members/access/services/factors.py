"""The second factor: asked for again where the alliance is bound, each code and each passkey's proof once."""

from __future__ import annotations

import base64
import hashlib
from hmac import compare_digest

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from members.access.errors import FactorLocked, FactorWrong
from members.access.services.logging import note_sign_in
from members.access.states import SignInKind
from members.history.models import Seal
from members.history.selectors import entries_about
from members.history.services import append_entry
from members.notices.services import notify
from members.people.models import User
from members.people.permissions import needs_second_factor
from members.people.selectors import second_factors
from members.people.services import CHAIN, count_tries, require_password

PROOF, PROOF_SECONDS = "access.passkey", 120
# What the sign-in library tells a person of, and what it is called in the history and in the notice.
CHANGES = {
    "totp_activated": ("factor.added", SignInKind.FACTOR_ADDED),
    "webauthn_added": ("factor.added", SignInKind.FACTOR_ADDED),
    "totp_deactivated": ("factor.removed", SignInKind.FACTOR_REMOVED),
    "webauthn_removed": ("factor.removed", SignInKind.FACTOR_REMOVED),
    "recovery_codes_generated": ("factor.codes_renewed", SignInKind.CODES_RENEWED),
    "password_changed": ("password.changed", SignInKind.PASSWORD_CHANGED),
    "password_set": ("password.changed", SignInKind.PASSWORD_CHANGED),
    "password_reset": ("password.reset", SignInKind.PASSWORD_CHANGED),
}


def require_signature(*, user: User, password: str, second_factor: str = "") -> None:
    """Ask again who acts before an act that binds the alliance: the password, and from some roles the second factor.

    `second_factor` is a code of the authenticator, a recovery code, or the proof that a passkey was just used.
    Raises PasswordWrong, PasswordLocked, FactorWrong or FactorLocked.
    """
    require_password(user=user, password=password)
    if needs_second_factor(user):
        _require_factor(user, second_factor)


def require_owner(*, user: User, password: str, second_factor: str = "") -> None:
    """Ask again who changes the own account: the password, and the second factor of whoever has one or needs one."""
    require_password(user=user, password=password)
    if needs_second_factor(user) or second_factors(user=user).exists():
        _require_factor(user, second_factor)


def _require_factor(user: User, given: str) -> None:
    count_tries(key=f"factor-tries:{user.pk}", is_right=lambda: _is_factor(user, given),
                wrong=FactorWrong(field="second_factor"), locked=FactorLocked(field="second_factor"))


def _is_factor(user: User, given: str) -> bool:
    return _take_proof(user, given) if ":" in given else take_code(user=user, code=given) is not None


@transaction.atomic
def take_code(*, user: User, code: str) -> Authenticator | None:
    """The authenticator or the recovery codes that the code belongs to, now used; None if it is wrong or was used.

    If the act that asked for it is undone, the code was not used.
    """
    typed = "".join(code.split())
    rows = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    for row in rows.order_by("-type") if typed else []:
        is_right = _take_step(row, typed) if row.type == Authenticator.Type.TOTP else row.wrap().validate_code(typed)
        if is_right:
            row.refresh_from_db()
            row.record_usage()
            return row
    return None


def _take_step(row: Authenticator, typed: str) -> bool:
    """Whether the code is one of now and newer than the last that was used (RFC 6238, 5.2)."""
    secret, last = unseal(row.data["secret"]), row.data.get("last_step", 0)
    for step in yield_hotp_counters_from_time():
        if step > last and compare_digest(typed.encode(), format_hotp_value(hotp_value(secret, step)).encode()):
            row.data["last_step"] = step
            row.save(update_fields=["data"])
            return True
    return False


def passkey_proof(*, user: User, at: float) -> str:
    """A proof that the person used a passkey at that moment in this session."""
    return signing.dumps([user.pk, at], salt=PROOF)


@transaction.atomic
def _take_proof(user: User, proof: str) -> bool:
    """Whether the proof is the person's, fresh, and newer than the last that was used."""
    try:
        owner, at = signing.loads(proof, salt=PROOF, max_age=PROOF_SECONDS)
    except signing.BadSignature:
        return False
    keys = Authenticator.objects.select_for_update().filter(user=user, type=Authenticator.Type.WEBAUTHN)
    rows = list(keys.order_by("pk"))
    is_old = timezone.now().timestamp() - at > PROOF_SECONDS
    if owner != user.pk or is_old or not rows or at <= max(row.data.get("last_proof", 0) for row in rows):
        return False
    rows[0].data["last_proof"] = at
    rows[0].save(update_fields=["data"])
    return True


@transaction.atomic
def note_account_change(*, user: User, change: str) -> None:
    """Write into the history and the log that a person changed a factor or the password, and tell that person."""
    if change not in CHANGES:
        return
    act, kind = CHANGES[change]
    note_sign_in(kind=kind, user=user)
    rows, gone = _factors_of(user) if act.startswith("factor") else ([User.objects.get(pk=user.pk)], [])
    entry = append_entry(chain=CHAIN, act=act, actor=user, object_type="user", object_id=user.staff_number,
                         after={"kind": change.split("_", maxsplit=1)[0]} if act.startswith("factor") else None,
                         rows=rows, gone=gone)
    notify(people=[user], event=f"access.{act}", key=str(entry.sequence), facts={"at": entry.at},
           address="/accounts/2fa/" if act.startswith("factor") else "/accounts/me/")


def _factors_of(user: User) -> tuple[list[Authenticator], list[Authenticator]]:
    """The person's factors as they stand, and those that earlier entries about the person sealed and that are gone."""
    rows, kept = list(second_factors(user=user)), "authenticator:"
    sealed = {int(key.removeprefix(kept)) for entry in entries_about("user", user.staff_number)
              for key, seal in entry.after.get("rows", {}).items() if key.startswith(kept) and not seal.endswith(":")}
    ended = Seal.objects.filter(key__in=[f"{kept}{pk}" for pk in sealed], digest="").values_list("key", flat=True)
    gone = sealed - {row.pk for row in rows} - {int(key.removeprefix(kept)) for key in ended}
    return rows, [Authenticator(pk=pk) for pk in sorted(gone)]


def _vault() -> Fernet:
    key = hashlib.sha256(f"second factors:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    """A factor's secret as the database keeps it: a copy of the database alone makes no codes."""
    return _vault().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret; a random one, which fits no code, when it was sealed under another SECRET_KEY."""
    try:
        return _vault().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return str(generate_totp_secret())
