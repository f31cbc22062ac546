"""What is done at the door."""

from members.access.services.account import change_address, issue_own_token, revoke_own_token
from members.access.services.factors import (
    note_account_change,
    passkey_proof,
    require_owner,
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
from members.access.services.leaving import anonymise_person, names_of, pseudonym_of
from members.access.services.logging import note_sign_in
from members.access.services.resets import confirm_reset, refuse_reset, request_reset, reset_factors
from members.access.services.sessions import end_sessions, rename_session

__all__ = [
    "accept_invitation",
    "anonymise_person",
    "change_address",
    "confirm_reset",
    "end_sessions",
    "invitation_link",
    "invitation_of",
    "invite",
    "issue_own_token",
    "names_of",
    "note_account_change",
    "note_sign_in",
    "passkey_proof",
    "pseudonym_of",
    "refuse_reset",
    "rename_session",
    "request_reset",
    "require_owner",
    "require_signature",
    "resend_invitation",
    "reset_factors",
    "revoke_invitation",
    "revoke_own_token",
    "seal",
    "send_invitations",
    "take_code",
    "unseal",
]
