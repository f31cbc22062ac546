"""Addresses of subscriptions; links in mails lead here for as long as they are good."""

from django.urls import path

from products.subscriptions import views

urlpatterns = [
    path("subscriptions/", views.subscribe, name="subscribe"),
    path("subscriptions/asked/", views.asked_page, name="subscription-asked"),
    path("subscriptions/confirm/<str:token>/", views.confirm, name="subscription-confirm"),
    path("subscriptions/leave/<str:token>/", views.leave, name="subscription-leave"),
]
