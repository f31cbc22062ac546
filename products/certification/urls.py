"""Addresses of decisions and certifications."""

from django.urls import URLPattern, URLResolver, path

from products.certification import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("orders/<slug:number>/decision/", api.DecideOrder.as_view(), name="api-order-decision"),
    path("certifications/<slug:number>/", api.OneCertification.as_view(), name="api-certification"),
    path("certifications/<slug:number>/suspend/", api.Suspend.as_view(), name="api-certification-suspend"),
    path("certifications/<slug:number>/lift/", api.Lift.as_view(), name="api-certification-lift"),
    path("certifications/<slug:number>/restore/", api.Restore.as_view(), name="api-certification-restore"),
    path("certifications/<slug:number>/withdraw/", api.Withdraw.as_view(), name="api-certification-withdraw"),
    path("certifications/<slug:number>/correct/", api.Correct.as_view(), name="api-certification-correct"),
    path("certifications/<slug:number>/cancel/", api.Cancel.as_view(), name="api-certification-cancel"),
]
