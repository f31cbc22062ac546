"""How facts are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils.translation import override

from products.templatetags import writing

NIGHT = datetime(2024, 3, 14, 16, 30, tzinfo=UTC)  # already the 15th in China


def test_write_day_of_a_moment_uses_china_time():
    assert (writing.day(NIGHT), writing.moment(NIGHT)) == ("2024-03-15", "2024-03-15 00:30")


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "2024年3月15日"), ("en", "15 March 2024")])
def test_write_long_day_follows_the_language(language, text):
    with override(language):
        assert writing.day_long(date(2024, 3, 15)) == text


@pytest.mark.parametrize("filter_", [writing.day, writing.day_long, writing.moment, writing.time_of])
def test_write_date_that_is_missing_is_empty(filter_):
    assert filter_(None) == ""


def test_write_time_element_carries_the_machine_form():
    assert writing.time_of(NIGHT) == (
        '<time datetime="2024-03-15T00:30:00+08:00" class="nowrap">2024-03-15 00:30</time>')


@pytest.mark.parametrize(("then", "days"), [
    (NIGHT, 1), (datetime(2024, 3, 15, 16, 30, tzinfo=UTC), 0), (date(2024, 3, 1), 15), (None, 0),
])
@time_machine.travel(datetime(2024, 3, 15, 17, 0, tzinfo=UTC), tick=False)  # 01:00 on the 16th in China
def test_count_days_since_counts_calendar_days_of_china(then, days):
    assert writing.days_since(then) == days


@pytest.mark.parametrize("value", [None, "", [], ()])
def test_write_what_was_not_published_says_so(value):
    assert writing.or_unpublished(value) == '<span class="unpublished">未载明</span>'


@pytest.mark.parametrize(("value", "text"), [(0, 0), (False, False), (["2.4GHz", "5GHz"], "2.4GHz、5GHz"), ("A", "A")])
def test_write_what_was_published_keeps_it(value, text):
    assert writing.or_unpublished(value) == text


BOTH = {"name_zh": "演示甲", "name_en": "Demo A"}


@pytest.mark.parametrize(("language", "names", "text"), [
    ("zh-hans", BOTH, "演示甲"), ("en", BOTH, "Demo A"), ("en", {"name_zh": "演示甲", "name_en": ""}, "演示甲"),
    ("zh-hans", {"name_en": "Demo A"}, "Demo A"), ("en", None, ""),
])
def test_choose_name_takes_the_language_or_the_other(language, names, text):
    with override(language):
        assert writing.localized_filter(names, "name") == writing.localized_tag(names, "name") == text


def test_write_digest_groups_eight_characters():
    assert writing.digest_groups("0123456789abcdef01") == "01234567 89abcdef 01"


@pytest.mark.parametrize(("size", "text"), [
    (102, "102 B"), (512, "0.5 KB"), (1536, "1.5 KB"), (50 * 1024 * 1024, "50.0 MB")])
def test_write_file_size_chooses_the_unit(size, text):
    assert writing.file_size(size) == text
