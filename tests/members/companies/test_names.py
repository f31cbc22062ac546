"""Changing the names of a company."""

import pytest

from members.companies.errors import CompanyStale, NameMissing, NameTooLong
from members.companies.models import Company
from members.companies.selectors import companies_named
from members.companies.services import change_names
from members.history.models import Entry
from tests.factories import people

pytestmark = pytest.mark.django_db


def test_change_names_writes_what_differs_and_its_history_entry():
    company = people.company()
    changed = change_names(company=company, actor=None, name_zh=" 演示新名有限公司 ", name_en=company.name_en)
    assert (changed.name_zh, changed.row_version) == ("演示新名有限公司", 2)
    entry = Entry.objects.filter(act="company.renamed").get()
    assert (entry.before, entry.told) == ({"name_zh": "演示甲通信科技有限公司"}, {"name_zh": "演示新名有限公司"})


def test_change_names_without_a_difference_writes_nothing():
    company = people.company()
    assert change_names(company=company, actor=None, name_zh=company.name_zh).row_version == 1
    assert not Entry.objects.filter(act="company.renamed").exists()


@pytest.mark.parametrize(("names", "refusal", "field"), [
    ({"name_zh": "  "}, NameMissing, "name_zh"),
    ({"name_zh": "长" * 201}, NameTooLong, "name_zh"),
    ({"short_name_zh": "长" * 61}, NameTooLong, "short_name_zh"),
    ({"name_en": "x" * 201}, NameTooLong, "name_en"),
])
def test_change_names_refuses_a_wrong_name_by_its_field(names, refusal, field):
    company = people.company()
    with pytest.raises(refusal) as caught:
        change_names(company=company, actor=None, **names)
    assert caught.value.field == field
    assert Company.objects.get(pk=company.pk).name_zh == company.name_zh


def test_change_names_of_a_stale_record_shows_what_stands():
    company = people.company()
    change_names(company=company, actor=None, row_version=1, short_name_zh="演示新")
    with pytest.raises(CompanyStale) as caught:
        change_names(company=company, actor=None, row_version=1, short_name_zh="演示旧")
    assert caught.value.extra["current"]["short_name_zh"] == "演示新"


def test_change_names_refuses_a_field_that_is_no_name():
    with pytest.raises(TypeError):
        change_names(company=people.company(), actor=None, uscc="x")


def test_companies_named_gives_the_namesake_that_was_registered_first():
    first = people.company(uscc=None)
    people.company(uscc=None)
    assert companies_named([first.name_zh, "演示无"]) == {first.name_zh: first}
