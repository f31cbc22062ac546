"""Removing, holding and making anonymous wait for each other, so that a hold counts from the moment it is placed."""

from __future__ import annotations

from django.db import connection

from members.history.models import Chain

CHAIN = "retention"


def take_turn() -> None:
    """Wait until no other transaction removes or holds anything, and keep the turn to the end of this one.

    The head of the topic's own chain serves as the lock: entries lock it anyway.
    """
    assert connection.in_atomic_block
    Chain.objects.select_for_update().get_or_create(name=CHAIN)
