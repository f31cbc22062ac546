"""The plan of an order as it stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.people.states import TokenScope
from products.orders.models import Order
from products.orders.selectors import preview_of
from products.results.api.sight import OfOrder
from products.results.selectors import (
    SlotRow,
    slots_of,
    told_to_vendor,
)
from products.results.serializers import (
    PlanRow,
)


class Plan(OfOrder):
    """Every item of the order's edition: why it is in or out, where it stands, and what counts.

    Before acceptance: the plan as acceptance would freeze it now; then `state` and `slot_version` are null.
    """

    serializer_class = PlanRow
    token_scopes: ClassVar = {"GET": frozenset({TokenScope.RIG})}

    @extend_schema(operation_id="orders_plan", responses=PlanRow(many=True))
    def get(self, request: Request, number: str) -> Response:
        order = self.order()
        rows = slots_of(order, everything=True) if order.frozen_declaration else _preview(order)
        if order.frozen_declaration and not self.user.is_member_of_staff:
            rows = told_to_vendor(rows)
        codes = {row.item.pk: row.item.code for row in rows}
        shown = [_for_show(row, order) for row in rows]
        return Response(PlanRow(shown, many=True, context={"codes": codes, "user": self.user}).data)


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
