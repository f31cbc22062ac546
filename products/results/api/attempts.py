"""Endpoints of attempts: batches, verification, correction, invalidation."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Verb, Writing
from products.orders.models import Order
from products.orders.serializers import ReasonIn
from products.results.api.sight import AttemptView, OfOrder, UnknownAttempt
from products.results.models import Attempt
from products.results.serializers import (
    AttemptIn,
    AttemptOut,
    BatchVerificationIn,
    CommentIn,
    CorrectionIn,
)
from products.results.services import record_attempts
from products.rework.services import (
    correct_result,
    invalidate_result,
    refuse_result_invalidation,
    request_result_invalidation,
    return_result,
    verify_results,
)
from wapicert.pagination import OldestFirst


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


class RefuseInvalidation(AttemptVerb):
    """Let an attempt stand that another person wanted declared invalid, and say why."""

    input_class = ReasonIn
    service = staticmethod(refuse_result_invalidation)


class Invalidate(AttemptVerb):
    """Declare an attempt invalid, as another person asked."""

    input_class = ReasonIn
    service = staticmethod(invalidate_result)
