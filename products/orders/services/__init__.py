"""Writes of orders: drafting, review, samples and received versions, and every step to the end."""

from products.orders.services.drafting import change_draft, draft_order, submit_order
from products.orders.services.exceptions import end_exception, release_exception
from products.orders.services.moves import lock_order
from products.orders.services.rebasing import allow_drop, consent_to_rebase, open_rebase, refuse_drop, refuse_rebase
from products.orders.services.receiving import end_sample, receive_sample, receive_version
from products.orders.services.reviewing import accept_order, decline_order, return_order
from products.orders.services.running import (
    cancel_order,
    close_order,
    complete_order,
    end_amendment,
    hold_order,
    leave_reporting,
    record_decision,
    reopen_decision,
    reopen_testing,
    resume_order,
    set_turn,
    start_amendment,
    start_reporting,
)
from products.orders.services.withdrawing import withdraw_edition

__all__ = [
    "accept_order",
    "allow_drop",
    "cancel_order",
    "change_draft",
    "close_order",
    "complete_order",
    "consent_to_rebase",
    "decline_order",
    "draft_order",
    "end_amendment",
    "end_exception",
    "end_sample",
    "hold_order",
    "leave_reporting",
    "lock_order",
    "open_rebase",
    "receive_sample",
    "receive_version",
    "record_decision",
    "refuse_drop",
    "refuse_rebase",
    "release_exception",
    "reopen_decision",
    "reopen_testing",
    "resume_order",
    "return_order",
    "set_turn",
    "start_amendment",
    "start_reporting",
    "submit_order",
    "withdraw_edition",
]
