"""Writes of results: recording, verifying, correcting, throwing out, excluding, and the slots that follow."""

from products.results.services.doubts import announce_doubt
from products.results.services.evidence import add_evidence
from products.results.services.exclusions import (
    accept_exclusion,
    approve_exclusion,
    propose_exclusion,
    refuse_exclusion,
    reopen_exclusion,
    withdraw_exclusion,
)
from products.results.services.files import (
    discard_import,
    process_import,
    requeue_lost_imports,
    retry_import,
    save_import,
    start_import,
)
from products.results.services.lending import lend_tool
from products.results.services.recording import correct_attempt, record_attempts
from products.results.services.rigs import register_rig, renew_rig, require_rig_on, revoke_rig, rig_behind
from products.results.services.slots import lift_repeats, open_slots, rebuild_slots, require_repeats
from products.results.services.verifying import (
    invalidate_attempt,
    refuse_invalidation,
    request_invalidation,
    return_attempt,
    verify_attempts,
)

__all__ = [
    "accept_exclusion",
    "add_evidence",
    "announce_doubt",
    "approve_exclusion",
    "correct_attempt",
    "discard_import",
    "invalidate_attempt",
    "lend_tool",
    "lift_repeats",
    "open_slots",
    "process_import",
    "propose_exclusion",
    "rebuild_slots",
    "record_attempts",
    "refuse_exclusion",
    "refuse_invalidation",
    "register_rig",
    "renew_rig",
    "reopen_exclusion",
    "request_invalidation",
    "requeue_lost_imports",
    "require_repeats",
    "require_rig_on",
    "retry_import",
    "return_attempt",
    "revoke_rig",
    "rig_behind",
    "save_import",
    "start_import",
    "verify_attempts",
    "withdraw_exclusion",
]
