"""A program of its own: reads a PDF from standard input and says as JSON what its signature is worth.

Started by `checking` with nothing but the limits and the trusted roots as arguments: it knows neither settings nor
database, never asks the network, and may be killed at any moment. Whatever goes wrong is an answer, not a crash.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
from typing import Any

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext


def limit(seconds: int, megabytes: int) -> None:
    """Bound the processor time and memory of this process; it writes no file and keeps no dump."""
    size = megabytes * 1024 * 1024
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, size), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def inspect(content: bytes, roots: list[str]) -> dict[str, Any]:
    """What the only or last signature of a PDF says: {signed, intact, trusted, whole, signer, signed_at, stamped}."""
    signatures = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
    if not signatures:
        return {"signed": False}
    last = signatures[-1]
    known = list(load_certs_from_pemder(roots))  # type: ignore[no-untyped-call]  # the library leaves it untyped
    trusted = ValidationContext(trust_roots=known, allow_fetching=False, revocation_mode="soft-fail")
    status = validate_pdf_signature(last, signer_validation_context=trusted, ts_validation_context=trusted)
    entire = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    stamp = status.timestamp_validity
    return {
        "signed": True, "intact": bool(status.intact and status.valid), "trusted": bool(status.trusted),
        "whole": entire and ends_with(content, last), "signer": status.signing_cert.subject.native.get("common_name"),
        "signed_at": status.signer_reported_dt.isoformat() if status.signer_reported_dt else None,
        "stamped": bool(stamp and stamp.valid and stamp.intact),
    }


def ends_with(content: bytes, signature: Any) -> bool:
    """Whether the signed ranges reach to the last byte: what follows the end mark must be signed too."""
    first, _length, start, length = (int(number) for number in signature.byte_range)
    return first == 0 and start + length == len(content)


def main(seconds: str, megabytes: str, *roots: str) -> None:
    """Read, inspect, answer; the limits hold before the first byte of the file is read."""
    limit(int(seconds), int(megabytes))
    content = sys.stdin.buffer.read()
    # A library that prints would spoil the answer.
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        try:
            answer = inspect(content, list(roots))
        # A hostile file may break the reader in any way; memory and depth included.
        except Exception as error:
            answer = {"signed": None, "fault": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
