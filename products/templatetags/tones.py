"""Which tone and icon each verdict and each state wears; the words come from the topics' own choices."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from products.certification.states import CertificationState
from products.equipment.states import LoanState
from products.listings.states import ChangeKind, ListingStatus
from products.orders.states import Stage
from products.reports.states import Conclusion, RenderingState, ReportState
from products.results.states import AttemptState, ExclusionKind, ExclusionState, SlotState, Verdict
from products.rework.states import ReworkState
from products.suites.states import EditionStatus


class Look(NamedTuple):
    """How a value is shown: tone (see tokens.css), icon (see wapicert.icons) and word."""

    tone: str
    icon: str
    label: Any


# What is in force or passed is green; what waits for somebody is blue; what needs care amber; what failed red.
VERDICTS = {
    Verdict.PASS.value: ("pass", "circle-check"),
    Verdict.FAIL.value: ("fail", "circle-x"),
    Verdict.REC.value: ("info", "circle-dot"),
    Verdict.INC.value: ("warn", "circle-question-mark"),
    ExclusionKind.NA.value: ("idle", "circle-slash"),
    ExclusionKind.NT.value: ("idle", "circle-dashed"),
    ExclusionKind.BLK.value: ("warn", "octagon-minus"),
    ExclusionKind.WAIVER.value: ("waiver", "shield-minus"),
    SlotState.TODO.value: ("idle", "circle"),
    SlotState.RECORDED.value: ("info", "hourglass"),
    SlotState.RECONFIRM.value: ("warn", "rotate-ccw"),
    SlotState.VERIFIED.value: ("pass", "check"),
    SlotState.EXCLUDED.value: ("idle", "circle-slash"),
}
STATES: dict[str, tuple[type[TextChoices], dict[str, tuple[str, str]]]] = {
    "order": (Stage, {
        "draft": ("idle", "pencil"), "submitted": ("info", "send"), "returned": ("warn", "undo-2"),
        "declined": ("fail", "ban"), "accepted": ("info", "clipboard-check"), "testing": ("info", "flask-conical"),
        "complete": ("info", "list-checks"), "reporting": ("info", "file-pen"), "decided": ("pass", "stamp"),
        "closed": ("idle", "archive"), "on_hold": ("warn", "pause"), "cancelled": ("idle", "x"),
    }),
    "report": (ReportState, {
        "draft": ("idle", "file-pen"), "checked": ("info", "clipboard-check"), "authorised": ("info", "stamp"),
        "issued": ("pass", "file-check"), "replaced": ("warn", "files"), "withdrawn": ("fail", "ban"),
    }),
    "rendering": (RenderingState, {
        "none": ("idle", "circle"), "queued": ("info", "hourglass"), "rendering": ("info", "refresh-cw"),
        "signing": ("info", "stamp"), "stored": ("pass", "circle-check"), "failed": ("fail", "circle-x"),
    }),
    "conclusion": (Conclusion, {
        "conforms": ("pass", "circle-check"), "does_not_conform": ("fail", "circle-x"),
    }),
    "certification": (CertificationState, {
        "recommended": ("info", "thumbs-up"), "refused": ("fail", "ban"), "valid": ("pass", "badge-check"),
        "suspended": ("warn", "circle-pause"), "withdrawn": ("fail", "ban"), "cancelled": ("idle", "circle-stop"),
        "expired": ("idle", "clock"), "superseded": ("idle", "files"),
    }),
    "listing": (ListingStatus, {
        "valid": ("pass", "badge-check"), "suspended": ("warn", "circle-pause"), "withdrawn": ("fail", "ban"),
        "cancelled": ("idle", "circle-stop"), "expired": ("idle", "clock"), "superseded": ("idle", "files"),
    }),
    "change": (ChangeKind, {
        "listed": ("pass", "plus"), "loaded": ("info", "book-open"), "suspended": ("warn", "circle-pause"),
        "restored": ("pass", "badge-check"), "withdrawn": ("fail", "ban"), "cancelled": ("idle", "circle-stop"),
        "expired": ("idle", "clock"), "superseded": ("idle", "files"), "renamed": ("info", "pencil"),
        "corrected": ("info", "file-pen"),
    }),
    "loan": (LoanState, {
        "reserved": ("info", "clock"), "out": ("warn", "arrow-right-left"), "returned": ("pass", "circle-check"),
        "cancelled": ("idle", "x"),
    }),
    "rework": (ReworkState, {
        "open": ("warn", "microscope"), "with_vendor": ("warn", "wrench"), "fix_claimed": ("info", "send"),
        "retest": ("info", "flask-conical"), "closed_pass": ("pass", "circle-check"),
        "closed_fail": ("fail", "circle-x"), "abandoned": ("idle", "x"),
    }),
    "attempt": (AttemptState, {
        "submitted": ("info", "hourglass"), "returned": ("warn", "undo-2"), "verified": ("pass", "check"),
        "superseded": ("idle", "files"), "invalidation_requested": ("warn", "flag"), "invalidated": ("idle", "ban"),
    }),
    "exclusion": (ExclusionState, {
        "proposed": ("info", "hourglass"), "approved": ("pass", "check"), "refused": ("fail", "ban"),
        "withdrawn": ("idle", "undo-2"), "reopened": ("warn", "rotate-ccw"),
    }),
    "edition": (EditionStatus, {
        "draft": ("idle", "pencil"), "approved": ("info", "clipboard-check"), "published": ("pass", "book-open"),
        "retired": ("idle", "archive"),
    }),
}
MESSAGES = {"success": ("pass", "circle-check"), "error": ("fail", "circle-x"),
            "warning": ("warn", "triangle-alert"), "info": ("info", "info"), "debug": ("idle", "info")}
_WORDS = {choice.value: choice.label for kind in (SlotState, ExclusionKind, Verdict) for choice in kind}


def look_of_verdict(value: str | None) -> Look:
    """How a verdict, an exclusion or a slot without verdict looks; nothing yet counts as 未测."""
    value = str(value or SlotState.TODO.value)
    tone, icon = VERDICTS[value]
    return Look(tone, icon, _WORDS[value])


def look_of_state(kind: str, value: str | None) -> Look:
    """How a state of a machine looks; a record that states none is shown as 未载明."""
    choices, looks = STATES[kind]
    if not value:
        return Look("idle", "circle-dashed", _("未载明"))
    tone, icon = looks[str(value)]
    return Look(tone, icon, choices(value).label)
