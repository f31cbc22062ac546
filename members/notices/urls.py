"""The addresses of notices."""

from django.urls import path

from members.notices import views

urlpatterns = [
    path("notices/", views.show_notices, name="notices"),
    path("notices/read/", views.read_all, name="notices-read-all"),
    path("notices/<int:pk>/read/", views.read_notice, name="notice-read"),
]
