"""Addresses of stored files."""

from django.urls import URLPattern, URLResolver, path

from products.files import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("files/", api.Upload.as_view(), name="api-files"),
    path("files/<uuid:pk>/", api.Download.as_view(), name="api-file"),
]
