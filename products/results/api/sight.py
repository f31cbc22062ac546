"""What every endpoint of results starts from: the order and the attempts that the reader may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from members.requests.api import Private
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from products.results.models import Attempt, AttemptAct
from products.results.selectors import (
    attempts_visible_to,
)
from products.results.serializers import (
    AttemptOut,
)
from products.results.services import require_rig_on
from products.results.states import ActKind
from wapicert.errors import InvalidInput


class UnknownAttempt(InvalidInput):
    """No such record, or none that the reader may see."""

    code = "attempt_unknown"
    message = _("没有这条记录。")
    remedy = _("请核对记录编号。")


class OfOrder(Private):
    """Anything below one order's address; a rig that is limited to other orders sees and does nothing here."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_rig_on(auth=request.auth, number=str(self.kwargs["number"]))

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
            "plan_item__order", "version__hardware", "version__firmware", "tool", "recorded_by", "rig"
        ).prefetch_related(Prefetch("acts", acts))
        return rows if self.user.is_member_of_staff else rows.filter(acts__kind=ActKind.VERIFIED)
