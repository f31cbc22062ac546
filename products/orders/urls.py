"""Addresses of orders."""

from django.urls import URLPattern, URLResolver, path

from products.orders import api

VERBS = {
    "submit": api.Submit,
    "return": api.Return,
    "decline": api.Decline,
    "accept": api.Accept,
    "receive-sample": api.ReceiveSample,
    "hold": api.Hold,
    "resume": api.Resume,
    "cancel": api.Cancel,
    "close": api.Close,
}
urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("orders/", api.Orders.as_view(), name="api-orders"),
    path("orders/plan-preview/", api.PlanPreview.as_view(), name="api-plan-preview"),
    path("orders/<slug:number>/", api.OneOrder.as_view(), name="api-order"),
    path("orders/<slug:number>/history/", api.History.as_view(), name="api-order-history"),
    path("orders/<slug:number>/samples/<uuid:pk>/end/", api.EndSample.as_view(), name="api-sample-end"),
    *[
        path(f"orders/<slug:number>/{verb}/", view.as_view(), name=f"api-order-{verb}")
        for verb, view in VERBS.items()
    ],
]
