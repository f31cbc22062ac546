"""Public reads of the suite: editions, their items, differences, and the types of devices. Nobody needs to sign in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from products.devices.models import DeviceType
from products.devices.selectors import declared_fields
from products.suites.errors import NoEditionInForce
from products.suites.filters import ItemFilter
from products.suites.models import Edition, ItemVersion
from products.suites.selectors import (
    asked_by_type,
    catalogue_state,
    compare_editions,
    current_edition,
    editions_public,
    items_of,
)
from products.suites.serializers import DeviceTypeOut, DifferenceOut, EditionOut, ItemOut
from wapicert.conditional import answer_conditionally
from wapicert.pagination import CursorPagination

conditional = method_decorator(answer_conditionally(lambda request, **kwargs: catalogue_state()), name="dispatch")
ITEM_PARAMETERS = [
    OpenApiParameter("device_type", str, description="Only items that apply to this type, in whatever way."),
    OpenApiParameter("category", str, description="Only items of this category."),
]


class NewestEditionFirst(CursorPagination):
    """Slugs are unique and begin with the date."""

    ordering = "-slug"


class ByPosition(CursorPagination):
    """In the order of the edition, or of the types of devices; a whole edition fits on two pages."""

    ordering = "position"
    page_size = 100


@conditional
class EditionList(ListAPIView[Edition]):
    """GET /editions/: the published and the retired editions."""

    permission_classes = [AllowAny]
    serializer_class = EditionOut
    pagination_class = NewestEditionFirst

    def get_queryset(self) -> QuerySet[Edition]:
        return editions_public()


@conditional
class EditionDetail(RetrieveAPIView[Edition]):
    """GET /editions/{slug}/: one edition."""

    permission_classes = [AllowAny]
    serializer_class = EditionOut
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Edition]:
        return editions_public()


@conditional
class ItemList(ListAPIView[ItemVersion]):
    """GET /editions/{slug}/items/: the items of an edition, in its order."""

    permission_classes = [AllowAny]
    serializer_class = ItemOut
    pagination_class = ByPosition

    @extend_schema(parameters=ITEM_PARAMETERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ItemVersion]:
        edition = get_object_or_404(editions_public(), slug=self.kwargs["slug"])
        asked = ItemFilter(self.request.query_params, queryset=items_of(edition))
        asked.require_valid()
        items: QuerySet[ItemVersion] = asked.qs
        return items


@conditional
class DifferenceView(APIView):
    """GET /editions/{a}/diff/{b}/: what edition b adds, changes and removes against edition a."""

    permission_classes = [AllowAny]

    @extend_schema(responses=DifferenceOut)
    def get(self, request: Request, before: str, after: str) -> Response:
        editions = editions_public()
        difference = compare_editions(get_object_or_404(editions, slug=before), get_object_or_404(editions, slug=after))
        return Response(DifferenceOut(difference).data)


@conditional
class DeviceTypeList(ListAPIView[DeviceType]):
    """GET /device-types/: kinds of devices, their fields, and the features that the edition in force asks."""

    permission_classes = [AllowAny]
    serializer_class = DeviceTypeOut
    pagination_class = ByPosition
    queryset = DeviceType.objects.all()

    def get_serializer_context(self) -> dict[str, Any]:
        try:
            asked = asked_by_type(current_edition())
        except NoEditionInForce:
            asked = {}
        return {**super().get_serializer_context(), "fields": list(declared_fields()), "asked": asked}
