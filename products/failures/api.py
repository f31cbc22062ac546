"""Endpoints of the register of failures."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from members.requests.api import Private, Verb
from products.failures.errors import FailureGone
from products.failures.permissions import can_see_failures
from products.failures.selectors import Failure, failure_of, failures
from products.failures.serializers import AcknowledgementIn, FailureOut
from products.failures.services import acknowledge_failure, retry_failure
from products.failures.states import FailureKind


class Register(Private):
    """Whoever may see the register; for everybody else it does not exist."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Strangers get 404."""
        super().initial(request, *args, **kwargs)
        if not can_see_failures(self.user):
            raise Http404


class Failures(Register):
    """What failed and needs a person, the longest waiting first."""

    @extend_schema(operation_id="failures_list", responses=FailureOut(many=True))
    def get(self, request: Request) -> Response:
        """What failed and needs a person, the longest waiting first; what was acknowledged comes last."""
        return Response(FailureOut(failures(), many=True, context={"user": self.user}).data)


class FailureVerb(Register, Verb):
    """A verb on one failure."""

    output_class = FailureOut

    def find(self) -> Failure:
        kind, key = self.kwargs["kind"], self.kwargs["key"]
        if kind not in FailureKind.values:
            raise Http404
        found = failure_of(kind, key)
        if found is None:
            raise FailureGone(field="key")
        return found

    def present_result(self, subject: Failure, result: Any) -> Any:
        """As it stands now; as it stood, when it does not fail any more."""
        return self.present(failure_of(subject.kind, subject.key) or subject)


class Retry(FailureVerb):
    """Start it again; refused when it does not fail any more."""

    service = staticmethod(retry_failure)

    def act(self, subject: Failure, data: Any, **version: int) -> Any:
        return retry_failure(kind=subject.kind, key=subject.key, actor=self.user)


class Acknowledge(FailureVerb):
    """Note what was found, or what is done about it."""

    input_class = AcknowledgementIn
    service = staticmethod(acknowledge_failure)

    def act(self, subject: Failure, data: Any, **version: int) -> Any:
        return acknowledge_failure(kind=subject.kind, key=subject.key, comment=data["comment"], actor=self.user)
