"""Cursor pages for lists of the API: stable while rows are added, as fast on the last page as on the first."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import pagination
from rest_framework.request import Request

from wapicert.errors import InvalidInput

LARGEST_PAGE = 100


class PageSizeInvalid(InvalidInput):
    """A list was asked for pages of a size that is no number or too large."""

    code = "invalid_page_size"
    message = _("每页行数无效。")

    def __init__(self) -> None:
        remedy = _("请填写 1 至 %(most)s 的整数。") % {"most": LARGEST_PAGE}
        super().__init__(field="page_size", remedy=remedy)


def page_size_in(text: str) -> int | None:
    """The number of rows that a text asks for; None for what is no number, too long for one, or out of range."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PAGE))
    return int(text) if is_number and 1 <= int(text) <= LARGEST_PAGE else None


class CursorPagination(pagination.CursorPagination):
    """`next`, `previous`, `results`; newest first unless the view says otherwise."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    ordering = "-id"

    def get_page_size(self, request: Request) -> int | None:
        """As asked for; refuses what is no number or out of range, so that nobody takes a short page for the last."""
        text = request.query_params.get("page_size")
        if text is not None and page_size_in(text) is None:
            raise PageSizeInvalid
        return super().get_page_size(request)


class OldestFirst(CursorPagination):
    """The same, in the order of writing."""

    ordering = "id"
