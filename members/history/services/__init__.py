"""Appends entries to the history with the seals of the rows, keeps its heads outside, hands chains to assessors.

Every service that changes something calls `append_entry` in its transaction.
"""

from members.history.services.entries import Actor, append_entry, history_archive, note_told
from members.history.services.heads import record_heads
from members.history.services.opening import open_seals

__all__ = ["Actor", "append_entry", "history_archive", "note_told", "open_seals", "record_heads"]
