"""Addresses of figures."""

from django.urls import path

from products.insight import views

urlpatterns = [
    path("figures/", views.figures_page, name="figures"),
    path("figures/<slug:name>.csv", views.figure_csv, name="figure-csv"),
]
