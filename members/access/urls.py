"""The addresses of the door."""

from django.urls import path

from members.access.views import factors, invitations, sessions

urlpatterns = [
    path("people/invitations/", invitations.show_invitations, name="invitations"),
    path("people/invitations/<int:pk>/<str:verb>/", invitations.act_on_invitation, name="invitation"),
    path("invitations/<str:token>/", invitations.open_account, name="open-account"),
    path("accounts/sessions/", sessions.show_sessions, name="sessions"),
    path("accounts/sessions/end-others/", sessions.end_others, name="sessions-end-others"),
    path("accounts/sessions/<int:pk>/end/", sessions.end_one, name="session-end"),
    path("people/sign-ins/", sessions.show_sign_ins, name="sign-ins"),
    path("people/factors/", factors.show_factors, name="factors"),
    path("people/factors/resets/<int:pk>/<str:verb>/", factors.decide_reset, name="factor-reset"),
]
