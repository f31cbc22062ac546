"""Items and differences are put into words, with what differs marked, without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from products.suites.models import Category, Feature, Measurement, Standard
from products.suites.rendering import (
    FIELD_NAMES,
    WORDS,
    Names,
    Segment,
    abbreviation_of,
    detail_of,
    field_changes,
    limit_of,
    marked,
    name_of,
    short_title,
    word,
)
from tests.factories import catalogue as factory

NAMES = Names(device_types={"AP": "无线接入点"}, features={"sleep": "休眠与唤醒"}, categories={"IOP": "互通性"},
              standards={"GBT32420": "GB/T 32420-2015"})


def written(segments: list[Segment]) -> str:
    return "".join(f"[{segment.text}]" if segment.is_marked else segment.text for segment in segments)


def both(before: list[str], after: list[str]) -> tuple[str, str]:
    left, right = marked(before, after)
    return written(left), written(right)


def changed(name: str, before: Any, after: Any) -> tuple[str, str, str]:
    (change,) = field_changes({name: (before, after)}, NAMES)
    return change.name, written(change.before), written(change.after)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["应重传"], ["应重传"], ("应重传", "应重传")),
        (["应重传三次"], ["应重传五次"], ("应重传[三]次", "应重传[五]次")),
        (["at least 50 times"], ["at least 100 times"], ("at least [50] times", "at least [100] times")),
        (["FUN-RT"], [], ("[FUN-RT]", "")),
        ([], ["FUN-RT"], ("", "[FUN-RT]")),
        (["甲", "乙"], ["甲", "乙丙"], ("甲\n乙\n", "甲\n乙[丙]\n")),
        (["甲", "乙"], ["甲"], ("甲\n[乙\n]", "甲\n")),
        (["甲"], ["子", "丑", "寅"], ("[甲\n]", "[子\n][丑\n][寅\n]")),
    ],
)
def test_marked_shows_what_the_other_side_lacks(
    before: list[str], after: list[str], expected: tuple[str, str]
) -> None:
    assert both(before, after) == expected


MEASUREMENT = {"key": "n", "name_zh": "次数", "name_en": "tries", "type": "number", "unit": "次", "choices": None,
               "comparator": ">=", "limit": "50", "limit_origin": "GB", "role": "validity"}


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("parent", "FUN-RT", None, ("父项", "[FUN-RT]", "")),
        ("category", "IOP", "XXX", ("测试类别", "[互通性]", "[XXX]")),
        ("result_type", "judged", "recorded", ("判定方式", "[人工判定]", "[仅记录]")),
        ("origin", "proposed", "published", ("来源", "[建议稿]", "[已公布]")),
        ("group_zh", "接入互通", "", ("分组", "[接入互通]", "")),
        ("evidence", ["日志"], ["日志", "抓包文件"], ("证据", "日志\n", "日志\n[抓包文件\n]")),
        ("basis", [{"standard": "GBT32420", "clause": None}], [{"standard": "GBT32420", "clause": "6.2"}],
         ("测试依据", "GB/T 32420-2015 · [条款号待联盟填写]", "GB/T 32420-2015 · [6.2]")),
        ("applicability", {"AP": {"level": "M", "feature": None}}, {"AP": {"level": "C", "feature": "sleep"}},
         ("适用性", "无线接入点: [必测]", "无线接入点: [有条件 (休眠与唤醒)]")),
        ("measurements", [MEASUREMENT], [MEASUREMENT | {"limit": "60", "role": "result"}],
         ("数值与限值", "次数 · ≥ [50] 次 · [有效性条件 · ]GB", "次数 · ≥ [60] 次 · GB")),
    ],
)
def test_field_changes_puts_each_field_into_words(
    name: str, before: Any, after: Any, expected: tuple[str, str, str]
) -> None:
    assert changed(name, before, after) == expected


def test_field_changes_come_in_the_order_of_reading() -> None:
    changes = field_changes({"origin": ("proposed", "published"), "parent": ("A", None)}, NAMES)
    assert [change.name for change in changes] == ["父项", "来源"]


def test_field_names_cover_the_content_of_an_item() -> None:
    data = set(factory.SUITE["items"][0]) - {"evidence_zh", "editions"} | {"evidence"}
    assert set(FIELD_NAMES) == data


def test_words_cover_what_the_data_says_in_chinese_alone() -> None:
    items = factory.SUITE["items"]
    measurements = [row for item in items for row in item["measurements"]]
    said = {item["group_zh"] for item in items} | {text for item in items for text in item["evidence_zh"]}
    said |= {row["unit"] for row in measurements if row["unit"]}
    said |= {choice for row in measurements for choice in row["choices"] or []}
    assert {text for text in said if re.search(r"[一-鿿]", text)} == WORDS


def test_word_that_nobody_knows_stays_as_it_is() -> None:
    assert (word("演示单位"), word("")) == ("演示单位", "")


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_name_of_follows_the_language(english: None) -> None:
    category = Category(name_zh="互通性", name_en="Interoperability")
    assert name_of(category) == "Interoperability"
    assert name_of(Feature(name_zh="休眠", name_en="")) == "休眠"
    with translation.override("zh-hans"):
        assert name_of(category) == "互通性"


@pytest.mark.parametrize(
    ("title", "short"),
    [("GB/T 32420-2015《无线局域网测试规范》", "GB/T 32420-2015"),
     ("《在路上》2024年6月第84期", "《在路上》2024年6月第84期"),
     ("GB 15629.11-2003 及 GB 15629.11-2003/XG1-2006", "GB 15629.11-2003 及 GB 15629.11-2003/XG1-2006")],
)
def test_short_title_is_the_number(title: str, short: str) -> None:
    assert short_title(Standard(title_zh=title)) == short


def test_abbreviations_differ() -> None:
    assert [abbreviation_of(level) for level in "MCO"] == ["必", "条", "选"]


def test_limit_and_choices_are_written_out() -> None:
    assert limit_of(Measurement(comparator="", limit=None)) == ""
    assert detail_of("", "", ["双证书", "三证书"]) == "双证书 / 三证书"
    assert detail_of("≥ 95", "%", None) == "≥ 95 %"
    assert detail_of("≥ 95", "", None) == "≥ 95"
    assert detail_of("", "秒", None) == "(秒)"
    assert detail_of("", "", None) == ""
