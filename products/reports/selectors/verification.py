"""Answers whoever holds a report: is it genuine, and does it still count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from members.history.selectors import rows_disagree
from products.files.models import StoredFile
from products.reports.models import Report
from products.reports.selectors.codes import clean_code, is_valid_code, shown_code
from products.reports.selectors.numbers import looks_like_a_code, report_numbers_meant
from products.reports.selectors.reading import PUBLIC_STATES, listing_of
from products.reports.selectors.rows import not_done
from products.reports.states import ReportState
from wapicert.canonical import digest_of

DIGEST = re.compile(r"[0-9a-f]{64}")
# So many codes of a file are looked up; a report holds its own a few times.
MOST_CODES = 8
# What a listing's state does to the headline; a valid one leaves it.
ENDED_LISTINGS = frozenset({"suspended", "withdrawn", "cancelled", "expired", "superseded"})


@dataclass(frozen=True)
class Verification:
    """What the public learns about a report, or about what another number of ours names. No personal names.

    `kind` says what was asked for: report, listing (its number stands on the certificate, too), order, sample, rework,
    loan. `state` of a report: valid, replaced, withdrawn; the report is genuine and stands while its listing is
    suspended, listing_withdrawn, cancelled, expired, superseded; not_issued, altered, inconsistent, unknown. Of a
    listing: valid, suspended, withdrawn, cancelled, expired, superseded, published_before, inconsistent, unknown. Of
    anything else: not_public. Of an inconsistent one, whose rows here are not what the history says, nothing else is
    told.
    `report_state` is the report's own: issued, replaced, withdrawn. `hint` is "typo" where a code's check character
    does not fit. `facts`, digests and code are empty where only a bare number of a report without a listing was given.
    """

    state: str
    number: str | None = None
    since: date | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    conclusion: str | None = None
    issued_on: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    sha256: str | None = None
    sm3: str | None = None
    snapshot_sha256: str | None = None
    code: str | None = None
    listing_number: str | None = None
    listing_status: str | None = None
    replaces: str | None = None
    replaced_by: str | None = None
    hint: str | None = None
    is_demonstration: bool = False
    report_id: str | None = None
    kind: str = "report"
    report_state: str | None = None


def verification_of(text: str, *, sha256: str | None = None) -> Verification:
    """The verification for a code (in any grouping), a report number, or a file's SHA-256 or SM3; at most nine queries.

    With `sha256`, the digest of the file in hand, the answer is "altered" where it is not the issued file's.
    """
    report, is_proof = _find(text)
    return _answer(report, is_proof, sha256) if report else Verification("unknown", hint=_hint(text))


def verification_of_file(digest: str, codes: Iterable[str] = (), *, is_in_hand: bool = False) -> Verification:
    """The verification for a file by its SHA-256 or SM3; at most ten queries.

    Where no file of that digest was issued, `codes` (verification codes that stand readable in it) tell whether it
    says to be a report of ours: then it is "altered". The digest alone proves nothing, since it is published; its own
    code among `codes`, or the bytes themselves (`is_in_hand`), prove that the asker holds the report.
    """
    named = [code for code in map(clean_code, codes) if is_valid_code(code)][:MOST_CODES]
    report = _by_digest(digest)
    if report is not None:
        return _answer(report, is_in_hand or report.verification_code in named)
    issued = _reports().filter(verification_code__in=named, file__isnull=False).order_by("pk").first()
    return _answer(issued, True, digest) if issued else Verification("unknown", hint=_hint(digest))


def _answer(report: Report, is_proof: bool, sha256: str | None = None) -> Verification:
    """What may be told of the report; of one that is not issued nothing."""
    if report.state in (ReportState.DRAFT, ReportState.CHECKED, ReportState.AUTHORISED):
        return Verification("not_issued")
    if is_inconsistent(report):
        return Verification("inconsistent", number=report.number, is_demonstration=report.is_demonstration)
    found = _verification(report, is_proof)
    if sha256 and report.file and sha256.strip().lower() != report.file.sha256:
        return Verification("altered", number=found.number, issued_on=found.issued_on, sha256=found.sha256,
                            code=found.code, is_demonstration=found.is_demonstration)
    return found


def is_inconsistent(report: Report) -> bool:
    """Whether what this site holds of an issued report is not what was authorised, issued and listed."""
    said = report.snapshot.get("conclusion", {}).get("code")
    return (report.conclusion != said or digest_of(report.snapshot) != report.snapshot_sha256
            or rows_disagree(report, report.file, listing_of(report)))


def _find(text: str) -> tuple[Report | None, bool]:
    """The report, and whether the text proves that the asker holds it.

    Only the code does: numbers can be guessed, and digests stand in the register and in open data.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if DIGEST.fullmatch(plain.lower()):
        return _by_digest(plain.lower()), False
    reports = _reports()
    code = clean_code(plain)
    rows = list(reports.filter(Q(number__in=report_numbers_meant(plain)) | Q(verification_code=code))[:2])
    by_code = next((row for row in rows if row.verification_code == code), None)
    return (by_code, True) if by_code else (rows[0] if rows else None, False)


def _by_digest(digest: str) -> Report | None:
    """The report whose issued file has this SHA-256 or SM3."""
    files = StoredFile.objects.filter(Q(sha256=digest) | Q(sm3=digest))
    return _reports().filter(file__in=files).first()


def _reports() -> QuerySet[Report]:
    return Report.objects.select_related("file", "order__company", "replaces", "replaced_by")


def _hint(text: str) -> str | None:
    """Whether the text looks like a code that was mistyped."""
    return "typo" if looks_like_a_code(text) and not is_valid_code(clean_code(text)) else None


def _verification(report: Report, is_proof: bool) -> Verification:
    listing = listing_of(report)
    state, since, reason_zh, reason_en = _state(report, listing)
    successor = getattr(report, "replaced_by", None)
    bare = Verification(state, number=report.number, since=since, issued_on=report.issued_on,
                        report_state=report.state, is_demonstration=report.is_demonstration)
    if not is_proof and listing is None:
        return bare
    return replace(
        bare, reason_zh=reason_zh or None, reason_en=reason_en or None, conclusion=report.conclusion,
        facts=_facts(report.snapshot), sha256=report.file.sha256 if report.file else None,
        sm3=report.file.sm3 if report.file else None, snapshot_sha256=report.snapshot_sha256,
        code=shown_code(report.verification_code) if is_proof else None,
        listing_number=listing.listing_number if listing else None, listing_status=listing.status if listing else None,
        replaces=report.replaces.number if report.replaces else None,
        replaced_by=successor.number if successor and successor.state in PUBLIC_STATES else None,
        report_id=str(report.pk),
    )


def _state(report: Report, listing: Any) -> tuple[str, date | None, str, str]:
    """The headline with its date and public reason: the report's own end first, then the listing's."""
    if report.state == ReportState.WITHDRAWN and report.withdrawn_at:
        return "withdrawn", timezone.localtime(report.withdrawn_at).date(), report.withdrawal_reason, ""
    if report.state == ReportState.REPLACED:
        successor = getattr(report, "replaced_by", None)
        since, reason = (successor.issued_on, successor.amendment_reason) if successor else (None, "")
        return "replaced", since, reason, ""
    if listing and listing.status in ENDED_LISTINGS:
        # A report of its own right; "withdrawn" is said of reports alone.
        state = "listing_withdrawn" if listing.status == "withdrawn" else listing.status
        return state, listing.status_since, listing.status_reason_zh, listing.status_reason_en
    return "valid", report.issued_on, "", ""


def _facts(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What the report says about device, maker and edition, as it was frozen."""
    device, customer, edition = snapshot["device"], snapshot["customer"], snapshot["edition"]
    return {"device_zh": device["name_zh"], "device_en": device["name_en"] or None, "model": device["model"],
            "type_zh": device["type_zh"], "type_en": device["type_en"],
            "company_zh": customer["name_zh"], "company_en": customer["name_en"] or None,
            "edition_zh": edition["label_zh"], "edition_en": edition["label_en"],
            "laboratory_zh": snapshot["laboratory"]["name_zh"],
            "laboratory_en": snapshot["laboratory"]["name_en"], "counts": snapshot["counts"],
            "excluded": not_done(snapshot.get("results", []))}
