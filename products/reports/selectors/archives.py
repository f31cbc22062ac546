"""The archive of an order: reports with snapshots, history, evidence by digest, and a program that checks it all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings

from members.history.models import Entry
from members.history.selectors import entries_of
from products.orders.models import Order
from products.reports.models import Report
from products.reports.selectors.codes import shown_code
from products.reports.selectors.reading import PUBLIC_STATES
from products.results.models import Evidence
from wapicert.canonical import canonical_json, plain

FIXED = Path(settings.BASE_DIR) / "templates" / "archive"
# The same facts give the same archive, byte by byte.
MOMENT = (2020, 1, 1, 0, 0, 0)


def archive_of(order: Order, *, is_for_staff: bool) -> bytes:
    """A ZIP of everything that proves the order's reports; for its holder without history and evidence.

    It holds the issued bytes, their snapshots and digests, and verify.py, which needs the standard library alone.
    """
    files = dict(_files(order, is_for_staff=is_for_staff))
    files["digests.json"] = _pretty({name: _digests(content) for name, content in sorted(files.items())})
    files["verify.py"] = (FIXED / "verify.py").read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{order.number}/{name}", date_time=MOMENT)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(order: Order, *, is_for_staff: bool) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", (FIXED / "README.txt").read_bytes()
    reports = Report.objects.filter(order=order, state__in=PUBLIC_STATES).select_related("file", "replaces")
    rows = []
    for report in reports.order_by("number"):
        row = _report(report)
        rows.append(row)
        assert report.file is not None
        with report.file.content.open("rb") as content:
            yield row["pdf"], content.read()
        yield row["snapshot"], canonical_json(report.snapshot).encode()
    yield "reports.json", _pretty(rows)
    if is_for_staff:
        yield "evidence.json", _pretty([_evidence(row) for row in _evidence_of(order)])
        yield "history.json", _pretty([_entry(entry) for entry in entries_of(order.chain)])


def _report(report: Report) -> dict[str, Any]:
    return {"id": str(report.pk), "number": report.number, "state": report.state,
            "issued_on": plain(report.issued_on), "conclusion": report.conclusion,
            "verification_code": shown_code(report.verification_code),
            "replaces": report.replaces.number if report.replaces else None,
            "withdrawn_at": plain(report.withdrawn_at), "sha256": report.file.sha256 if report.file else None,
            "sm3": report.file.sm3 if report.file else None, "snapshot_sha256": report.snapshot_sha256,
            "pdf": f"reports/{report.number}.pdf", "snapshot": f"reports/{report.number}.snapshot.json"}


def _evidence_of(order: Order) -> Iterator[Evidence]:
    rows = Evidence.objects.filter(order=order).select_related("file", "plan_item").order_by("added_at", "pk")
    return rows.iterator()


def _evidence(row: Evidence) -> dict[str, Any]:
    return {"id": str(row.pk), "item": row.plan_item.code if row.plan_item else None, "attempt": row.attempt_id,
            "name": row.file.name, "note": row.note, "size": row.file.size, "sha256": row.file.sha256,
            "sm3": row.file.sm3, "added_at": plain(row.added_at), "removed_at": plain(row.file.removed_at)}


def _entry(entry: Entry) -> dict[str, Any]:
    """An entry as its digest was computed: every field but the key of its row."""
    names = (field.attname for field in entry._meta.concrete_fields)
    found: dict[str, Any] = plain({name: getattr(entry, name) for name in names if name != "id"})
    return found


def _digests(content: bytes) -> dict[str, Any]:
    sm3 = Hash(SM3())
    sm3.update(content)
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "sm3": sm3.finalize().hex()}


def _pretty(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
