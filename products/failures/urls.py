"""Addresses of the register of failures."""

from django.urls import URLPattern, URLResolver, path

from products.failures import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("failures/", views.show_failures, name="failures"),
    path("failures/<slug:kind>/<slug:key>/<slug:verb>/", views.act_on_failure, name="failure-act"),
]
api_patterns: list[URLPattern | URLResolver] = [
    path("failures/", api.Failures.as_view(), name="api-failures"),
    path("failures/<slug:kind>/<slug:key>/retry/", api.Retry.as_view(), name="api-failure-retry"),
    path("failures/<slug:kind>/<slug:key>/acknowledge/", api.Acknowledge.as_view(), name="api-failure-acknowledge"),
]
