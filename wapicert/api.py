"""The addresses of the programming interface, version 1; each topic brings its own."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.views import APIView

from products.urls import api_patterns


class NoSuchAddress(APIView):
    """Whatever no topic answers gets a problem document, not a page."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


urlpatterns = [
    path("v1/", include(api_patterns)),
    re_path(r"^v1/", NoSuchAddress.as_view(), name="api-no-such-address"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
