"""What a person changes of the own account: asked for again, written down, and told where it was known before."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from members.access.errors import AddressSame
from members.access.services.factors import require_owner
from members.access.services.logging import note_sign_in
from members.access.services.sessions import end_sessions
from members.access.states import SignInKind
from members.history.services import append_entry
from members.notices.services import notify
from members.people.models import ApiToken, User
from members.people.services import CHAIN, issue_token, revoke_token
from wapicert.texts import line, takes_text

PAGE = "/accounts/me/"


@takes_text(address=line(254), session=line(40))
def change_address(*, user: User, address: str, password: str, second_factor: str = "", session: str = "") -> User:
    """Another address for mails and for links to a new password; ends every session but the one named.

    Refuses a wrong password or second factor and the address of before. The mail goes to the old address. The history
    names no address: it can never be forgotten there.
    """
    require_owner(user=user, password=password, second_factor=second_factor)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        old = row.email
        if address.strip().lower() == old.lower():
            raise AddressSame(field="address")
        row.email = address.strip()
        row.save(update_fields=["email"])
        EmailAddress.objects.filter(user=row).delete()
        note_sign_in(kind=SignInKind.ADDRESS_CHANGED, user=row)
        entry = append_entry(chain=CHAIN, act="address.changed", actor=row, object_type="user",
                             object_id=row.staff_number, rows=[row])
        notify(people=[row], event="access.address.changed", key=str(entry.sequence), facts={"at": entry.at},
               address=PAGE, mail_to=old)
        end_sessions(user=row, but=session)
    return row


def issue_own_token(
    *, user: User, label: str, expires_at: datetime | None, password: str, second_factor: str = ""
) -> tuple[ApiToken, str]:
    """A token for the person's own programs; refuses as `issue_token` does, and a wrong password or second factor."""
    require_owner(user=user, password=password, second_factor=second_factor)
    with transaction.atomic():
        token, secret = issue_token(user=user, label=label, expires_at=expires_at)
        _tell(user, "access.token.issued", token)
    return token, secret


@transaction.atomic
def revoke_own_token(*, token: ApiToken, actor: User) -> ApiToken:
    """End a token; asks for nothing, since it takes away only, but the person is told."""
    revoked = revoke_token(token=token, actor=actor)
    _tell(actor, "access.token.revoked", revoked)
    return revoked


def _tell(user: User, event: str, token: ApiToken) -> None:
    notify(people=[user], event=event, key=token.prefix, facts={"label": token.label, "prefix": token.prefix},
           address=PAGE)
