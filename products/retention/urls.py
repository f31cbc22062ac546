"""Addresses of holds and of people who left."""

from django.urls import URLPattern, URLResolver, path

from products.retention.views import departures, holds

urlpatterns: list[URLPattern | URLResolver] = [
    path("lab/holds/", holds.show_holds, name="holds"),
    path("lab/holds/<int:pk>/<slug:verb>/", holds.act_on_hold, name="hold-act"),
    path("people/departures/", departures.show_departures, name="departures"),
    path("people/departures/<int:pk>/<slug:verb>/", departures.decide_departure, name="departure-act"),
]
