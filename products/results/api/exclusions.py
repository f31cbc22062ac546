"""Endpoints of exclusions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from members.requests.api import Verb
from products.orders.models import PlanItem
from products.orders.serializers import ReasonIn
from products.results.api.sight import OfOrder
from products.results.models import Exclusion
from products.results.selectors import (
    exclusions_visible_to,
)
from products.results.serializers import (
    ExclusionIn,
    ExclusionOut,
)
from products.results.services import propose_exclusion
from products.rework.services import (
    accept_item_exclusion,
    approve_item_exclusion,
    refuse_item_exclusion,
    reopen_item_exclusion,
    withdraw_item_exclusion,
)


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


class WithdrawExclusion(ExclusionView):
    """Take back an own proposal that is not approved yet."""

    service = staticmethod(withdraw_item_exclusion)


class ReopenExclusion(ExclusionView):
    """Open an approved exclusion again, and why; the item is to be tested after all."""

    input_class = ReasonIn
    service = staticmethod(reopen_item_exclusion)
