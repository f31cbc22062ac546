"""What somebody typed, scanned or dropped, as the report that it names."""

from __future__ import annotations

from products.reports.selectors import Verification, verification_of

# Longer than a code, a number and a digest.
LONGEST_CODE = 100


def verified(text: str, *, sha256: str | None = None) -> Verification:
    """The verification for what somebody typed; of a longer text only the beginning counts."""
    # PostgreSQL refuses a text that holds NUL.
    return verification_of(text.replace("\x00", "")[:LONGEST_CODE], sha256=sha256)
