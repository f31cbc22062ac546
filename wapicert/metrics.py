"""`/metrics` for Prometheus: requests, failures and latencies of this process, and what waits in the database.

With several web processes set PROMETHEUS_MULTIPROC_DIR to an empty folder before they start: then all are counted.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from members.history.models import Entry
from members.history.selectors.heads import heads_files
from products.reports.models import Report
from products.reports.states import RenderingState, ReportState

REGISTRY = CollectorRegistry()
# By the name of the address's pattern, never by the address: that would name orders and people, and never end.
REQUESTS = Counter("wapicert_requests", "Requests answered", ["route", "method", "status"], registry=REGISTRY)
SECONDS = Histogram("wapicert_request_seconds", "Seconds until a request was answered", ["route"], registry=REGISTRY,
                    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))


def count_request(request: HttpRequest, status: int, seconds: float) -> str:
    """Note one answered request; returns the name of its pattern."""
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "unmatched"
    method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
    REQUESTS.labels(route, method, status).inc()
    SECONDS.labels(route).observe(seconds)
    return route


class Waiting(Collector):
    """What waits and what failed, read when asked; the same in every process."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        reports = Report.objects.filter(state=ReportState.AUTHORISED)
        waiting = reports.filter(rendering_state__in=[RenderingState.QUEUED, RenderingState.RENDERING])
        oldest = waiting.order_by("authorised_at").values_list("authorised_at", flat=True).first()
        yield GaugeMetricFamily("wapicert_renderings_waiting", "Authorised reports that wait for their file",
                                waiting.count())
        yield GaugeMetricFamily("wapicert_rendering_oldest_seconds", "Age of the oldest of them", _age(oldest))
        yield GaugeMetricFamily("wapicert_renderings_failed", "Reports whose rendering a person must look at",
                                reports.filter(rendering_state=RenderingState.FAILED).count())
        yield GaugeMetricFamily("wapicert_history_last_entry", "Id of the last entry of the history",
                                Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
        last = max((file.path.stat().st_mtime for file in heads_files()), default=0)
        yield GaugeMetricFamily("wapicert_history_heads_written", "When heads were last kept outside (Unix time)", last)


REGISTRY.register(Waiting())


def _age(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0.0


def show_metrics(request: HttpRequest) -> HttpResponse:
    """For whoever knows METRICS_TOKEN, or without one for METRICS_ADDRESSES past no proxy; 404 for all others."""
    if not _may_read(request):
        raise Http404
    content = generate_latest(REGISTRY)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        shared.register(Waiting())
        content = generate_latest(shared)
    return HttpResponse(content, content_type="text/plain; version=0.0.4; charset=utf-8",
                        headers={"Cache-Control": "no-store"})


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    is_forwarded = "X-Forwarded-For" in request.headers
    return not is_forwarded and request.META.get("REMOTE_ADDR", "") in settings.METRICS_ADDRESSES
