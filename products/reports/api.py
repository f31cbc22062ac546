"""Endpoints of reports: compile, look, download, and the verbs that move a report."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request

from members.requests.api import AnyMediaType, Private, Read, Verb, version_seen
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.orders.serializers import ReasonIn
from products.reports.models import Report
from products.reports.selectors import reports_visible_to
from products.reports.serializers import AmendmentIn, PasswordIn, ReportOut, WithdrawalIn
from products.reports.services import (
    amend_report,
    authorise_report,
    check_report,
    compile_report,
    consent_to_withdrawal,
    preview_of,
    refuse_withdrawal,
    request_withdrawal,
    retry_rendering,
    return_report,
)
from wapicert.downloads import file_response


class ReportView(Private):
    """Anything at one report's address."""

    serializer_class = ReportOut

    def reports(self) -> QuerySet[Report]:
        """The reports that the reader may see, with what every answer shows."""
        return reports_visible_to(self.user).select_related("replaced_by")

    def find(self) -> Report:
        return get_object_or_404(self.reports(), pk=self.kwargs["pk"])


class ReportVerb(ReportView, Verb):
    """A verb of a report."""

    output_class = ReportOut
    subject_name = "report"
    needs_version = True


class OneReport(ReportView, Read):
    """A report: state, people by staff number, digests, and what a draft still lacks."""


class Reports(ReportView, ListAPIView[Report]):
    """The reports of own orders, or all of them for the alliance's staff, newest first."""

    def get_queryset(self) -> QuerySet[Report]:
        return self.reports()

    def get_serializer_context(self) -> dict[str, Any]:
        return {"user": self.user}


class Compile(ReportView, Verb):
    """Compile the report of an order that is complete, or compile its draft again.

    With If-Match, only the draft of that version is compiled again.
    """

    output_class, success_status = ReportOut, 201
    subject_name = "order"
    service = staticmethod(compile_report)

    def find(self) -> Any:
        return get_object_or_404(orders_visible_to(self.user), number=self.kwargs["number"])

    def act(self, subject: Order, data: Any, **version: int) -> Report:
        seen = version_seen(self.request) if "If-Match" in self.request.headers else None
        return compile_report(order=subject, actor=self.user, row_version=seen)

    def present_result(self, subject: Order, result: Report) -> Any:
        return self.present(self.reports().get(pk=result.pk))


class Check(ReportVerb):
    """Check a report (审核); refused while an element is missing."""

    service = staticmethod(check_report)


class Return(ReportVerb):
    """Send a report back to its compiler."""

    input_class = ReasonIn
    service = staticmethod(return_report)


class Authorise(ReportVerb):
    """Authorise a report (批准): allots its number and has the worker render it."""

    input_class = PasswordIn
    service = staticmethod(authorise_report)


class Amend(ReportVerb):
    """Amend an issued report: opens its successor, which the answer shows; the old one counts until that is issued."""

    input_class, success_status = AmendmentIn, 201
    service = staticmethod(amend_report)

    def present_result(self, subject: Report, result: Report) -> Any:
        return self.present(self.reports().get(pk=result.pk))


class Withdraw(ReportVerb):
    """Ask to withdraw an issued report; it is withdrawn when the quality manager consents."""

    input_class = WithdrawalIn
    service = staticmethod(request_withdrawal)


class ConsentToWithdrawal(ReportVerb):
    """Withdraw the report that a signatory asked to withdraw."""

    input_class = PasswordIn
    service = staticmethod(consent_to_withdrawal)


class RefuseWithdrawal(ReportVerb):
    """Refuse a withdrawal; the report stays in force."""

    input_class = ReasonIn
    service = staticmethod(refuse_withdrawal)


class RetryRendering(ReportVerb):
    """Have the worker try again after rendering failed for good."""

    needs_version = False
    service = staticmethod(retry_rendering)


class Pdf(ReportView):
    """The report as issued, byte by byte, with its digests; before that a preview marked 草稿, never stored."""

    content_negotiation_class = AnyMediaType
    media_type = "application/pdf"

    @extend_schema(operation_id="reports_pdf")
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        report = self.find()
        if report.file is None:
            draft = preview_of(report)
            return HttpResponse(draft, content_type=self.media_type,
                                headers={"Content-Disposition": 'inline; filename="draft.pdf"'})
        return file_response(report.file.content, name=f"{report.number}.pdf", media_type=self.media_type,
                             sha256=report.file.sha256, sm3=report.file.sm3, as_attachment=False)
