"""Endpoints of reworks: look, send the finding, answer it, sign the scope, end it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Private, Read, Verb, Writing
from products.files.selectors import files_visible_to
from products.orders.models import Order, Rebase
from products.orders.selectors import orders_visible_to, rebases_of
from products.orders.serializers import ReasonIn
from products.orders.services import allow_drop, refuse_drop, refuse_rebase
from products.rework.errors import FileNotYours
from products.rework.models import Answer as AnswerRow
from products.rework.models import Finding, Message, Rework, ReworkItem, Scope, ScopeLine
from products.rework.selectors import reworks_visible_to
from products.rework.serializers import (
    AnswerIn,
    DraftIn,
    FindingIn,
    MessageIn,
    RebaseIn,
    RebaseOut,
    ReworkOut,
    ScopeIn,
)
from products.rework.services import (
    abandon_rework,
    answer_finding,
    draft_finding,
    fail_rework,
    propose_rebase,
    rebase_order,
    send_finding,
    sign_scope,
    write_message,
)

PARTS = (
    Prefetch("items", ReworkItem.objects.select_related("plan_item", "reason")),
    Prefetch("findings", Finding.objects.select_related("sent_by")),
    Prefetch("answers", AnswerRow.objects.select_related("hardware", "firmware", "answered_by")),
    "answers__files",
    Prefetch("messages", Message.objects.select_related("written_by")),
    Prefetch("scopes", Scope.objects.select_related("signed_by", "version__hardware", "version__firmware")),
    Prefetch("scopes__lines", ScopeLine.objects.select_related("plan_item")),
)


class ReworkView(Private):
    """Anything that shows reworks."""

    serializer_class = ReworkOut

    def reworks(self) -> QuerySet[Rework]:
        """The reworks that the reader may see, with their rounds."""
        return reworks_visible_to(self.user).prefetch_related(*PARTS)

    def find(self) -> Rework:
        return get_object_or_404(self.reworks(), number=self.kwargs["number"])

    def get_serializer_context(self) -> dict[str, Any]:
        return {"user": self.user}


class ReworksOfOrder(ReworkView, ListAPIView[Rework]):
    """The reworks of an order, newest first."""

    def get_queryset(self) -> QuerySet[Rework]:
        order = get_object_or_404(orders_visible_to(self.user), number=self.kwargs["number"])
        return self.reworks().filter(order=order)


class OneRework(ReworkView, Read):
    """A rework with its rounds."""


class ReworkVerb(ReworkView, Verb):
    """A verb of a rework."""

    output_class = ReworkOut
    subject_name = "rework"
    needs_version = True


class Draft(ReworkVerb):
    """Keep the draft of a finding; the vendor does not see it."""

    input_class = DraftIn
    service = staticmethod(draft_finding)


class Send(ReworkVerb):
    """Send the finding to the vendor: what was found, and a reason for each failed item."""

    input_class = FindingIn
    service = staticmethod(send_finding)


class Answer(ReworkVerb):
    """Answer a finding as the vendor: cause, changes, the version that is to be tested now, files."""

    input_class = AnswerIn
    service = staticmethod(answer_finding)

    def act(self, subject: Rework, data: Any, **version: int) -> Any:
        wanted = set(data.pop("files", []))
        files = list(files_visible_to(self.user).filter(pk__in=wanted))
        if len(files) != len(wanted):
            raise FileNotYours(field="files")
        return answer_finding(rework=subject, actor=self.user, files=files, row_version=version["row_version"], **data)


class WriteMessage(ReworkView, Verb):
    """Say something to the other side of a running rework; nothing said is changed or taken back."""

    input_class, output_class, success_status = MessageIn, ReworkOut, 201
    subject_name = "rework"
    service = staticmethod(write_message)


class SignScope(ReworkVerb):
    """Sign what is tested again: for every item that has a result, repeat or keep, and why."""

    input_class = ScopeIn
    service = staticmethod(sign_scope)


class Abandon(ReworkVerb):
    """Give a rework up; what failed stays failed."""

    input_class = ReasonIn
    service = staticmethod(abandon_rework)


class Fail(ReworkVerb):
    """Close a rework as failed."""

    input_class = ReasonIn
    service = staticmethod(fail_rework)


class RebaseView(Private):
    """Anything about taking an order to another edition."""

    serializer_class = RebaseOut
    output_class = RebaseOut

    def order(self) -> Order:
        """The order, if the reader may see it."""
        return get_object_or_404(orders_visible_to(self.user), number=self.kwargs["number"])


class Rebases(RebaseView, ListAPIView[Rebase], Writing):
    """The proposals to take an order to another edition, newest first; a POST proposes one."""

    input_class, success_status = RebaseIn, 201
    subject_name = "order"
    service = staticmethod(propose_rebase)

    def get_queryset(self) -> QuerySet[Rebase]:
        return rebases_of(self.order())

    def find(self) -> Order:
        return self.order()

    def present_result(self, subject: Any, result: Rebase) -> Any:
        return self.present(result)

    @extend_schema(operation_id="orders_rebases_propose")
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Propose to the applicant that the tests go on by another edition."""
        return self.write(request)


class RebaseVerb(RebaseView, Verb):
    """An answer to a proposal: the applicant's, or the quality manager's where an item that failed would be dropped."""

    subject_name = "rebase"

    def find(self) -> Rebase:
        return get_object_or_404(rebases_of(self.order()), pk=self.kwargs["pk"])


class ConsentToRebase(RebaseVerb):
    """Consent: the order goes on by the other edition, what says the same keeps its results."""

    service = staticmethod(rebase_order)


class AllowDrop(RebaseVerb):
    """Allow, as the quality manager, that items which failed no longer count, and say why."""

    input_class = ReasonIn
    service = staticmethod(allow_drop)


class RefuseDrop(RebaseVerb):
    """Refuse that; the order stays with its edition."""

    input_class = ReasonIn
    service = staticmethod(refuse_drop)


class RefuseRebase(RebaseVerb):
    """Stay with the edition, and say why."""

    input_class = ReasonIn
    service = staticmethod(refuse_rebase)
