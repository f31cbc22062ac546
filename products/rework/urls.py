"""Addresses of reworks."""

from django.urls import URLPattern, URLResolver, path

from products.rework import api

urlpatterns: list[URLPattern | URLResolver] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("orders/<slug:number>/rework/", api.ReworksOfOrder.as_view(), name="api-order-rework"),
    path("orders/<slug:number>/rebases/", api.Rebases.as_view(), name="api-order-rebases"),
    path("orders/<slug:number>/rebases/<int:pk>/consent/", api.ConsentToRebase.as_view(), name="api-rebase-consent"),
    path("orders/<slug:number>/rebases/<int:pk>/allow-drop/", api.AllowDrop.as_view(), name="api-rebase-allow-drop"),
    path("orders/<slug:number>/rebases/<int:pk>/refuse-drop/", api.RefuseDrop.as_view(),
         name="api-rebase-refuse-drop"),
    path("orders/<slug:number>/rebases/<int:pk>/refuse/", api.RefuseRebase.as_view(), name="api-rebase-refuse"),
    path("rework/<slug:number>/", api.OneRework.as_view(), name="api-rework"),
    path("rework/<slug:number>/draft/", api.Draft.as_view(), name="api-rework-draft"),
    path("rework/<slug:number>/send/", api.Send.as_view(), name="api-rework-send"),
    path("rework/<slug:number>/answer/", api.Answer.as_view(), name="api-rework-answer"),
    path("rework/<slug:number>/scope/", api.SignScope.as_view(), name="api-rework-scope"),
    path("rework/<slug:number>/messages/", api.WriteMessage.as_view(), name="api-rework-message"),
    path("rework/<slug:number>/abandon/", api.Abandon.as_view(), name="api-rework-abandon"),
    path("rework/<slug:number>/fail/", api.Fail.as_view(), name="api-rework-fail"),
]
