"""Addresses of webhooks; their page is part of the portal."""

from django.urls import URLPattern, URLResolver, path

from products.webhooks import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("webhooks/", api.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<uuid:pk>/", api.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<uuid:pk>/end/", api.End.as_view(), name="api-webhook-end"),
    path("webhooks/<uuid:pk>/enable/", api.Enable.as_view(), name="api-webhook-enable"),
]
