"""Endpoints of attempts: batches, verification, correction, invalidation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.people.states import BUSINESS_ROLES, Role, TokenScope
from members.requests.api import Verb, Writing
from products.orders.models import Order
from products.orders.serializers import ReasonIn
from products.results.api.sight import AttemptView, OfOrder, UnknownAttempt
from products.results.errors import NotPermitted
from products.results.models import Attempt
from products.results.selectors import Doubt, attempts_in_doubt
from products.results.serializers import (
    AttemptIn,
    AttemptOut,
    BatchVerificationIn,
    CommentIn,
    CorrectionIn,
)
from products.results.services import record_attempts, rig_behind
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
    token_scopes: ClassVar = {"POST": frozenset({TokenScope.RIG})}

    def find(self) -> Order:
        return self.order()

    def get_queryset(self) -> QuerySet[Attempt]:
        return self.shown().filter(plan_item__order=self.order())

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Record a batch, all or nothing; faults are listed row by row in `errors`."""
        return self.write(request)

    def act(self, subject: Order, data: Any, **version: int) -> list[Attempt]:
        return record_attempts(order=subject, rows=data, actor=self.user, rig=rig_behind(self.request.auth))

    def present_result(self, subject: Order, result: list[Attempt]) -> Any:
        return AttemptOut(self.shown().filter(pk__in=[row.pk for row in result]).order_by("pk"), many=True).data


class DoubtIn(serializers.Serializer[Any]):
    """What is in doubt; at least one of these."""

    tool = serializers.CharField(required=False, max_length=30)
    person = serializers.CharField(required=False, max_length=40)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(_("请至少填写一个条件。"))
        return attrs


class InDoubt(AttemptView, ListAPIView[Attempt]):
    """Every record that a doubtful tool, person (staff number) or period of testing touched; for the laboratory."""

    pagination_class = OldestFirst

    def get_queryset(self) -> QuerySet[Attempt]:
        asked = DoubtIn(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        if not self.user.role_codes & (BUSINESS_ROLES | {Role.AU}):
            raise NotPermitted
        touched = attempts_in_doubt(Doubt(**asked.validated_data), self.user).order_by()
        return self.shown().filter(pk__in=touched.values("pk"))

    @extend_schema(operation_id="attempts_in_doubt", parameters=[DoubtIn])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The records in doubt, oldest first."""
        return self.list(request, *args, **kwargs)


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
