"""What somebody typed, scanned or dropped, as the report, listing or other paper that it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from products.certification.selectors import report_behind_certificate
from products.directory.selectors.numbers import named_by
from products.reports.selectors import Verification, verification_of, verification_of_file

# Longer than a code, a number and a digest.
LONGEST_CODE = 100
DIGEST = re.compile(r"[0-9a-fA-F]{64}")


def verified(
    text: str, *, sha256: str | None = None, codes: Iterable[str] = (), is_in_hand: bool = False
) -> Verification:
    """The verification for what somebody typed; of a longer text only the beginning counts.

    For the digest of a file, `codes` are the verification codes that stand in it, and `is_in_hand` says that the bytes
    themselves were sent.
    """
    digest = unicodedata.normalize("NFKC", text).strip().lower()
    if DIGEST.fullmatch(digest):
        # A certificate is answered by what has become of its report and listing; it opens no report.
        certified = report_behind_certificate(digest)
        if certified is not None:
            return verification_of(certified.number or "")
        return verification_of_file(digest, [code[:LONGEST_CODE] for code in codes], is_in_hand=is_in_hand)
    # PostgreSQL refuses a text that holds NUL.
    plain = text.replace("\x00", "")[:LONGEST_CODE]
    found = verification_of(plain, sha256=sha256)
    return found if found.state != "unknown" else named_by(plain) or found
