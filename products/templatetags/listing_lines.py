"""The lines of the directory's table: each is written in one piece, since most of a page's time goes into its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from products.templatetags.ui import demonstration_badge, state_badge
from products.templatetags.writing import or_unpublished, time_of

register = template.Library()
Facts = Mapping[str, Any]
USUAL = ("company", "type", "radio", "edition", "date", "status")


@register.simple_tag
def listing_row(
    facts: Facts, columns: Iterable[str] = "", hide_company: object = False, is_chosen: object = False
) -> SafeString:
    """What the listing is, and its cells in the order of `columns`; the usual ones without a choice.

    With `is_chosen` there is a box in front, by which listings are chosen for comparison.
    """
    chosen = [name for name in columns or USUAL if name != "company" or not hide_company]
    return SafeString(_head(facts, _box(facts) if is_chosen else "") + "".join(_cell(name, facts) for name in chosen))


def _cell(name: str, facts: Facts) -> str:
    label, write, kind = CELLS[name]
    opening = f'<td class="{kind}"' if kind else "<td"
    return f'{opening} data-label="{label()}">{write(facts)}</td>'


def _named(facts: Facts, field: str) -> str:
    """The name in the reader's language, or in the other one where the wished one is missing."""
    wished, other = ("en", "zh") if _in_english() else ("zh", "en")
    return facts[f"{field}_{wished}"] or facts[f"{field}_{other}"] or ""


def _in_english() -> bool:
    return (get_language() or "").startswith("en")


def _company(facts: Facts) -> str:
    return f'<a href="/companies/{facts["company_number"]}/">{escape(_named(facts, "company"))}</a>'


def _type(facts: Facts) -> str:
    subtype = None if _in_english() else facts["device_subtype_zh"]
    return _two(_named(facts, "type"), subtype)


def _radio(facts: Facts) -> str:
    bands = " / ".join(facts["bands"] or [])
    if not facts["generation"]:
        return f"<span>{or_unpublished(bands)}</span>"
    return _two(facts["generation"], bands, "nowrap")


def _two(first: str, second: str | None, kind: str = "") -> str:
    head = escape(first) if first else or_unpublished(first)
    head = f'<span class="{kind}">{head}</span>' if kind else head
    return f'<span>{head}{f"""<span class="sub">{escape(second)}</span>""" if second else ""}</span>'


def _edition(facts: Facts) -> str:
    slug = facts["edition"]
    return f'<span><a class="nowrap" href="/editions/{slug}/">{slug}</a></span>' if slug else _plain(None)


def _date(facts: Facts) -> str:
    return f"<span>{time_of(facts['listed_on'])}</span>" if facts["listed_on"] else _plain(None)


def _status(facts: Facts) -> str:
    if facts["status"]:
        return f"<span>{state_badge('listing', facts['status'])}</span>"
    return f'<span><span class="soft nowrap">{_("此前公布")}</span></span>'


def _number(facts: Facts) -> str:
    return f'<span class="code nowrap">{facts["listing_number"]}</span>'


def _categories(facts: Facts) -> str:
    return _plain(", ".join(facts["categories_passed"] or []))


def _plain(text: str | None) -> str:
    return f"<span>{escape(text) if text else or_unpublished(text)}</span>"


def _box(facts: Facts) -> str:
    number = facts["listing_number"]
    label = _("对比 %(number)s") % {"number": number}
    return f'<input class="pick" type="checkbox" name="n" value="{number}" aria-label="{label}"> '


def _head(facts: Facts, box: str) -> str:
    name, model = _named(facts, "name"), facts["model"]
    mark = f" {demonstration_badge()}" if facts["is_demonstration"] else ""
    link = f'<a href="/products/{facts["listing_number"]}/">{escape(name) if name else _("产品名称未载明")}</a>'
    second = f'<span class="product-model">{escape(model)}</span>' if model else (
        f'<span class="sub">{_("型号未载明")}</span>')
    return f'<th scope="row"><span class="product-name">{box}{link}{mark}</span>{second}</th>'


# Label, cell and the class of the cell, by column.
CELLS: dict[str, tuple[Callable[[], str], Callable[[Facts], str], str]] = {
    "company": (lambda: _("企业"), _company, "who"),
    "type": (lambda: _("设备类型"), _type, ""),
    "radio": (lambda: _("无线"), _radio, ""),
    "edition": (lambda: pgettext("列", "测试项目版本"), _edition, "labelled"),
    "date": (lambda: _("日期"), _date, ""),
    "status": (lambda: _("状态"), _status, ""),
    "number": (lambda: _("名录编号"), _number, "labelled"),
    "categories": (lambda: _("通过的测试类别"), _categories, "labelled"),
}
