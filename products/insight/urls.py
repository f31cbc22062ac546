"""Addresses of figures."""

from django.urls import URLPattern, URLResolver, path

from products.insight import api
from products.insight.views import laboratory, public

urlpatterns: list[URLPattern | URLResolver] = [
    path("figures/", public.figures_page, name="figures"),
    path("figures/<slug:name>.csv", public.figure_csv, name="figure-csv"),
    path("lab/insight/", laboratory.show_figures, name="lab-figures"),
    path("lab/insight/<slug:page>/", laboratory.show_figures, name="lab-figures-page"),
    path("lab/insight/<slug:name>.csv", laboratory.export_figure, name="lab-figure-csv"),
]
api_patterns: list[URLPattern | URLResolver] = [
    path("insight/trend/", api.Trend.as_view(), name="api-insight-trend"),
    path("insight/<slug:name>/", api.Figure.as_view(), name="api-insight"),
]
