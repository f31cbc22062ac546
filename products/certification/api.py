"""Endpoints of the decision on an order and of the life of a certification."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Private, Read, Verb, version_seen
from products.certification.models import Certification
from products.certification.selectors import basis_of, certifications_visible_to
from products.certification.serializers import BackIn, CertificationOut, DecisionBasisOut, DecisionIn, StepIn
from products.certification.services import (
    cancel_certification,
    confirm_correction,
    decide,
    lift_suspension,
    recommend,
    restore_certification,
    suspend_certification,
    withdraw_certification,
)
from products.orders.models import Order
from products.orders.selectors import orders_visible_to
from wapicert.errors import Conflict, InvalidInput


class NotRecommended(Conflict):
    """The decision maker decides on a recommendation."""

    code = "not_recommended"
    message = _("尚无评定意见，不能作出决定。")
    remedy = _("请先由评定人提交评定意见。")


class DecisionAmbiguous(InvalidInput):
    """Either a recommendation or a decision, not both and not neither."""

    code = "decision_ambiguous"
    message = _("须且只须填写 recommends_grant 与 grant 之一。")
    remedy = _("评定人填写 recommends_grant；决定人填写 grant，并附本人密码。")


class CertificationView(Private):
    """Anything that shows a certification."""

    serializer_class = CertificationOut

    def certifications(self) -> QuerySet[Certification]:
        """The certifications that the reader may see."""
        return certifications_visible_to(self.user)


class DecideOrder(CertificationView, Verb):
    """Recommend (`recommends_grant`, by the reviewer), then decide (`grant` and password, by the decision maker).

    GET tells what both rest on; both name it again (`basis`) and are refused if it changed or if something of it is
    open. The decision needs If-Match with the ETag of the recommendation.
    """

    input_class, output_class = DecisionIn, CertificationOut
    service = staticmethod(recommend)

    def find(self) -> Order:
        return get_object_or_404(orders_visible_to(self.user), number=self.kwargs["number"])

    @extend_schema(responses=DecisionBasisOut)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What a decision on the order rests on now, for the alliance's staff."""
        order = self.find()
        if not self.user.is_member_of_staff:
            raise Http404
        context = {"user": self.user, "request": request,
                   "certification": self.certifications().filter(order=order).first()}
        return Response(DecisionBasisOut(basis_of(order), context=context).data)

    def act(self, subject: Order, data: Any, **version: int) -> Any:
        if ("grant" in data) == ("recommends_grant" in data):
            raise DecisionAmbiguous(field="grant")
        if "grant" not in data:
            return recommend(order=subject, actor=self.user, recommends_grant=data["recommends_grant"],
                             reason=data.get("reason", ""), basis=data["basis"])
        certification = self.certifications().filter(order=subject).first()
        if certification is None:
            raise NotRecommended(field="grant")
        return decide(certification=certification, actor=self.user, grant=data["grant"], reason=data.get("reason", ""),
                      password=data.get("password", ""), second_factor=data.get("second_factor", ""),
                      row_version=version_seen(self.request), basis=data["basis"])

    def present_result(self, subject: Order, result: Certification) -> Any:
        return self.present(self.certifications().get(pk=result.pk))


class OneCertification(CertificationView, Read):
    """A certification by its number, which is its listing number."""

    def find(self) -> Certification:
        return get_object_or_404(self.certifications(), listing__listing_number=self.kwargs["number"])


class CertificationVerb(OneCertification, Verb):
    """A step in the life of a certification, with the reason that the public reads."""

    http_method_names = ["post", "options"]
    input_class, output_class = StepIn, CertificationOut
    subject_name = "certification"
    needs_version = True


class Suspend(CertificationVerb):
    """Suspend a certification; the directory shows it at once."""

    service = staticmethod(suspend_certification)


class Lift(CertificationVerb):
    """Lift a suspension, on the basis that a grant needs."""

    input_class = BackIn
    service = staticmethod(lift_suspension)


class Restore(CertificationVerb):
    """Undo that a certification was superseded, on the basis that a grant needs."""

    input_class = BackIn
    service = staticmethod(restore_certification)


class Withdraw(CertificationVerb):
    """Withdraw a certification; its page stays, with date and reason."""

    service = staticmethod(withdraw_certification)


class Cancel(CertificationVerb):
    """Cancel a certification at its holder's wish."""

    service = staticmethod(cancel_certification)


class Correct(CertificationVerb):
    """Let register and certificate follow an amended report that identifies the device otherwise."""

    service = staticmethod(confirm_correction)
