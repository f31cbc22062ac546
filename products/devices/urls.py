"""Addresses of devices."""

from django.urls import URLPattern, URLResolver, path

from products.devices import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("devices/", api.Devices.as_view(), name="api-devices"),
    path("devices/<int:pk>/", api.OneDevice.as_view(), name="api-device"),
]
