"""What a number format makes of a number: the text that a person sees in the cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

GENERAL = "General"
# ECMA-376, 18.8.30. Currency and the dates of other calendars depend on the reader's language; what they show is no
# plain number in any.
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)",
    39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    48: "##0.0E+0", 49: "@", **dict.fromkeys((5, 6, 7, 8, 41, 42, 43, 44), '"¤"#,##0.00'),
    **dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
}
# Seventeen digits are stored and fifteen shown, in every spreadsheet.
DIGITS = 15
# Quoted text, an escaped sign, blanks of the width of a sign, fillers, colours and languages, dates and numbers.
TOKEN = re.compile(r"""
    (?P<quoted>"[^"]*") | \\(?P<escaped>.) | (?P<space>_.) | (?P<fill>\*.)
    | \[(?P<bracket>[^\]]*)\] | (?P<meridiem>AM/PM|A/P|上午/下午) | (?P<general>General|G/通用格式)
    | (?P<power>E[+-]0+) | (?P<digits>[0\#?][0\#?,]*(?:\.[0\#?]*)?,*|\.[0\#?]+) | (?P<date>[ymdhsegb]+)
    | (?P<percent>%) | (?P<text>@) | (?P<other>.)
""", re.VERBOSE | re.IGNORECASE | re.DOTALL)
# White on white is hidden, and so is the second colour of the palette.
COLOURS = re.compile(r"(Black|Blue|Cyan|Green|Magenta|Red|Yellow|Color\s?(?!2$)\d+|黑色|蓝色|红色|绿色)", re.IGNORECASE)
LANGUAGE = re.compile(r"\$([^-]*)(-[0-9A-Fa-f]+)?")
ELAPSED = re.compile(r"(h+|m+|s+)", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """One part of a format: a plain number with text around it, or nothing that this module can show."""

    before: str = ""
    digits: str = ""
    after: str = ""
    power: str = ""
    percents: int = 0
    is_date: bool = False
    is_general: bool = False
    is_text: bool = False
    is_known: bool = True


def is_date(code: str) -> bool:
    """Whether the format shows a day or a time."""
    return any(section.is_date for section in sections_of(code))


def fifteen(number: Decimal) -> Decimal:
    """The number as every spreadsheet shows it at its most exact."""
    with localcontext() as context:
        context.prec, context.rounding = DIGITS, ROUND_HALF_UP
        return +number


def plain(number: Decimal) -> str:
    """Digits without an exponent and without idle noughts."""
    return f"{number.normalize():f}" if number else "0"


def shown(number: Decimal, code: str) -> str | None:
    """The text in the cell; None where the format is none that this module can follow."""
    exact = fifteen(number)
    sections = sections_of(code)
    section, is_absolute = _section_for(exact, sections)
    if section.is_date or not all(one.is_known for one in sections):
        return None
    value = abs(exact) if is_absolute else exact
    sign = "-" if value < 0 else ""
    if section.is_general:
        return f"{sign}{section.before}{plain(abs(value))}{section.after}"
    if not section.digits:
        return section.before
    value *= 100 ** section.percents
    text = _scientific(abs(value), section) if section.power else _fixed(abs(value), section.digits)
    sign = "" if not re.search("[1-9]", text.partition("E")[0]) else sign
    return f"{sign}{section.before}{text}{section.after}"


def shown_text(text: str, code: str) -> str | None:
    """What a cell shows of its text: of four parts the last is for text, of fewer a last one that names it."""
    sections = sections_of(code)
    last = sections[-1]
    if len(sections) < 4 and not last.is_text:
        return text
    if not last.is_known or last.is_date or last.digits:
        return None
    return f"{last.before}{text}{last.after}" if last.is_general else last.before


@lru_cache(maxsize=1024)
def sections_of(code: str) -> tuple[Section, ...]:
    """The parts of a format: for positive numbers, negative ones, nought and text."""
    parts: list[list[re.Match[str]]] = [[]]
    for token in TOKEN.finditer(code or GENERAL):
        if token["other"] == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(_section(part) for part in parts)


def _section_for(number: Decimal, sections: tuple[Section, ...]) -> tuple[Section, bool]:
    """The part for this number, and whether it shows the number without its sign."""
    if number < 0 and len(sections) > 1:
        return sections[1], True
    if number == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _section(tokens: list[re.Match[str]]) -> Section:
    """The part that these tokens make; one with two numbers in it, a fraction or a condition is not known."""
    if any(token["date"] or token["meridiem"] or ELAPSED.fullmatch(token["bracket"] or "") for token in tokens):
        return Section(is_date=True)
    numbers = [place for place, token in enumerate(tokens) if token["digits"] or token["general"] or token["text"]]
    powers = [token["power"] for token in tokens if token["power"]]
    texts = [_literal(token) for token in tokens]
    if len(numbers) > 1 or len(powers) > 1 or None in texts or (powers and not numbers):
        return Section(is_known=False)
    cut = numbers[0] if numbers else len(tokens)
    before, after = ("".join(filter(None, part)) for part in (texts[:cut], texts[cut:]))
    return Section(
        before, tokens[cut]["digits"] or "" if numbers else "", after, powers[0] if powers else "",
        sum(bool(token["percent"]) for token in tokens),
        is_general=bool(numbers) and not tokens[cut]["digits"], is_text=bool(numbers) and bool(tokens[cut]["text"]),
        # A fraction, and powers in steps of three.
        is_known=not after.lstrip().startswith("/")
        and not (powers and len(tokens[cut]["digits"].partition(".")[0]) > 1),
    )


def _literal(token: re.Match[str]) -> str | None:
    """The text that a token shows beside the number; None for a bracket that changes what is shown."""
    if token["bracket"] is not None:
        language = LANGUAGE.fullmatch(token["bracket"])
        return language[1] if language else "" if COLOURS.fullmatch(token["bracket"]) else None
    if token["fill"]:
        # Fills the cell's width with the sign, which is no part of the number unless it is a blank.
        return "" if token["fill"] == "* " else None
    if token["quoted"]:
        return token["quoted"].strip('"')
    return token["escaped"] or token["percent"] or token["other"] or (" " if token["space"] else "")


def _fixed(number: Decimal, pattern: str) -> str:
    """Digits by a pattern such as #,##0.00; commas at its end divide by a thousand each."""
    head = pattern.rstrip(",")
    whole, _point, places = head.partition(".")
    with localcontext() as context:
        context.prec = 60
        scaled = number / (Decimal(1000) ** (len(pattern) - len(head)))
        text = f"{scaled.quantize(Decimal(1).scaleb(-len(places)), rounding=ROUND_HALF_UP):f}"
    left, _point, right = text.partition(".")
    left = "" if left == "0" and "0" not in whole else left
    needed = len(places.rstrip("#?"))
    while len(right) > needed and right.endswith("0"):
        right = right[:-1]
    if "," in whole and left:
        left = f"{int(left):,}"
    left = left.rjust(whole.count("0"), "0")
    return f"{left}.{right}" if "." in head else left


def _scientific(number: Decimal, section: Section) -> str:
    exponent = number.adjusted() if number else 0
    with localcontext() as context:
        context.prec = 60
        text = _fixed(number.scaleb(-exponent), section.digits)
        if text.partition(".")[0] == "10":
            exponent += 1
            text = _fixed(number.scaleb(-exponent), section.digits)
    return f"{text}E{'-' if exponent < 0 else '+'}{abs(exponent):0{len(section.power) - 2}d}"
