"""The report of an order of 125 items with five records each, from the draft to the stored file; target: 2 s."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from products.orders.models import Order
from products.reports.models import Report
from products.reports.rendering import render
from products.reports.selectors import photographs_of
from products.reports.services import authorise_report, check_report, compile_report, render_report
from products.reports.states import RenderingState, ReportState
from products.results.states import Verdict
from tests.bench import world
from tests.bench.stopwatch import Times, figure, samples
from tests.factories import orders
from tests.factories import reports as reports_factory
from tests.factories.people import PASSWORD

TARGET = {"target_p95": 2000}


def figures() -> Iterator[dict[str, Any]]:
    """The first rendering of a process also loads the fonts, so it stands by itself."""
    order, waiting = world.order_with_attempts(Verdict.PASS)
    world.verify(order, waiting)
    first, whole, alone, compiling = Times(), Times(), Times(), Times()
    report = authorised(orders.fresh(order), compiling)
    yield figure("compile the report, first of the process", compiling)
    first.take(lambda: render_report(report_id=str(report.pk)))
    issued = Report.objects.get(pk=report.pk)
    assert issued.state == ReportState.ISSUED, issued.rendering_error
    content = reports_factory.content_of(issued)
    facts = {"pages": len(reports_factory.text_of(content)), "bytes": len(content), **TARGET}
    yield figure("worker: a report's PDF, first of the process", first, **facts)
    for _each in range(samples(9)):
        put_back(report)
        whole.take(lambda: render_report(report_id=str(report.pk)))
        assert Report.objects.get(pk=report.pk).state == ReportState.ISSUED
    yield figure("worker: a report's PDF, claimed, rendered, stored, issued", whole, **facts)
    for _each in range(samples(9)):
        alone.take(lambda: render(issued.snapshot, draft=False, photographs=photographs_of(issued.snapshot)))
    yield figure("typesetting alone", alone, **facts)


def authorised(order: Order, compiling: Times) -> Report:
    """Through the services, with the draft timed."""
    people = world.cast()
    report = compiling.take(lambda: compile_report(order=order, actor=people.tester2))
    report = check_report(report=report, actor=people.verifier)
    return authorise_report(report=report, actor=people.signatory, password=PASSWORD)


def put_back(report: Report) -> None:
    """As it waited for the worker, for another sample."""
    Report.objects.filter(pk=report.pk).update(
        state=ReportState.AUTHORISED, rendering_state=RenderingState.QUEUED, rendering_tries=0, rendering_lease=None,
        issued_at=None, file=None,
    )
