"""What a report's conclusion leaves out, for every page that tells the conclusion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from products.reports.selectors import not_done

register = template.Library()


@register.inclusion_tag("products/reports/excluded.html")
def excluded(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The planned items without a result, by kind with their codes; nothing where every item has one."""
    return {"groups": not_done(snapshot.get("results", []))}


@register.inclusion_tag("products/reports/excluded.html")
def excluded_groups(groups: list[dict[str, Any]]) -> dict[str, Any]:
    """The same for groups that were read already."""
    return {"groups": groups}
