"""One clean text at the services' door: what may stand in a text that people or programs send, and how long it may be.

Every service that takes free text names it with its kind in `takes_text`; `tests/test_texts.py` finds the one that
forgets. Forms, serializers, pages and imports therefore need no rule of their own: the service's refusal names the
field, and is shown beside it.
"""

from __future__ import annotations

import inspect
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from itertools import groupby
from typing import Any, ParamSpec, TypeVar

from django.db.utils import DataError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wapicert.errors import InvalidInput

P = ParamSpec("P")
R = TypeVar("R")

# Drawn by no font and meant by nobody: marks of byte order and of possible breaks, joiners, fillers and selectors of
# emoji, which come along from spreadsheets and web pages. Two models that differ only in them look the same.
UNSEEN = re.compile("[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f"
                    "\u3164\ufe0e\ufe0f\ufeff\uffa0\U000e0000-\U000e007f]")
# What makes a text read otherwise than it is stored, or that XML, PDF or a database cannot hold: control characters,
# marks and overrides of direction, halves of surrogate pairs, annotations and what Unicode calls no characters.
REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
                     "\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff]|[" +
                     "".join(f"{chr(plane * 0x10000 + 0xfffe)}{chr(plane * 0x10000 + 0xffff)}"
                             for plane in range(1, 17)) + "]")
DIGIT = re.compile("[0-9]")
BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
BLANKS = re.compile("[\t\n]+")


class CharacterRefused(InvalidInput):
    code = "character_refused"
    message = gettext_lazy("含有不可用的字符（控制字符或改变书写方向的字符）。")
    remedy = gettext_lazy("请删去该字符，或不经复制重新键入这段文字。")


class TooLong(InvalidInput):
    code = "text_too_long"
    message = gettext_lazy("内容过长。")
    remedy = gettext_lazy("请缩短后重新提交；较长的材料请作为附件上传。")


def half_width(text: str) -> str:
    """The text with full-width and compatible signs as their plain ones (NFKC), but for those that would become digits
    which they are not: 10² is no 102, and 5① no 51."""
    parts = ((stands, "".join(signs)) for stands, signs in groupby(text, _stands))
    return "".join(part if stands else unicodedata.normalize("NFKC", part) for stands, part in parts)


def _stands(sign: str) -> bool:
    return not sign.isascii() and not sign.isdecimal() and DIGIT.search(unicodedata.normalize("NFKC", sign)) is not None


@dataclass(frozen=True)
class Text:
    """What one text may be: so many characters, on one line or on several."""

    longest: int
    has_lines: bool = False


def line(longest: int) -> Text:
    """A text of one line; breaks and tabs become blanks."""
    return Text(longest)


def lines(longest: int) -> Text:
    """A text of several lines."""
    return Text(longest, has_lines=True)


# Reasons, remarks, comments: as long as the API has always taken them.
REASON = lines(2000)
# Names of things; the services ask for the width of their own columns.
LONG = line(1000)
# A code, a number or a version that is looked up.
CODE = line(200)
# What people write at length: findings, answers, requirements.
STORY = lines(20_000)


def clean_text(value: str, kind: Text = STORY, *, field: str | None = None) -> str:
    """The text in composed form (NFC), without what nobody sees and blanks around it, and with plain line ends.

    Raises CharacterRefused, which names the first bad character and its place, and TooLong.
    """
    # Bound first, so that a book costs nothing; what is unseen may still shorten the text to what is allowed.
    if len(value) > 4 * kind.longest:
        raise _too_long(kind, field)
    if value.isascii() and value.isprintable():
        clean = value
    else:
        clean = unicodedata.normalize("NFC", UNSEEN.sub("", BREAKS.sub("\n", value)))
        if found := REFUSED.search(clean):
            raise _refused(found, field)
        clean = clean.replace("\t", " ") if kind.has_lines else BLANKS.sub(" ", clean)
    clean = clean.strip()
    if len(clean) > kind.longest:
        raise _too_long(kind, field)
    return clean


def clean_value(value: Any, kind: Text = STORY, *, field: str | None = None) -> Any:
    """A value with every text inside cleaned, names of objects included; what is no text stays as it is."""
    if isinstance(value, str):
        clean = clean_text(value, kind, field=field)
        return value if isinstance(value, Enum) else clean
    if isinstance(value, Mapping):
        return {clean_value(key, kind, field=field): clean_value(one, kind, field=f"{field}.{key}" if field else None)
                for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset | Iterator):
        kept = [clean_value(one, kind, field=f"{field}.{place}" if field else None) for place, one in enumerate(value)]
        return kept if isinstance(value, list | Iterator) else type(value)(kept)
    return value


def unclean_texts(value: Any, place: str = "") -> Iterator[str]:
    """The way to every text in a value that `clean_text` refuses for a character."""
    if isinstance(value, str):
        if not is_clean(BREAKS.sub("\n", value)):
            yield place
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from unclean_texts(one, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from unclean_texts(one, f"{place}.{number}" if place else str(number))


def is_clean(value: str) -> bool:
    """Whether a text holds nothing that `clean_text` refuses."""
    return not REFUSED.search(value)


def printable(value: str) -> str:
    """A text that already stands somewhere as every format can hold it: what would be refused today is left out."""
    return value if value.isascii() and value.isprintable() else REFUSED.sub("", BREAKS.sub("\n", value))


def as_refusal(fault: BaseException) -> CharacterRefused | None:
    """What PostgreSQL says of a NUL in what is looked up, as a refusal; None for every other fault.

    SQLite finds nothing then. Texts that are kept never come so far.
    """
    is_nul = isinstance(fault, ValueError | DataError) and "NUL (0x00)" in str(fault)
    return CharacterRefused() if is_nul else None


def takes_text(**kinds: Text) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Hand the service its texts clean, or refuse before it does anything; each text is named with its kind.

    Texts inside lists and objects are cleaned too; `field` then is the way to it (`specification.radio`).
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(service).parameters
        takes_any = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        if not takes_any and (unknown := set(kinds) - set(parameters)):
            raise TypeError(f"{service.__qualname__}() takes no {sorted(unknown)}")

        @wraps(service)
        def clean_first(*args: P.args, **kwargs: P.kwargs) -> R:
            placed: list[Any] = [
                clean_value(value, kinds[name], field=name) if name in kinds else value
                for name, value in zip(parameters, args, strict=False)]
            for name in kinds.keys() & kwargs.keys():
                kwargs[name] = clean_value(kwargs[name], kinds[name], field=name)
            return service(*placed, **kwargs)

        clean_first.takes_text = kinds  # type: ignore[attr-defined]  # read by the test that finds who forgets
        return clean_first

    return decorate


def _refused(found: re.Match[str], field: str | None) -> CharacterRefused:
    code, place = f"U+{ord(found[0]):04X}", found.start() + 1
    message = _("第%(place)d个字符（%(code)s）不可用：它是控制字符，或会改变文字的显示方向。")
    return CharacterRefused(message % {"place": place, "code": code}, field=field)


def _too_long(kind: Text, field: str | None) -> TooLong:
    return TooLong(_("内容过长：最多%(limit)d个字符。") % {"limit": kind.longest}, field=field)
