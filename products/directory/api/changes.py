"""The change feed: what changed in the directory, in the order of commit, for programs that keep a copy."""

from __future__ import annotations

from datetime import date

from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from products.directory.api.products import page_size
from products.directory.forms import ChangesForm
from products.directory.selectors import changes_public, changes_since, directory_state
from products.directory.serializers import ChangePageSerializer, ChangeSerializer
from products.listings.errors import FilterInvalid
from products.listings.models import ListingChange
from products.listings.states import ChangeKind
from wapicert.conditional import answer_conditionally

PARAMETERS = [
    OpenApiParameter("since", str, description="`cursor` of the answer before, or a day (2026-11-20); all without it."),
    OpenApiParameter("kind", str, enum=ChangeKind.values, description="One kind of change."),
    OpenApiParameter("type", str, description="Code of a device type."),
    OpenApiParameter("company", str, description="Number of a company."),
    OpenApiParameter("page_size", int, description="1 to 100; 25 without it."),
]


@method_decorator(answer_conditionally(lambda request: directory_state()), name="dispatch")
class ChangeFeed(GenericAPIView[ListingChange]):
    """GET /changes/: every public change once, in the order of commit; go on with `since=<cursor>`.

    A change is in the feed as soon as it is public. Asking again with the last `cursor` never skips one.
    """

    permission_classes = [AllowAny]
    serializer_class = ChangePageSerializer

    @extend_schema(operation_id="changes_list", parameters=PARAMETERS, responses=ChangePageSerializer)
    def get(self, request: Request) -> Response:
        asked = ChangesForm(request.query_params)
        for name, messages in asked.errors.items():
            raise FilterInvalid(messages[0], field=name)
        since = since_of(request.query_params.get("since", "0"))
        rows, has_more = changes_since(changes_public(**asked.wanted), since, page_size(request))
        cursor = str(rows[-1].pk) if rows else request.query_params.get("since", "0")
        following = replace_query_param(request.build_absolute_uri(), "since", cursor) if has_more else None
        return Response({"next": following, "cursor": cursor, "results": ChangeSerializer(rows, many=True).data})


def since_of(text: str) -> int | date:
    """Where to go on: a place in the feed or a day; refuses everything else."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterInvalid(field="since", remedy=_("请填写上次答复中的 cursor，或日期，例如 2026-11-20。")) from error
