"""Numbers as people type them: with blanks, other dashes, in full width or small letters, or with hyphens left out."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings

from products.reports.selectors.codes import LENGTH, clean_code

# What stands before a number on paper and belongs to it no more than the paper does.
HEADING = re.compile(r"^(?:(?:NO|(?:报告|证明|名录)?编号)\s*[.:]?\s*)+(?=[A-Z0-9])", re.IGNORECASE)
# Numbers of ours begin so, whatever their series; codes are drawn from letters and digits without look-alikes.
SERIES = ("WAPI", "WT20", "YP20", "ZG20", "JY20")
# One character more or less than a code is a slip; as many groups as are printed, or none.
CODE = re.compile(rf"[A-Z0-9]{{{LENGTH - 1},{LENGTH + 1}}}", re.ASCII)
PRINTED = re.compile(r"[A-Z0-9]{3,5}[- ][A-Z0-9]{3,5}[- ][A-Z0-9]{4,6}|[A-Z0-9]+", re.ASCII)


def written(text: str) -> str:
    """The text in plain capitals, each run of blanks and dashes of any kind as one hyphen, without its heading."""
    kept = unicodedata.normalize("NFKC", text).strip()
    kept = HEADING.sub("", kept).upper()
    signs = ("-" if char.isspace() or char == "−" or unicodedata.category(char) == "Pd" else char for char in kept)
    return re.sub(r"-+", "-", "".join(signs)).strip("-")


def report_numbers_meant(text: str) -> list[str]:
    """The report numbers that may be meant, each as it would be kept."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return list(dict.fromkeys([plain, plain.upper(), written(text), *_by_format(clean_code(written(text)))]))


def _by_format(letters: str) -> list[str]:
    """The number of the format in use that consists of these letters and digits; none where it does not fit."""
    style = settings.REPORT_NUMBER_FORMAT
    pattern, seen = "", set()
    for part in re.split(r"(\{[^}]*\})", style):
        name = re.match(r"\{(\w+)", part)
        if name is None:
            pattern += re.escape(clean_code(part))
        elif name[1] in seen:
            return []
        else:
            seen.add(name[1])
            pattern += r"(?P<year>\d{4})" if name[1] == "year" else rf"(?P<{name[1]}>\d{{1,9}})"
    found = re.fullmatch(pattern, letters, re.ASCII)
    return [style.format(**{name: int(value) for name, value in found.groupdict().items()})] if found else []


def looks_like_a_code(text: str) -> bool:
    """Whether a text has the shape of a verification code, as it is printed or typed, and not that of a number."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    letters = clean_code(text)
    number_begins = clean_code(settings.REPORT_NUMBER_FORMAT.partition("{")[0])
    is_number = letters.startswith(SERIES) or bool(number_begins and letters.startswith(number_begins))
    return not is_number and bool(CODE.fullmatch(letters)) and bool(PRINTED.fullmatch(plain))
