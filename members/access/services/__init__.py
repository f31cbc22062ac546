"""What is done at the door."""

from members.access.services.factors import (
    note_factor_change,
    passkey_proof,
    require_signature,
    seal,
    take_code,
    unseal,
)
from members.access.services.invitations import (
    accept_invitation,
    invitation_link,
    invitation_of,
    invite,
    resend_invitation,
    revoke_invitation,
    send_invitations,
)
from members.access.services.logging import forget_sign_ins, note_sign_in
from members.access.services.resets import confirm_reset, refuse_reset, request_reset, reset_factors
from members.access.services.sessions import end_sessions

__all__ = [
    "accept_invitation",
    "confirm_reset",
    "end_sessions",
    "forget_sign_ins",
    "invitation_link",
    "invitation_of",
    "invite",
    "note_factor_change",
    "note_sign_in",
    "passkey_proof",
    "refuse_reset",
    "request_reset",
    "require_signature",
    "resend_invitation",
    "reset_factors",
    "revoke_invitation",
    "seal",
    "send_invitations",
    "take_code",
    "unseal",
]
