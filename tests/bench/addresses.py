"""The site's addresses and an empty view, which costs what every answer costs before it says anything."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from wapicert.urls import urlpatterns as of_the_site

EMPTY = "/bench-empty/"


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, through the same middleware."""
    return HttpResponse()


urlpatterns = [path(EMPTY.strip("/") + "/", empty), *of_the_site]
