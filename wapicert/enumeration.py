"""Several words in a row, as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


def enumerated(words: Iterable[object]) -> str:
    """The words in their order: 甲、乙 in Chinese, A, B in English; nothing for none."""
    return _("、").join(str(word) for word in words)
