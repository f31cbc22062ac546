"""Endpoints of the laboratory's figures, for the alliance's staff."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.people.states import BUSINESS_ROLES, Role
from members.requests.api import Private
from products.insight.errors import FigureFilterInvalid
from products.insight.forms import ScopeForm, TrendForm
from products.insight.rendering import CHARTS, trend_chart
from products.insight.serializers import FigureOut
from wapicert.charts import Chart

SCOPE = [
    OpenApiParameter("since", str, description="First day, in UTC+8 (2026-01-31)."),
    OpenApiParameter("until", str, description="Last day."),
    OpenApiParameter("type", str, description="Code of a device type."),
    OpenApiParameter("edition", str, description="Slug of an edition."),
    OpenApiParameter("company", str, description="Number of a company."),
]
TREND = [
    OpenApiParameter("device", int, description="Id of the device."),
    OpenApiParameter("model", str, required=True, description="The device's model, or a part of it."),
    OpenApiParameter("measurement", str, required=True, description="Item and key of a number, `PER-01:dl_mbps`."),
]


class Figure(Private):
    """GET of one figure: yield-month, yield-type, yield-edition, failures-item, failures-reason, stages, flaky,
    turns or queues.
    """

    output_class = FigureOut
    form_class: type[ScopeForm] = ScopeForm

    def draw(self, name: str, form: ScopeForm) -> Chart:
        """The chart; 404 for a name that there is not."""
        if name not in CHARTS:
            raise Http404
        return CHARTS[name](form.scope)

    @extend_schema(operation_id="insight_figure", parameters=SCOPE)
    def get(self, request: Request, name: str = "") -> Response:
        return self.answer(request, name)

    def answer(self, request: Request, name: str) -> Response:
        """Staff alone, and no wrong filter is left out in silence."""
        if not self.user.role_codes & (BUSINESS_ROLES | {Role.AU}):
            raise Http404
        form = self.form_class(request.query_params)
        for field, faults in form.errors.items():
            raise FigureFilterInvalid(str(faults[0]), field=field)
        return Response(self.present(self.draw(name, form)))


class Trend(Figure):
    """GET of a measured value over the versions of one device, with its limit in the title's table."""

    form_class = TrendForm

    def draw(self, name: str, form: Any) -> Chart:
        """The trend; refuses unless exactly one device and a value are named."""
        devices, measurement = form.devices(), form.asked.get("measurement")
        if len(devices) != 1:
            raise FigureFilterInvalid(field="model", extra={"devices": [row.pk for row in devices]})
        if measurement is None:
            raise FigureFilterInvalid(field="measurement")
        return trend_chart(devices[0], measurement, form.scope)

    @extend_schema(operation_id="insight_trend", parameters=[*SCOPE, *TREND])
    def get(self, request: Request, name: str = "") -> Response:
        return self.answer(request, name)
