"""Proves that reports are what was authorised and issued: their digests stand in the history since."""

from __future__ import annotations

from collections.abc import Iterator

from members.history.selectors import entries_of
from products.reports.models import Report
from wapicert.canonical import digest_of


def reports_not_as_issued() -> Iterator[tuple[Report, str]]:
    """Every report whose snapshot or file differs from what the history of its order says, with what is wrong."""
    for report in Report.objects.exclude(number=None).select_related("order", "file").order_by("pk").iterator():
        acts = entries_of(report.order.chain).filter(object_type="report", object_id=str(report.pk))
        said = {entry.act: entry.after for entry in acts.filter(act__in=["report.authorised", "report.issued"])}
        authorised, issued = said.get("report.authorised", {}), said.get("report.issued", {})
        if not report.snapshot_sha256 == digest_of(report.snapshot) == authorised.get("snapshot"):
            yield report, "the snapshot is not the one that was authorised"
        if report.file and (report.file.sha256, report.file.sm3) != (issued.get("sha256"), issued.get("sm3")):
            yield report, "the file is not the one that was issued"
