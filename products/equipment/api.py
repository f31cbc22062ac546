"""Endpoints of the loan desk: look, reserve, hand out, extend, take back, cancel."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Private, Read, Verb, Writing
from products.equipment.models import Loan
from products.equipment.selectors import loans_visible_to
from products.equipment.serializers import ExtendIn, HandOutIn, LoanOut, ReserveIn, ReturnIn
from products.equipment.services import cancel_loan, extend_loan, reserve_tool, return_tool
from products.orders.serializers import ReasonIn
from products.results.services import lend_tool


class LoanView(Private):
    """Anything that shows loans."""

    serializer_class = LoanOut
    output_class = LoanOut

    def find(self) -> Loan:
        return get_object_or_404(loans_visible_to(self.user), number=self.kwargs["number"])

    def get_serializer_context(self) -> dict[str, Any]:
        return {"user": self.user}


class Loans(LoanView, ListAPIView[Loan], Writing):
    """The loans that the reader may see, newest first; a POST reserves a tool."""

    input_class, success_status = ReserveIn, 201
    service = staticmethod(reserve_tool)

    def get_queryset(self) -> QuerySet[Loan]:
        return loans_visible_to(self.user)

    def find(self) -> Any:
        return None

    def present_result(self, subject: Any, result: Loan) -> Any:
        return self.present(result)

    @extend_schema(operation_id="loans_reserve")
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.write(request)


class OneLoan(LoanView, Read):
    """A loan."""


class LoanVerb(LoanView, Verb):
    """A verb of a loan."""

    subject_name = "loan"


class HandOut(LoanVerb):
    """Hand the tool out."""

    input_class = HandOutIn
    service = staticmethod(lend_tool)


class Return(LoanVerb):
    """Take the tool back."""

    input_class = ReturnIn
    service = staticmethod(return_tool)


class Extend(LoanVerb):
    """Set another last day."""

    input_class = ExtendIn
    service = staticmethod(extend_loan)


class Cancel(LoanVerb):
    """Give a reservation up."""

    input_class = ReasonIn
    service = staticmethod(cancel_loan)
