"""Endpoints of orders: apply, look, and the verbs that move an order."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.history.models import Entry
from members.requests.api import Private, Read, Verb, Writing
from products.devices.api import device_type_by
from products.orders.models import Order, Sample
from products.orders.selectors import compute_plan, history_of, orders_visible_to
from products.orders.serializers import (
    AcceptanceIn,
    AgreementIn,
    EndingIn,
    HistoryEntry,
    OrderBrief,
    OrderChange,
    OrderIn,
    OrderOut,
    Preview,
    PreviewIn,
    ReasonIn,
    SampleIn,
)
from products.orders.services import (
    accept_order,
    cancel_order,
    change_draft,
    close_order,
    decline_order,
    draft_order,
    end_sample,
    hold_order,
    receive_sample,
    resume_order,
    return_order,
    submit_order,
)
from products.orders.states import Party, Stage
from products.results.selectors import counts_for
from products.rework.models import Rework
from products.suites.selectors import current_edition
from wapicert.pagination import OldestFirst


def summaries(orders: list[Order]) -> dict[str, Any]:
    """Counts and rounds of the orders, read for all at once."""
    ids = [order.pk for order in orders]
    rounds = Rework.objects.filter(order_id__in=ids).order_by().values_list("order_id").annotate(Sum("round"))
    return {"counts": counts_for(ids), "rounds": dict(rounds)}


class OrderView(Private):
    """Anything at one order's address."""

    serializer_class: type[serializers.BaseSerializer[Any]] = OrderOut

    def orders(self) -> QuerySet[Order]:
        """The orders that the reader may see, with what every answer shows."""
        return orders_visible_to(self.user).select_related("device__company")

    def find(self) -> Order:
        return get_object_or_404(self.orders(), number=self.kwargs["number"])

    def present(self, row: Order) -> Any:
        """The order as it stands now."""
        return OrderOut(row, context={"user": self.user, **summaries([row])}).data


class OrderVerb(OrderView, Verb):
    """A verb of an order."""

    output_class = OrderOut
    subject_name = "order"
    needs_version = True


class Filters(serializers.Serializer[Any]):
    """What a list of orders may be narrowed to."""

    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    turn = serializers.ChoiceField(choices=Party.choices, required=False)


class Orders(OrderView, Writing, ListAPIView[Order]):
    """Own orders, or all of them for the alliance's staff, newest first; drafting an application."""

    serializer_class = OrderBrief
    input_class, output_class, success_status = OrderIn, OrderOut, 201
    service = staticmethod(draft_order)

    def find(self) -> Any:
        return None

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filters = Filters(data=request.query_params)
        filters.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.orders().filter(**filters.validated_data)) or []
        return self.get_paginated_response(OrderBrief(page, many=True, context=summaries(list(page))).data)

    @extend_schema(parameters=[
        OpenApiParameter("stage", str, enum=Stage.values), OpenApiParameter("turn", str, enum=Party.values)
    ])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Own orders, or all of them for the alliance's staff, newest first."""
        return self.list(request)

    @extend_schema(operation_id="orders_create")
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Draft an application for a device."""
        return self.write(request)

    def present_result(self, subject: Any, result: Order) -> Any:
        return self.present(self.orders().get(pk=result.pk))


class OneOrder(OrderVerb, Read):
    """An order; changing its draft."""

    http_method_names = ["get", "patch", "head", "options"]
    input_class = OrderChange
    service = staticmethod(change_draft)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a draft, or what was returned for completion."""
        return self.write(request)


class Submit(OrderVerb):
    """Submit an application."""

    input_class = AgreementIn
    service = staticmethod(submit_order)


class Return(OrderVerb):
    """Return an application for completion."""

    input_class = ReasonIn
    service = staticmethod(return_order)


class Decline(OrderVerb):
    """Decline an application."""

    input_class = ReasonIn
    service = staticmethod(decline_order)


class Accept(OrderVerb):
    """Accept an application: pins the edition and freezes the plan."""

    input_class = AcceptanceIn
    service = staticmethod(accept_order)


class ReceiveSample(OrderVerb):
    """Receive a sample; testing begins with the first."""

    input_class = SampleIn
    service = staticmethod(receive_sample)


class Hold(OrderVerb):
    """Put an order on hold."""

    input_class = ReasonIn
    service = staticmethod(hold_order)


class Resume(OrderVerb):
    """Take the work up again where it stood."""

    service = staticmethod(resume_order)


class Cancel(OrderVerb):
    """Cancel an order; everything recorded is kept."""

    input_class = ReasonIn
    service = staticmethod(cancel_order)


class Close(OrderVerb):
    """Close a decided order whose samples have gone."""

    service = staticmethod(close_order)


class EndSample(OrderView, Verb):
    """Note that a sample was returned or disposed of."""

    input_class, output_class = EndingIn, OrderOut
    service = staticmethod(end_sample)

    def act(self, subject: Order, data: Any, **version: int) -> Sample:
        sample = get_object_or_404(subject.samples.all(), pk=self.kwargs["pk"])
        return end_sample(sample=sample, actor=self.user, **data)


class PlanPreview(Verb):
    """The plan as it would be for a declaration, each item with the rule that decides; nothing is saved."""

    input_class, output_class = PreviewIn, Preview
    service = staticmethod(compute_plan)

    def act(self, subject: Any, data: Any, **version: int) -> dict[str, Any]:
        kind, edition = device_type_by(data["device_type"]), data.get("edition") or current_edition()
        plan = compute_plan(edition=edition, device_type=kind, specification=data.get("specification", {}),
                            features=data.get("features", {}), chosen=set(data.get("chosen", [])))
        return {"edition": edition.slug, "counted": sum(row.is_counted for row in plan), "items": plan}

    def present_result(self, subject: Any, result: Any) -> Any:
        return self.present(result)


class History(OrderView, ListAPIView[Entry]):
    """Who did what to an order, oldest first; vendors see which role acted."""

    serializer_class = HistoryEntry
    pagination_class = OldestFirst

    def get_queryset(self) -> QuerySet[Entry]:
        return history_of(self.find(), self.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {"user": self.user}
