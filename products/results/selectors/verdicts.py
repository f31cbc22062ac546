"""What values come to: checked against what an item asks for, and the verdict that follows from them."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.results import errors
from products.results.states import Verdict
from products.suites.models import Measurement
from products.suites.selectors import Bounds, bounds_of, contradictions
from products.suites.states import Comparator, MeasurementRole, MeasurementType, ResultType
from wapicert.enumeration import enumerated
from wapicert.errors import DomainError
from wapicert.sheets import MINUS
from wapicert.texts import UNSEEN, clean_text, half_width, line

Values = dict[str, dict[str, str]]
# Digits of other scripts would be counted with and could not be printed.
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
TEXT_LENGTH = 200
HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    Comparator.AT_LEAST: operator.ge,
    Comparator.AT_MOST: operator.le,
    Comparator.ABOVE: operator.gt,
    Comparator.BELOW: operator.lt,
    Comparator.EQUAL: operator.eq,
}
# What a person may say; REC belongs to items that are recorded only.
SPOKEN = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.INC})
JUDGED = frozenset({ResultType.JUDGED, ResultType.JUDGED_WITH_VALUES})


def is_within(measurement: Measurement, values: Values) -> bool:
    """Whether the value keeps its limit, compared exactly as decimals; without a limit everything does."""
    if not measurement.comparator or measurement.limit is None or measurement.key not in values:
        return True
    return HOLDS[measurement.comparator](Decimal(values[measurement.key]["value"]), measurement.limit)


def is_valid_test(measurements: Iterable[Measurement], values: Values) -> bool:
    """Whether every condition of validity is met."""
    return all(is_within(row, values) for row in measurements if row.role == MeasurementRole.VALIDITY)


def compute_verdict(measurements: Iterable[Measurement], values: Values) -> Verdict:
    """INC if a condition of validity is unmet; otherwise PASS if all results keep their limits, FAIL if not."""
    rows = list(measurements)
    if not is_valid_test(rows, values):
        return Verdict.INC
    return Verdict.PASS if all(is_within(row, values) for row in rows) else Verdict.FAIL


def check_values(
    measurements: Iterable[Measurement], given: Mapping[str, Any], *, must_be_whole: bool, code: str = "",
) -> tuple[Values, list[DomainError]]:
    """The values as they are kept (text as entered, unit as the item names it), and every fault.

    `must_be_whole` asks for all measurements: where the verdict follows from them, and where a pass rests on them.
    What could not be measured in a failed test is left out rather than invented. `code` is the item's; a value that
    its measurement cannot have, and values that contradict each other, are faults whatever the verdict.
    """
    by_key = {row.key: row for row in measurements}
    values: Values = {}
    faults: list[DomainError] = [
        errors.MeasurementUnknown(field=f"values.{key}") for key in given if key not in by_key
    ]
    for key, row in by_key.items():
        text, unit = _entered(given.get(key))
        text = MINUS.sub("-", text) if row.type == MeasurementType.NUMBER else text
        if text:
            found = _faults_of(row, text, unit) or _impossible(row, text, code)
            faults += found
            if not found:
                values[key] = {"value": text, "unit": row.unit}
        elif must_be_whole:
            faults.append(errors.ValueMissing(_named(errors.ValueMissing, row), field=f"values.{key}"))
    return values, faults + _contradicting(by_key, values, code)


def decide_verdict(
    result_type: str, measurements: Iterable[Measurement], given: str | None, values: Values
) -> Verdict:
    """The verdict of a record whose values are whole; raises the fault of field `verdict`.

    Judged items take the person's word, unless a condition of validity says that there was no valid test; computed
    and recorded ones take none but their own.
    """
    if given and given not in Verdict.values:
        raise errors.VerdictUnknown(field="verdict")
    if result_type in JUDGED:
        return _spoken(measurements, given, values)
    own = Verdict.REC if result_type == ResultType.RECORDED else compute_verdict(measurements, values)
    if given and given != own:
        raise errors.VerdictNotAllowed(
            _("该测试项的结论由系统得出：%(verdict)s。") % {"verdict": own.label}, field="verdict",
        )
    return own


def _spoken(measurements: Iterable[Measurement], given: str | None, values: Values) -> Verdict:
    """The verdict that a person gave."""
    if not given:
        raise errors.VerdictMissing(field="verdict")
    verdict = Verdict(given)
    if verdict not in SPOKEN:
        raise errors.VerdictNotAllowed(_("该测试项须给出通过、未通过或无法判定。"), field="verdict")
    if verdict != Verdict.INC and not is_valid_test(measurements, values):
        raise errors.VerdictNotAllowed(_("有效性条件未满足，只能为“无法判定”。"), field="verdict")
    return verdict


def _entered(given: Any) -> tuple[str, str]:
    """Value and unit as text, with full-width characters and blanks normalised; anything else counts as empty."""
    pair = given if isinstance(given, Mapping) else {"value": given}
    return half_width(_text(pair.get("value"))), unicodedata.normalize("NFKC", _text(pair.get("unit")))


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return ""
    return UNSEEN.sub("", str(value)).strip()


def _faults_of(row: Measurement, text: str, unit: str) -> list[DomainError]:
    """What is wrong with one value and with its unit."""
    field = f"values.{row.key}"
    faults: list[DomainError] = []
    if row.type == MeasurementType.NUMBER and not NUMBER.fullmatch(text):
        faults.append(errors.ValueNotANumber(_named(errors.ValueNotANumber, row), field=field))
    if row.type == MeasurementType.CHOICE and text not in (row.choices or []):
        remedy = errors.ChoiceUnknown.remedy % {"choices": enumerated(row.choices or [])}
        faults.append(errors.ChoiceUnknown(_named(errors.ChoiceUnknown, row), field=field, remedy=remedy))
    if row.type == MeasurementType.TEXT:
        faults += _faults_of_text(row, text)
    if unit != unicodedata.normalize("NFKC", row.unit):
        kind = errors.UnitMismatch if unit else errors.UnitMissing
        faults.append(kind(_named(kind, row), field=f"{field}.unit", remedy=kind.remedy % {"unit": row.unit or "—"}))
    return faults


def _impossible(row: Measurement, text: str, code: str) -> list[DomainError]:
    """Whether the measurement can have the value at all."""
    if row.type != MeasurementType.NUMBER:
        return []
    bounds = bounds_of(code, row.key, row.unit)
    if bounds.holds(Decimal(text)):
        return []
    kind = errors.ValueImpossible
    return [kind(_named(kind, row), field=f"values.{row.key}", remedy=kind.remedy % {"range": _in_words(bounds)})]


def _in_words(bounds: Bounds) -> str:
    """What a value can be, for people."""
    parts = [_("整数") if bounds.is_whole else _("数值")]
    if bounds.above is not None:
        parts.append(_("大于%(number)s") % {"number": bounds.above})
    elif bounds.lowest is not None:
        parts.append(_("不小于%(number)s") % {"number": bounds.lowest})
    if bounds.highest is not None:
        parts.append(_("不大于%(number)s") % {"number": bounds.highest})
    return enumerated(parts)


def _contradicting(by_key: Mapping[str, Measurement], values: Values, code: str) -> list[DomainError]:
    """Values that cannot stand beside each other: a mean above the maximum, more successes than tries."""
    numbers = {key: Decimal(one["value"]) for key, one in values.items() if by_key[key].type == MeasurementType.NUMBER}
    kind = errors.ValuesContradict
    return [kind(kind.message % {"low": _name(by_key[low]), "high": _name(by_key[high])}, field=f"values.{low}")
            for low, high in contradictions(code, by_key.values(), numbers)]


def _faults_of_text(row: Measurement, text: str) -> Iterator[DomainError]:
    """What is wrong with a value in words."""
    field = f"values.{row.key}"
    if len(text) > TEXT_LENGTH:
        yield errors.ValueTooLong(_named(errors.ValueTooLong, row), field=field)
        return
    try:
        clean_text(text, line(TEXT_LENGTH), field=field)
    except DomainError as fault:
        yield fault


def _named(kind: type[DomainError], row: Measurement) -> str:
    """The error's sentence with the measurement's name in the reader's language."""
    return str(kind.message % {"name": _name(row)})


def _name(row: Measurement) -> str:
    return row.name_en if (get_language() or "").startswith("en") else row.name_zh
