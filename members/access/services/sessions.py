"""Where a person is signed in, and ending it."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.db import transaction

from members.access.services.logging import note_sign_in
from members.access.states import SignInKind
from members.people.models import User


@transaction.atomic
def end_sessions(*, user: User, but: str = "", only: int | None = None, by_other: bool = False) -> int:
    """Sign the person out everywhere, but for the session with this key, or of the one with this id alone.

    Returns how many were ended.
    """
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    ended = list(rows.filter(pk=only) if only is not None else rows)
    for row in ended:
        row.end()
    if ended:
        note_sign_in(kind=SignInKind.SESSIONS_ENDED, user=user, by_other=by_other)
    return len(ended)


def rename_session(*, before: str, after: str) -> None:
    """Keep the row of a session whose key was renewed, so that its owner still finds it in the list."""
    UserSession.objects.filter(session_key=before).update(session_key=after)
