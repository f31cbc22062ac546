"""The directory, one listing, and the companies of the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from members.companies.models import Company
from products.directory.selectors import directory_state, listing_state, present_address
from products.directory.serializers import (
    CompanySerializer,
    ListingDetail,
    ListingPage,
    listing_rows,
)
from products.listings.errors import FilterInvalid
from products.listings.filters import ListingFilter
from products.listings.models import Listing
from products.listings.selectors import PAGE_SIZE, Answer, Page, answer, companies_listed, listing_numbered
from products.listings.states import FACETS, AddressKind
from wapicert.conditional import answer_conditionally
from wapicert.pagination import LARGEST_PAGE, CursorPagination, page_size_in

PARAMETERS = [
    *(OpenApiParameter(name, str, many=name in FACETS, description=str(one.label))
      for name, one in ListingFilter.base_filters.items()),
    OpenApiParameter("facets", str, enum=["1"], description="1: with counts per facet and in all."),
    OpenApiParameter("cursor", str, description="From `next` or `previous`."),
    OpenApiParameter("page_size", int, description=f"1 to {LARGEST_PAGE}; {PAGE_SIZE} without it."),
]


@method_decorator(answer_conditionally(lambda request: directory_state()), name="dispatch")
class ProductList(GenericAPIView[Listing]):
    """GET /products/: the listings that fit every filter; a filter given twice takes either value."""

    permission_classes = [AllowAny]
    serializer_class = ListingPage

    @extend_schema(operation_id="products_list", parameters=PARAMETERS, responses=ListingPage)
    def get(self, request: Request) -> Response:
        asked = ListingFilter(request.query_params)
        asked.require_valid()
        wanted = with_facets(request)
        found = answer(asked.question(cursor=request.query_params.get("cursor"), size=page_size(request)))
        return Response(links(request, found.page) | (counts(found) if wanted else {})
                        | {"results": listing_rows(found.page.rows)})


def page_size(request: Request) -> int:
    """How many rows the client wants; refuses a number that is none or out of range."""
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if (size := page_size_in(text)) is None:
        raise FilterInvalid(field="page_size", remedy=_("请填写 1 至 %(most)s 的整数。") % {"most": LARGEST_PAGE})
    return size


def links(request: Request, page: Page) -> dict[str, str | None]:
    """The addresses of the neighbouring pages."""
    here = remove_query_param(request.build_absolute_uri(), "cursor")
    return {name: replace_query_param(here, "cursor", cursor) if cursor else None
            for name, cursor in (("next", page.next), ("previous", page.previous))}


def with_facets(request: Request) -> bool:
    """Whether counts are wanted; refuses anything but 0 and 1."""
    wanted = request.query_params.get("facets", "0")
    if wanted not in ("0", "1"):
        raise FilterInvalid(field="facets", remedy=_("可用的取值：%(values)s。") % {"values": "0、1"})
    return wanted == "1"


def counts(found: Answer) -> dict[str, Any]:
    """How many fit in all and by value; `…_is_exact` is false where the numbers mean "at least"."""
    facets = {name: [{"value": value, "count": number} for value, number in sorted(values.items())]
              for name, values in found.counts.items()}
    return {"count": found.total, "count_is_exact": found.is_total_exact, "facets": facets,
            "facets_are_exact": found.is_exact}


@method_decorator(answer_conditionally(lambda request, number: listing_state(number)), name="dispatch")
class ProductDetail(GenericAPIView[Listing]):
    """GET /products/{listing_number}/: one listing with history, tested versions, reports and digests."""

    permission_classes = [AllowAny]
    serializer_class = ListingDetail

    def get(self, request: Request, number: str) -> HttpResponseBase:
        listing = listing_numbered(number)
        if listing is None:
            present = present_address(AddressKind.LISTING, number)
            if present is None:
                raise Http404
            return redirect("api-product", number=present, permanent=True)
        return Response(ListingDetail(listing).data)


class CompanyPagination(CursorPagination):
    """By number, which never changes."""

    ordering = "number"


@method_decorator(answer_conditionally(lambda request: directory_state()), name="dispatch")
class CompanyList(ListAPIView[Company]):
    """GET /companies/: the companies that have listings; `q` is part of a name."""

    permission_classes = [AllowAny]
    serializer_class = CompanySerializer
    pagination_class = CompanyPagination

    def get_queryset(self) -> QuerySet[Company]:
        return companies_listed(self.request.query_params.get("q", ""))
