"""Endpoints of webhooks."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from members.people.states import Role
from members.requests.api import Private, Read, Verb, Writing
from products.webhooks.models import Webhook
from products.webhooks.selectors import webhooks_visible_to
from products.webhooks.serializers import NewWebhook, WebhookIn, WebhookOut
from products.webhooks.services import enable_webhook, end_webhook, register_webhook, secret_of
from wapicert.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """By the moment of registering."""

    ordering = "-created_at"


class Members(Private):
    """Users of a company; for everybody else there are no webhooks."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Strangers get 404."""
        super().initial(request, *args, **kwargs)
        if Role.VU not in self.user.role_codes:
            raise Http404


class Webhooks(Members, Writing, ListAPIView[Webhook]):
    """The own company's webhooks; registering one."""

    serializer_class = WebhookOut
    pagination_class = NewestFirst
    input_class, output_class, success_status = WebhookIn, NewWebhook, 201
    service = staticmethod(register_webhook)

    def get_queryset(self) -> QuerySet[Webhook]:
        return webhooks_visible_to(self.user)

    def find(self) -> Any:
        return None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The own company's webhooks, each with its last deliveries."""
        return self.list(request)

    @extend_schema(operation_id="webhooks_create")
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Register an address; the answer alone shows the secret that signs its calls."""
        answer = self.write(request)
        # Added here, so that the answer that is kept for a repeated key does not hold it.
        made = webhooks_visible_to(self.user).get(pk=answer.data["id"])
        answer.data["secret"] = secret_of(made)
        return answer

    def act(self, subject: Any, data: Any, **version: int) -> Webhook:
        return register_webhook(url=data["url"], events=data["events"], actor=self.user)

    def present_result(self, subject: Any, result: Webhook) -> Any:
        return dict(WebhookOut(result).data)


class OneWebhook(Members, Read):
    """A webhook with its last deliveries."""

    serializer_class = WebhookOut
    output_class = WebhookOut

    def find(self) -> Webhook:
        return get_object_or_404(webhooks_visible_to(self.user), pk=self.kwargs["pk"])


class WebhookVerb(Members, Verb):
    """A verb of a webhook."""

    serializer_class = WebhookOut
    output_class = WebhookOut
    subject_name = "webhook"

    def find(self) -> Webhook:
        return get_object_or_404(webhooks_visible_to(self.user), pk=self.kwargs["pk"])


class End(WebhookVerb):
    """End it for good."""

    service = staticmethod(end_webhook)


class Enable(WebhookVerb):
    """Call it again after it was switched off for failing."""

    service = staticmethod(enable_webhook)
