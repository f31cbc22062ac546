"""Addresses of the loan desk."""

from django.urls import URLPattern, URLResolver, path

from products.equipment import api, views

VERBS = {"hand-out": api.HandOut, "extend": api.Extend, "return": api.Return, "cancel": api.Cancel}
urlpatterns: list[URLPattern | URLResolver] = [
    path("lab/equipment/", views.show_equipment, name="equipment"),
    path("lab/equipment/loans/<slug:number>/", views.show_loan, name="equipment-loan"),
    path("lab/equipment/loans/<slug:number>/<slug:verb>/", views.act_on_loan, name="equipment-loan-act"),
    path("lab/equipment/tools/<str:number>/", views.show_tool, name="equipment-tool"),
]
api_patterns: list[URLPattern | URLResolver] = [
    path("loans/", api.Loans.as_view(), name="api-loans"),
    path("loans/<slug:number>/", api.OneLoan.as_view(), name="api-loan"),
    *[path(f"loans/<slug:number>/{verb}/", view.as_view(), name=f"api-loan-{verb}") for verb, view in VERBS.items()],
]
