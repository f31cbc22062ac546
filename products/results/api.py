"""Endpoints of results: the plan as it stands, batches, verification, exclusions, evidence, tools."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import AnyMediaType, Private, Verb, Writing
from products.equipment.models import Tool
from products.equipment.selectors import tools_visible_to
from products.orders.models import Order, PlanItem
from products.orders.selectors import orders_visible_to, preview_of
from products.orders.serializers import ReasonIn
from products.results.models import Attempt, AttemptAct, Evidence, Exclusion
from products.results.selectors import (
    SlotRow,
    attempts_visible_to,
    evidence_visible_to,
    exclusions_visible_to,
    slots_of,
)
from products.results.serializers import (
    AttemptIn,
    AttemptOut,
    BatchVerificationIn,
    CommentIn,
    CorrectionIn,
    EvidenceIn,
    EvidenceOut,
    ExclusionIn,
    ExclusionOut,
    PlanRow,
    ToolOut,
)
from products.results.services import add_evidence, propose_exclusion, record_attempts
from products.results.states import ActKind
from products.rework.services import (
    accept_item_exclusion,
    approve_item_exclusion,
    correct_result,
    invalidate_result,
    refuse_item_exclusion,
    request_result_invalidation,
    return_result,
    verify_results,
)
from wapicert.downloads import file_response
from wapicert.errors import InvalidInput
from wapicert.pagination import OldestFirst


class UnknownAttempt(InvalidInput):
    """No such record, or none that the reader may see."""

    code = "attempt_unknown"
    message = _("没有这条记录。")
    remedy = _("请核对记录编号。")


class OfOrder(Private):
    """Anything below one order's address."""

    def order(self) -> Order:
        """The order, for those who may see it."""
        return get_object_or_404(orders_visible_to(self.user), number=self.kwargs["number"])


class AttemptView(Private):
    """Anything that shows attempts."""

    serializer_class = AttemptOut

    def shown(self) -> QuerySet[Attempt]:
        """The attempts that the reader may see, with what every answer shows; a vendor sees those once verified."""
        acts = AttemptAct.objects.select_related("actor").order_by("id")
        rows = attempts_visible_to(self.user).select_related(
            "plan_item__order", "version__hardware", "version__firmware", "tool", "recorded_by"
        ).prefetch_related(Prefetch("acts", acts))
        return rows if self.user.is_member_of_staff else rows.filter(acts__kind=ActKind.VERIFIED)


class Plan(OfOrder):
    """Every item of the order's edition: why it is in or out, where it stands, and what counts.

    Before acceptance: the plan as acceptance would freeze it now; then `state` and `slot_version` are null.
    """

    serializer_class = PlanRow

    @extend_schema(operation_id="orders_plan", responses=PlanRow(many=True))
    def get(self, request: Request, number: str) -> Response:
        order = self.order()
        rows = slots_of(order, everything=True) if order.frozen_declaration else _preview(order)
        codes = {row.item.pk: row.item.code for row in rows}
        shown = [_for_show(row, order) for row in rows]
        return Response(PlanRow(shown, many=True, context={"codes": codes}).data)


def _preview(order: Order) -> list[Any]:
    blank = dict.fromkeys(["state", "verdict", "effective", "exclusion", "row_version"])
    return [
        SimpleNamespace(plan_item=row, item=row.item_version, code=row.code, attempts=[], **blank)
        for row in preview_of(order)
    ]


def _for_show(row: Any, order: Order) -> Any:
    """The row, its effective attempt knowing item and order without another query."""
    if isinstance(row, SlotRow) and row.effective:
        row.plan_item.order = order
        row.effective.plan_item = row.plan_item
    return row


class Attempts(AttemptView, OfOrder, Writing, ListAPIView[Attempt]):
    """What was recorded on an order, oldest first; recording a batch."""

    pagination_class = OldestFirst
    input_class, output_class, success_status = AttemptIn, AttemptOut, 201
    service = staticmethod(record_attempts)
    has_rows = answers_rows = True

    def find(self) -> Order:
        return self.order()

    def get_queryset(self) -> QuerySet[Attempt]:
        return self.shown().filter(plan_item__order=self.order())

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record a batch, all or nothing; faults are listed row by row in `errors`."""
        return self.write(request)

    def act(self, subject: Order, data: Any, **version: int) -> list[Attempt]:
        return record_attempts(order=subject, rows=data, actor=self.user)

    def present_result(self, subject: Order, result: list[Attempt]) -> Any:
        return AttemptOut(self.shown().filter(pk__in=[row.pk for row in result]).order_by("pk"), many=True).data


class VerifyBatch(AttemptView, OfOrder, Verb):
    """Verify several attempts of an order, all or nothing."""

    input_class, output_class = BatchVerificationIn, AttemptOut
    service = staticmethod(verify_results)
    answers_rows = True

    def find(self) -> Order:
        return self.order()

    def act(self, subject: Order, data: Any, **version: int) -> list[int]:
        wanted = set(data["attempts"])
        attempts = list(Attempt.objects.filter(pk__in=wanted, plan_item__order=subject))
        if len(attempts) != len(wanted):
            raise UnknownAttempt(field="attempts", extra={"unknown": sorted(wanted - {row.pk for row in attempts})})
        verify_results(order=subject, attempts=attempts, actor=self.user)
        return sorted(wanted)

    def present_result(self, subject: Order, result: list[int]) -> Any:
        return AttemptOut(self.shown().filter(pk__in=result).order_by("pk"), many=True).data


class AttemptVerb(AttemptView, Verb):
    """A verb of one attempt; attempts never change, so there is no version to name."""

    output_class = AttemptOut
    subject_name = "attempt"

    def find(self) -> Attempt:
        return get_object_or_404(self.shown(), pk=self.kwargs["pk"])


class Verify(AttemptVerb):
    """Verify one attempt."""

    service = staticmethod(verify_results)

    def act(self, subject: Attempt, data: Any, **version: int) -> Any:
        return verify_results(order=subject.plan_item.order, attempts=[subject], actor=self.user)


class Return(AttemptVerb):
    """Return an attempt to its tester, who answers with a correction."""

    input_class = CommentIn
    service = staticmethod(return_result)


class Correct(AttemptVerb):
    """Correct a slip of the pen: a new record of the same test; the old one stays readable."""

    input_class, success_status = CorrectionIn, 201
    service = staticmethod(correct_result)

    def present_result(self, subject: Attempt, result: Attempt) -> Any:
        return self.present(self.shown().get(pk=result.pk))


class RequestInvalidation(AttemptVerb):
    """Ask that a verified attempt be declared invalid."""

    input_class = ReasonIn
    service = staticmethod(request_result_invalidation)


class Invalidate(AttemptVerb):
    """Declare an attempt invalid, as another person asked."""

    input_class = ReasonIn
    service = staticmethod(invalidate_result)


class ExclusionView(OfOrder, Verb):
    """A verb of the exclusion of one item of an order."""

    output_class = ExclusionOut
    subject_name = "exclusion"

    def exclusions(self) -> QuerySet[Exclusion]:
        """The item's exclusions, newest first."""
        return exclusions_visible_to(self.user).filter(
            plan_item__order__number=self.kwargs["number"], plan_item__code=self.kwargs["code"]
        ).select_related("plan_item__order", "proposed_by", "verifier").order_by("-id")

    def find(self) -> Any:
        return get_object_or_404(self.exclusions()[:1])

    def present_result(self, subject: Any, result: Any) -> Any:
        return self.present(self.exclusions()[0])


class ProposeExclusion(ExclusionView):
    """Propose that a planned item gets no result, and why."""

    input_class, success_status = ExclusionIn, 201
    service = staticmethod(propose_exclusion)

    def find(self) -> PlanItem:
        return get_object_or_404(self.order().plan.select_related("order"), code=self.kwargs["code"])

    def act(self, subject: PlanItem, data: Any, **version: int) -> Exclusion:
        return propose_exclusion(order=subject.order, item=subject.code, actor=self.user, **data)


class ApproveExclusion(ExclusionView):
    """Approve an exclusion; a waiver needs the vendor's and the quality manager's consent as well."""

    service = staticmethod(approve_item_exclusion)


class RefuseExclusion(ExclusionView):
    """Refuse an exclusion, and why."""

    input_class = ReasonIn
    service = staticmethod(refuse_item_exclusion)


class AcceptExclusion(ExclusionView):
    """Accept a waiver as the vendor."""

    service = staticmethod(accept_item_exclusion)


class EvidenceUpload(Verb):
    """Add a file to an order, one of its items, or one attempt."""

    parser_classes = [MultiPartParser]
    input_class, output_class, success_status = EvidenceIn, EvidenceOut, 201
    service = staticmethod(add_evidence)

    def act(self, subject: Any, data: Any, **version: int) -> Evidence:
        key = data.pop("attempt", None)
        attempt = attempts_visible_to(self.user).select_related("plan_item").filter(pk=key).first() if key else None
        if key and attempt is None:
            raise UnknownAttempt(field="attempt")
        return add_evidence(upload=data.pop("file"), attempt=attempt, actor=self.user, **data)

    def present_result(self, subject: Any, result: Evidence) -> Any:
        return self.present(result)


class EvidenceOfOrder(OfOrder, ListAPIView[Evidence]):
    """The evidence of an order, newest first."""

    serializer_class = EvidenceOut

    def get_queryset(self) -> QuerySet[Evidence]:
        return evidence_visible_to(self.user).filter(order=self.order()).select_related(
            "plan_item", "file", "added_by"
        )


class EvidenceFile(Private):
    """The file of a piece of evidence, with its digests in the headers."""

    content_negotiation_class = AnyMediaType
    media_type = "application/octet-stream"

    @extend_schema(operation_id="evidence_download")
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        stored = get_object_or_404(evidence_visible_to(self.user).select_related("file"), pk=pk).file
        return file_response(stored.content, name=stored.name, media_type=stored.media_type, sha256=stored.sha256,
                             sm3=stored.sm3)


class Tools(Private, ListAPIView[Tool]):
    """Reference devices and test tools with the end of their calibration, for the alliance's staff."""

    serializer_class = ToolOut

    def get_queryset(self) -> QuerySet[Tool]:
        return tools_visible_to(self.user)
