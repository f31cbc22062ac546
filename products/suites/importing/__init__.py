"""Brings the suite in line with data: checks all of it, then writes all or nothing; edits drafts the same way."""

from products.suites.importing.checking import message_of
from products.suites.importing.drafting import (
    check_sheet,
    content_in,
    discard_sheet,
    edition_row,
    item_rows,
    remove_item,
    save_facts,
    save_item,
    save_sheet,
    start_draft,
    version_of,
)
from products.suites.importing.loading import import_suite

__all__ = [
    "check_sheet",
    "content_in",
    "discard_sheet",
    "edition_row",
    "import_suite",
    "item_rows",
    "message_of",
    "remove_item",
    "save_facts",
    "save_item",
    "save_sheet",
    "start_draft",
    "version_of",
]
