"""The log of sign-ins: who came in, who failed to, whose factors changed."""

from __future__ import annotations

from members.access.models import SignIn
from members.access.rendering import device_of
from members.access.states import SignInKind
from members.people.models import User
from wapicert.tracing import current_request, network_of


def note_sign_in(
    *, kind: SignInKind, user: User | None = None, username: str = "", by_other: bool = False
) -> SignIn:
    """Write one line; a name that is nobody's is not kept, since people type passwords into the wrong field.

    What somebody else did for the person (`by_other`) tells nothing of where that other one sits.
    """
    if user is None and username:
        user = User.objects.filter(username=username).first()
    request = current_request.get()
    network, device = ("", "") if by_other else (network_of(request.address), device_of(request.program))
    return SignIn.objects.create(kind=kind, user=user, network=network, device=device)
