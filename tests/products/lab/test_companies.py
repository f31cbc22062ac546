"""The pages of companies: found, renamed, moved and corrected by intake; nothing is overwritten."""

import pytest

from members.companies.models import Company
from members.history.models import Entry

pytestmark = pytest.mark.django_db
NAMES = {"name_zh": "演示新名通信有限公司", "short_name_zh": "演示新名", "name_en": "Demo New Ltd.", "row_version": "1"}


@pytest.fixture
def company(client, cast):
    client.force_login(cast.intake)
    return cast.company_a


def test_search_of_companies_finds_by_each_word_and_code(client, company, cast):
    page = client.get("/lab/companies/", {"q": "演示甲 有限公司"}).content.decode()
    assert (company.number in page, cast.company_b.number in page) == (True, False)
    assert company.number in client.get("/lab/companies/", {"q": company.uscc.lower()}).content.decode()
    assert "没有名称、编号或代码含“无此家”的企业" in client.get("/lab/companies/", {"q": "无此家"}).content.decode()


def test_rename_by_intake_is_kept_and_recorded(client, company):
    assert client.post(f"/lab/companies/{company.number}/names/", NAMES).status_code == 302
    kept = Company.objects.get(pk=company.pk)
    assert (kept.name_zh, kept.short_name_zh, kept.name_en, kept.row_version) == (
        "演示新名通信有限公司", "演示新名", "Demo New Ltd.", 2)
    assert Entry.objects.filter(act="company.renamed").count() == 1


def test_change_of_address_by_quality_is_kept_and_recorded(client, company, cast):
    client.force_login(cast.quality)
    client.post(f"/lab/companies/{company.number}/address/",
                {"address_zh": " 演示市演示路9号 ", "address_en": "9 Demo Road", "row_version": "1"})
    kept = Company.objects.get(pk=company.pk)
    assert (kept.address_zh, kept.address_en) == ("演示市演示路9号", "9 Demo Road")
    entry = Entry.objects.get(act="company.address_changed")
    assert entry.told == {"address_zh": "演示市演示路9号", "address_en": "9 Demo Road"}


def test_correct_code_shows_the_fault_beside_the_field_and_keeps_the_code(client, company):
    answer = client.post(f"/lab/companies/{company.number}/code/", {"uscc": "91110108MA01ABCD3X", "row_version": "1"})
    assert answer.status_code == 422
    assert "统一社会信用代码不正确" in answer.content.decode()
    assert "91110108MA01ABCD3X" in answer.content.decode()
    assert Company.objects.get(pk=company.pk).uscc == company.uscc


@pytest.mark.parametrize(("verb", "typed"), [
    ("names", NAMES | {"name_zh": "演示另一名有限公司"}),
    ("address", {"address_zh": "他处", "address_en": "", "row_version": "1"}),
    ("code", {"uscc": "91350211M000100Y46", "row_version": "1"}),
])
def test_change_from_a_stale_page_is_refused_and_keeps_what_stands(client, company, verb, typed):
    client.post(f"/lab/companies/{company.number}/names/", NAMES)
    before = Company.objects.filter(pk=company.pk).values().get()
    answer = client.post(f"/lab/companies/{company.number}/{verb}/", typed)
    assert answer.status_code == 412
    assert "该企业资料已被他人修改" in answer.content.decode()
    assert Company.objects.filter(pk=company.pk).values().get() == before


def test_fill_in_of_a_code_by_a_tester_is_refused(client, company, cast):
    client.force_login(cast.tester)
    typed = {"uscc": "91350211M000100Y46"}
    assert client.post(f"/lab/companies/{cast.company_b.number}/code/", typed).status_code == 403
    assert Company.objects.get(pk=cast.company_b.pk).uscc is None


@pytest.mark.parametrize("verb", ["names", "address", "code"])
def test_change_by_a_tester_is_refused(client, company, cast, verb):
    client.force_login(cast.tester)
    typed = NAMES | {"address_zh": "他处", "address_en": "", "uscc": "91350211M000100Y46"}
    assert client.post(f"/lab/companies/{company.number}/{verb}/", typed).status_code == 403
    assert Company.objects.get(pk=company.pk).row_version == 1
    assert "更改名称" not in client.get(f"/lab/companies/{company.number}/").content.decode()


def test_post_of_an_unknown_verb_is_not_found(client, company):
    assert client.post(f"/lab/companies/{company.number}/delete/", {}).status_code == 404
