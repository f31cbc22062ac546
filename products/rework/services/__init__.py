"""Writes of reworks, and the verbs on results that may open a rework or complete the order."""

from products.rework.services.conversation import write_message
from products.rework.services.ending import abandon_rework, fail_rework
from products.rework.services.findings import answer_finding, draft_finding, send_finding
from products.rework.services.outcomes import (
    accept_item_exclusion,
    approve_item_exclusion,
    correct_result,
    invalidate_result,
    refuse_item_exclusion,
    refuse_result_invalidation,
    reopen_item_exclusion,
    request_result_invalidation,
    request_result_invalidations,
    return_result,
    return_results,
    verify_results,
    withdraw_item_exclusion,
)
from products.rework.services.rebasing import propose_rebase, rebase_order
from products.rework.services.reminding import remind_reworks
from products.rework.services.scoping import sign_scope
from products.rework.services.settling import settle_order

__all__ = [
    "abandon_rework",
    "accept_item_exclusion",
    "answer_finding",
    "approve_item_exclusion",
    "correct_result",
    "draft_finding",
    "fail_rework",
    "invalidate_result",
    "propose_rebase",
    "rebase_order",
    "refuse_item_exclusion",
    "refuse_result_invalidation",
    "remind_reworks",
    "reopen_item_exclusion",
    "request_result_invalidation",
    "request_result_invalidations",
    "return_result",
    "return_results",
    "send_finding",
    "settle_order",
    "sign_scope",
    "verify_results",
    "withdraw_item_exclusion",
    "write_message",
]
