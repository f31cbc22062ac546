"""Reads reports, builds their snapshots, checks their elements and verifies them for the public."""

from products.reports.selectors.archives import archive_of
from products.reports.selectors.basis import Point, doubts_announced, is_conforming, open_points
from products.reports.selectors.changes import changes_between, correctable_facts
from products.reports.selectors.codes import clean_code, is_valid_code, shown_code, with_check_character
from products.reports.selectors.elements import ELEMENTS, Tick, checklist, missing_elements
from products.reports.selectors.numbers import written
from products.reports.selectors.proof import reports_not_as_issued
from products.reports.selectors.reading import (
    Progress,
    invalidated_in,
    issued_report,
    listing_of,
    photographs_of,
    progress_of,
    renderings_to_send,
    report_in_work,
    reports_in_doubt,
    reports_touched_by,
    reports_visible_to,
)
from products.reports.selectors.rows import not_done
from products.reports.selectors.snapshots import conclusion_of, marks_on, snapshot_of
from products.reports.selectors.verification import Verification, verification_of, verification_of_file

__all__ = [
    "ELEMENTS",
    "Point",
    "Progress",
    "Tick",
    "Verification",
    "archive_of",
    "changes_between",
    "checklist",
    "clean_code",
    "conclusion_of",
    "correctable_facts",
    "doubts_announced",
    "invalidated_in",
    "is_conforming",
    "is_valid_code",
    "issued_report",
    "listing_of",
    "marks_on",
    "missing_elements",
    "not_done",
    "open_points",
    "photographs_of",
    "progress_of",
    "renderings_to_send",
    "report_in_work",
    "reports_in_doubt",
    "reports_not_as_issued",
    "reports_touched_by",
    "reports_visible_to",
    "shown_code",
    "snapshot_of",
    "verification_of",
    "verification_of_file",
    "with_check_character",
    "written",
]
