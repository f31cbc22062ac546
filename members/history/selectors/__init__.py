"""Reads the history, and proves that it is what was written."""

from members.history.selectors.heads import RecordedHead, heads_late_since, recorded_heads
from members.history.selectors.reading import (
    breaks_in,
    chains_untold,
    entries_about,
    entries_of,
    entries_untold,
    heads_changed_since,
)
from members.history.selectors.register import (
    OPENED,
    Agreement,
    Newest,
    RegisterFault,
    agreement_of,
    faults_in_register,
    has_seals,
    rows_disagree,
)
from members.history.selectors.verification import Fault, faults_in_history

__all__ = [
    "OPENED",
    "Agreement",
    "Fault",
    "Newest",
    "RecordedHead",
    "RegisterFault",
    "agreement_of",
    "breaks_in",
    "chains_untold",
    "entries_about",
    "entries_of",
    "entries_untold",
    "faults_in_history",
    "faults_in_register",
    "has_seals",
    "heads_changed_since",
    "heads_late_since",
    "recorded_heads",
    "rows_disagree",
]
