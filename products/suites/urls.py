"""Addresses of editions; those of pages are permanent."""

from django.urls import URLPattern, URLResolver, path

from products.suites import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("editions/", views.edition_list, name="editions"),
    path("editions/<slug:slug>/", views.edition_page, name="edition"),
    path("editions/<slug:slug>/matrix/", views.edition_matrix, name="edition-matrix"),
    path("editions/<slug:slug>/changes/", views.edition_changes, name="edition-changes"),
    path("editions/<slug:before>/diff/<slug:after>/", views.difference_page, name="edition-difference"),
]
api_patterns: list[URLPattern | URLResolver] = [
    path("editions/", api.EditionList.as_view(), name="api-editions"),
    path("editions/<slug:slug>/", api.EditionDetail.as_view(), name="api-edition"),
    path("editions/<slug:slug>/items/", api.ItemList.as_view(), name="api-edition-items"),
    path("editions/<slug:before>/diff/<slug:after>/", api.DifferenceView.as_view(), name="api-edition-diff"),
    path("device-types/", api.DeviceTypeList.as_view(), name="api-device-types"),
]
