"""The addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from members.people.views import choose_language
from wapicert import health, icons, metrics

# Called by allauth where somebody signs in too often.
handler429 = "wapicert.limits.refuse"
handler500 = "wapicert.room.show_fault"
urlpatterns = [
    path("api/", include("wapicert.api")),
    path("admin/", admin.site.urls),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    # Without a token: public pages are the same for everybody, and whoever makes one switch languages harms nobody.
    path("i18n/setlang/", choose_language, name="set_language"),
    path("icons.svg", icons.sprite, name="icons"),
    path("healthz", health.live, name="healthz"),
    path("metrics", metrics.show_metrics, name="metrics"),
    path("readyz", health.ready, name="readyz"),
    path("", include("members.urls")),
    path("", include("products.urls")),
]
