"""Checks a file that somebody holds: by its digest first, then by its signature, in a process with narrow limits."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings

from products.reports.errors import CheckBusy, FileTooLarge, NotAPdf
from products.reports.selectors import Verification, is_valid_code, verification_of_file
from products.reports.selectors.codes import ALPHABET, LENGTH
from products.reports.signing.authority import authority_files

PROGRAM = Path(__file__).with_name("inspection.py")
CODE = re.compile(rb"(?<![0-9A-Za-z])[%b]{%d}(?![0-9A-Za-z])" % (ALPHABET.encode(), LENGTH))
# Words like codes that are looked at in one file, and codes that are looked up.
MOST_WORDS, MOST_CODES = 2000, 20
# How many files one process of the site checks at once; who comes later is asked to come again.
_places = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Signature:
    """What the signature of a file is worth.

    `state`: none, valid (ours, and nothing follows it), foreign (whole, by somebody whom we do not vouch for),
    broken (does not fit the file), extended (something was added after it), unreadable.
    """

    state: str
    signer: str | None = None
    signed_at: str | None = None
    has_time_stamp: bool = False
    is_ours: bool = False


def check_file(content: bytes) -> tuple[Verification, Signature | None]:
    """The verification of a file, and its signature where the digest is not one of ours.

    A file that is byte by byte one that was issued needs no signature to be believed. Raises NotAPdf, FileTooLarge
    and CheckBusy.
    """
    if len(content) > settings.VERIFY_UPLOAD_BYTES:
        raise FileTooLarge(field="file", extra={"limit": settings.VERIFY_UPLOAD_BYTES})
    found = verification_of_file(hashlib.sha256(content).hexdigest(), codes_in(content))
    if found.sha256 is not None and found.state != "altered":
        return found, None
    if b"%PDF-" not in content[:1024] and found.state == "unknown":
        raise NotAPdf(field="file")
    signature = signature_of(content)
    # Signed by us and changed since: no code is needed to say so.
    if found.state == "unknown" and signature.is_ours and signature.state in ("broken", "extended"):
        found = replace(found, state="altered")
    return found, signature


def codes_in(content: bytes) -> list[str]:
    """The verification codes that stand readable in a file, in their order; of very many only the first.

    A report holds its one code a few times. A file of millions of made-up codes would cost seconds.
    """
    texts = dict.fromkeys(match.group().decode() for match in islice(CODE.finditer(content), MOST_WORDS))
    return list(islice(filter(is_valid_code, texts), MOST_CODES))


def signature_of(content: bytes) -> Signature:
    """What a process of its own makes of the signature; raises CheckBusy when too many are at work."""
    if not _places.acquire(timeout=settings.VERIFY_SECONDS):
        raise CheckBusy(field="file")
    try:
        return _judged(_inspected(content))
    finally:
        _places.release()


def _inspected(content: bytes) -> dict[str, Any]:
    command = [sys.executable, "-I", str(PROGRAM), str(settings.VERIFY_SECONDS), str(settings.VERIFY_MEMORY_MB),
               *trusted_roots()]
    try:
        done = subprocess.run(command, input=content, capture_output=True, env={}, check=False,  # noqa: S603 - own program
                              timeout=settings.VERIFY_SECONDS + 5)
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"signed": None}
    return answer


def _judged(answer: dict[str, Any]) -> Signature:
    if answer["signed"] is None:
        return Signature("unreadable")
    if not answer["signed"]:
        return Signature("none")
    facts: dict[str, Any] = {"signer": answer["signer"], "signed_at": answer["signed_at"],
                             "has_time_stamp": answer["stamped"], "is_ours": answer["trusted"]}
    if not answer["intact"]:
        return Signature("broken", **facts)
    if not answer["whole"]:
        return Signature("extended", **facts)
    return Signature("valid" if answer["trusted"] else "foreign", **facts)


def trusted_roots() -> list[str]:
    """The certificates, as files in PEM, that signatures are traced to."""
    own = [str(authority_files()[2])] if settings.REPORT_SIGNER == "authority" else []
    return [*own, *settings.REPORT_TRUSTED_ROOTS]
