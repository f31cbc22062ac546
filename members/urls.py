"""The addresses that concern people: the way home after signing in."""

from members.people.urls import urlpatterns

__all__ = ["urlpatterns"]
