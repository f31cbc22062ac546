"""Rows follow the data, and nothing is written that already fits."""

from __future__ import annotations

from typing import Any

import pytest

from products.suites.models import Category
from wapicert.loading import bring_in_line

pytestmark = pytest.mark.django_db


def category(code: str, name_zh: str = "类别", position: int = 0) -> dict[str, Any]:
    return {"code": code, "name_zh": name_zh, "name_en": "Category", "origin": "proposed", "position": position}


def test_bring_in_line_creates_changes_and_keeps() -> None:
    first = bring_in_line(Category, [category("A"), category("B")], by=["code"])
    assert (first.created, first.changed, sorted(first.rows)) == (2, 0, ["A", "B"])
    again = bring_in_line(Category, [category("A", "新名"), category("C")], by=["code"])
    assert (again.created, again.changed, sorted(again.rows)) == (1, 1, ["A", "B", "C"])
    assert dict(Category.objects.values_list("code", "name_zh")) == {"A": "新名", "B": "类别", "C": "类别"}
    assert again.rows["A"].pk == first.rows["A"].pk


def test_bring_in_line_that_fits_writes_nothing(django_assert_num_queries: Any) -> None:
    wanted = [category("A"), category("B")]
    bring_in_line(Category, wanted, by=["code"])
    with django_assert_num_queries(1):
        outcome = bring_in_line(Category, wanted, by=["code"])
    assert (outcome.created, outcome.changed) == (0, 0)


def test_bring_in_line_by_several_fields_has_keys_of_several() -> None:
    outcome = bring_in_line(Category, [category("A", position=3)], by=["code", "position"])
    assert list(outcome.rows) == [("A", 3)]
