"""Cursor pages for lists of the API: stable while rows are added, as fast on the last page as on the first."""

from rest_framework import pagination


class CursorPagination(pagination.CursorPagination):
    """`next`, `previous`, `results`; newest first unless the view says otherwise."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"


class OldestFirst(CursorPagination):
    """The same, in the order of writing."""

    ordering = "id"
