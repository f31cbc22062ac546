"""The addresses that concern people: the way home after signing in, the own account, notices."""

from members.access import urls as access
from members.notices import urls as notices
from members.people import urls as people

urlpatterns = [*people.urlpatterns, *access.urlpatterns, *notices.urlpatterns]

__all__ = ["urlpatterns"]
