"""Where people land after signing in, and their own account."""

from django.urls import path

from members.people import views

urlpatterns = [
    path("home/", views.home, name="home"),
    path("accounts/me/", views.account, name="account"),
    path("accounts/me/tokens/<str:prefix>/revoke/", views.revoke, name="revoke-token"),
]
