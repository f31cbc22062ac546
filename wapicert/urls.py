"""The addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from wapicert import health, icons, metrics

urlpatterns = [
    path("api/", include("wapicert.api")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("icons.svg", icons.sprite, name="icons"),
    path("healthz", health.live, name="healthz"),
    path("metrics", metrics.show_metrics, name="metrics"),
    path("readyz", health.ready, name="readyz"),
    path("", include("members.urls")),
    path("", include("products.urls")),
]
