"""How facts are written: dates of China, names by language, what was not published."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.suites.rendering import word
from wapicert.enumeration import enumerated

register = template.Library()


@register.filter
def in_words(text: str) -> str:
    """A unit or choice of the test suite in the reader's language."""
    return word(text)


def _local(value: date | datetime) -> date | datetime:
    """Moments in the alliance's time zone; dates as they are."""
    return timezone.localtime(value) if isinstance(value, datetime) else value


@register.filter
def or_unpublished(value: Any) -> Any:
    """The value, or 未载明 where a record printed none (null or empty; zero and False are values)."""
    if value is None or value in ("", [], ()):
        return format_html('<span class="unpublished">{}</span>', _("未载明"))
    return enumerated(value) if isinstance(value, list | tuple) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """2024-03-15, in UTC+8."""
    return _local(value).strftime("%Y-%m-%d") if value else ""


@register.filter
def day_long(value: date | datetime | None) -> str:
    """2024年3月15日, or 15 March 2024."""
    if not value:
        return ""
    pattern = r"Y年n月j日" if (get_language() or "zh").startswith("zh") else "j F Y"
    return date_format(_local(value), pattern)


@register.filter
def moment(value: datetime | None) -> str:
    """2024-03-15 14:32, in UTC+8."""
    return _local(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.simple_tag
def time_of(value: date | datetime | None) -> SafeString:
    """A time element: a moment to the minute, a date as a day."""
    if not value:
        return SafeString("")
    text = moment(value) if isinstance(value, datetime) else day(value)
    return format_html('<time datetime="{}" class="nowrap">{}</time>', _local(value).isoformat(), text)


@register.filter
def days_since(value: date | datetime | None) -> int:
    """Whole calendar days from then until today, in UTC+8; 0 without a date."""
    if not value:
        return 0
    then = _local(value)
    return (timezone.localdate() - (then.date() if isinstance(then, datetime) else then)).days


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def _in_language(thing: Any, name: str) -> Any:
    """`name_zh` or `name_en` of an object or a dictionary; the other one where the wished one is empty."""
    wished, other = ("zh", "en") if (get_language() or "zh").startswith("zh") else ("en", "zh")
    return _read(thing, f"{name}_{wished}") or _read(thing, f"{name}_{other}")


@register.filter(name="localized")
def localized_filter(thing: Any, name: str = "name") -> Any:
    """`{{ company|localized:"name" }}`: the field in the reader's language."""
    return _in_language(thing, name) if thing else ""


@register.simple_tag(name="localized")
def localized_tag(thing: Any, name: str = "name") -> Any:
    """`{% localized company "name" as title %}`: the same as a tag."""
    return _in_language(thing, name) if thing else ""


@register.filter
def digest_groups(value: str) -> str:
    """A digest in groups of eight characters, so that people can compare it."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))


@register.filter
def file_size(value: int) -> str:
    """Bytes as KB or MB with one decimal; what is smaller than a tenth of a KB in bytes."""
    if value < 103:
        return f"{value} B"
    return f"{value / 1024:.1f} KB" if value < 1024 * 1024 else f"{value / 1024 / 1024:.1f} MB"
