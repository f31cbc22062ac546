"""Addresses of reports."""

from django.urls import URLPattern, URLResolver, path

from products.reports import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("orders/<slug:number>/report/", api.Compile.as_view(), name="api-report-compile"),
    path("reports/", api.Reports.as_view(), name="api-reports"),
    path("reports/<uuid:pk>/", api.OneReport.as_view(), name="api-report"),
    path("reports/<uuid:pk>/pdf", api.Pdf.as_view(), name="api-report-pdf"),
    path("reports/<uuid:pk>/check/", api.Check.as_view(), name="api-report-check"),
    path("reports/<uuid:pk>/return/", api.Return.as_view(), name="api-report-return"),
    path("reports/<uuid:pk>/authorise/", api.Authorise.as_view(), name="api-report-authorise"),
    path("reports/<uuid:pk>/withdraw/", api.Withdraw.as_view(), name="api-report-withdraw"),
    path("reports/<uuid:pk>/withdraw/consent/", api.ConsentToWithdrawal.as_view(), name="api-report-withdraw-consent"),
    path("reports/<uuid:pk>/withdraw/refuse/", api.RefuseWithdrawal.as_view(), name="api-report-withdraw-refuse"),
    path("reports/<uuid:pk>/amend/", api.Amend.as_view(), name="api-report-amend"),
    path("reports/<uuid:pk>/retry-rendering/", api.RetryRendering.as_view(), name="api-report-retry-rendering"),
]
