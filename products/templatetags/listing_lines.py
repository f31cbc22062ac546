"""The lines of the directory's table: each is written in one piece, since most of a page's time goes into its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from products.listings.states import ListingStatus
from products.templatetags.ui import demonstration_badge, state_badge
from products.templatetags.writing import or_unpublished
from wapicert.enumeration import enumerated

register = template.Library()
AT_PRESENT = ' aria-current="true"'
Facts = Mapping[str, Any]
USUAL = ("company", "type", "radio", "edition", "date", "status")


class Words(NamedTuple):
    """What every line says in one language, written once."""

    in_english: bool
    openings: dict[str, str]
    badges: dict[str, str]
    unpublished: str
    before: str
    demonstration: str
    nameless: str
    modelless: str
    compare: str


@lru_cache(maxsize=8)
def words_in(language: str) -> Words:
    """The words in the language that is active; looking each up for every cell would cost half of a page's time."""
    headings = {"company": _("企业"), "type": _("设备类型"), "radio": _("无线"),
                "edition": pgettext("列", "测试项目版本"), "date": _("日期"), "status": _("状态"),
                "number": _("名录编号"), "categories": _("通过的测试类别")}
    return Words(
        in_english=language.startswith("en"),
        openings={name: f'<td{KINDS.get(name, "")} data-label="{heading}">' for name, heading in headings.items()},
        badges={status: str(state_badge("listing", status)) for status in ListingStatus.values},
        unpublished=str(or_unpublished(None)), before=f'<span class="soft nowrap">{_("此前公布")}</span>',
        demonstration=f" {demonstration_badge()}", nameless=_("产品名称未载明"),
        modelless=f'<span class="sub">{_("型号未载明")}</span>', compare=_("对比 %(number)s"),
    )


@register.simple_tag
def listing_row(
    facts: Facts, columns: Iterable[str] = "", hide_company: object = False, is_chosen: object = False
) -> SafeString:
    """What the listing is, and its cells in the order of `columns`; the usual ones without a choice.

    With `is_chosen` there is a box in front, by which listings are chosen for comparison.
    """
    words = words_in(get_language() or "")
    chosen = [name for name in columns or USUAL if name != "company" or not hide_company]
    head = _head(facts, words, _box(facts, words) if is_chosen else "")
    cells = "".join(f"{words.openings[name]}{CELLS[name](facts, words)}</td>" for name in chosen)
    return SafeString(head + cells)  # nosec B703 - _head and each of CELLS escape what they write


@register.simple_tag
def facet_choices(choices: Iterable[Any]) -> SafeString:
    """The values of a facet: each a link that sets or lifts it, with its number."""
    return SafeString("".join(  # nosec B703 - address and label are escaped, the rest is ours
        f'<li><a href="{escape(one.href)}" rel="nofollow"{AT_PRESENT if one.is_chosen else ""}>'
        f'{escape(one.label)}</a><span class="count">{one.written}</span></li>' for one in choices))


def _named(facts: Facts, words: Words, field: str) -> str:
    """The name in the reader's language, or in the other one where the wished one is missing."""
    wished, other = ("en", "zh") if words.in_english else ("zh", "en")
    return facts[f"{field}_{wished}"] or facts[f"{field}_{other}"] or ""


def _company(facts: Facts, words: Words) -> str:
    return f'<a href="/companies/{facts["company_number"]}/">{escape(_named(facts, words, "company"))}</a>'


def _type(facts: Facts, words: Words) -> str:
    return _two(words, _named(facts, words, "type"), None if words.in_english else facts["device_subtype_zh"])


def _radio(facts: Facts, words: Words) -> str:
    bands = " / ".join(facts["bands"] or [])
    if not facts["generation"]:
        return _plain(words, bands)
    return _two(words, facts["generation"], bands, ' class="nowrap"')


def _two(words: Words, first: str, second: str | None, kind: str = "") -> str:
    head = escape(first) if first else words.unpublished
    below = f'<span class="sub">{escape(second)}</span>' if second else ""
    return f"<span>{f'<span{kind}>{head}</span>' if kind else head}{below}</span>"


def _edition(facts: Facts, words: Words) -> str:
    slug = facts["edition"]
    return f'<span><a class="nowrap" href="/editions/{slug}/">{slug}</a></span>' if slug else _plain(words, None)


def _date(facts: Facts, words: Words) -> str:
    on = facts["listed_on"]
    return f'<span><time datetime="{on}" class="nowrap">{on}</time></span>' if on else _plain(words, None)


def _status(facts: Facts, words: Words) -> str:
    return f"<span>{words.badges[facts['status']] if facts['status'] else words.before}</span>"


def _number(facts: Facts, words: Words) -> str:
    return f'<span class="code nowrap">{facts["listing_number"]}</span>'


def _categories(facts: Facts, words: Words) -> str:
    return _plain(words, enumerated(facts["categories_passed"] or []))


def _plain(words: Words, text: str | None) -> str:
    return f"<span>{escape(text) if text else words.unpublished}</span>"


def _box(facts: Facts, words: Words) -> str:
    number = facts["listing_number"]
    label = words.compare % {"number": number}
    return f'<input class="pick" type="checkbox" name="n" value="{number}" aria-label="{label}"> '


def _head(facts: Facts, words: Words, box: str) -> str:
    name, model = _named(facts, words, "name"), facts["model"]
    mark = words.demonstration if facts["is_demonstration"] else ""
    link = f'<a href="/products/{facts["listing_number"]}/">{escape(name) if name else words.nameless}</a>'
    second = f'<span class="product-model">{escape(model)}</span>' if model else words.modelless
    return f'<th scope="row"><span class="product-name">{box}{link}{mark}</span>{second}</th>'


KINDS = {"company": ' class="who"', "edition": ' class="labelled"', "number": ' class="labelled"',
         "categories": ' class="labelled"'}
CELLS: dict[str, Callable[[Facts, Words], str]] = {
    "company": _company, "type": _type, "radio": _radio, "edition": _edition, "date": _date, "status": _status,
    "number": _number, "categories": _categories,
}
