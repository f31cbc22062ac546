"""The addresses of the door."""

from allauth.account import views as account
from django.urls import path, re_path

from members.access.views import address, factors, invitations, passwords, sessions

# Of the sign-in library only what is meant to be a page: it would also let an open session take a new address.
library = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", passwords.change_password, name="account_change_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", account.password_reset_from_key,
            name="account_reset_password_from_key"),
    path("accounts/password/reset/key/done/", account.password_reset_from_key_done,
         name="account_reset_password_from_key_done"),
]
urlpatterns = [
    *library,
    path("accounts/address/", address.show_address, name="own-address"),
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
