"""The public pages of editions: what each shows, to whom, and in how many queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from products.suites.models import Edition
from tests.factories import catalogue as factory
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
PAGES = ["/editions/", "/editions/2024-03/", "/editions/2024-03/matrix/", "/editions/before-2024-03/diff/2024-03/"]
DRAFT_PAGES = ["/editions/2026-draft/", "/editions/2026-draft/matrix/", "/editions/2026-draft/changes/",
               "/editions/2024-03/diff/2026-draft/", "/editions/2026-draft/diff/2024-03/"]


def text_of(client: Client, path: str, **headers: str) -> str:
    """The page's words without tags, blanks made single."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def row_of(client: Client, path: str, code: str) -> str:
    """The words of one item's row."""
    html = client.get(path).content.decode()
    match = re.search(rf'<tr id="{code}".*?</tr>', html, re.DOTALL)
    assert match
    return " ".join(re.sub(r"<[^>]+>", " ", match[0]).split())


def test_show_editions_lists_the_mandatory_one_first(client: Client, catalogue: Any) -> None:
    html = client.get("/editions/").content.decode()
    assert re.findall(r'<h2><a href="([^"]+)"', html) == ["/editions/2024-03/", "/editions/before-2024-03/"]
    assert html.count("执行版本") == 1


def test_show_editions_without_any_says_so(client: Client, db: None) -> None:
    assert "还没有已发布的版本" in text_of(client, "/editions/")


def test_show_edition_has_facts_and_every_item_with_its_mark(client: Client, catalogue: Any) -> None:
    html = client.get("/editions/2024-03/").content.decode()
    rows = re.findall(r'<tr id="([^"]+)".*?</tr>', html, re.DOTALL)
    marks = re.findall(r'<tr id="[^"]+".*?(已公布|建议稿).*?</tr>', html, re.DOTALL)
    assert (len(rows), len(marks), marks.count("已公布")) == (125, 125, 2)
    assert catalogue.edition.fingerprint[:8] in html
    assert len(html.encode()) < 100_000
    assert "已公布 2 项，建议稿 123 项" in html


def test_show_edition_says_all_of_a_computed_item(client: Client, catalogue: Any) -> None:
    source = "限值来源： public web page quoting GB/T 32420 6.2 (network tests), to be confirmed"
    assert row_of(client, "/editions/2024-03/", "PER-06") == " ".join([
        "PER-06 建议稿 关联成功率 每个AP测试不少于50次，统计关联成功率。 由数值与限值判定",
        f"测试次数 ≥ 50 次 有效性条件 {source} 关联成功率 ≥ 95 % {source} 必测 AP 可选 STA CPE",
        "GB/T 32420-2015 · 6.2（第三方网页摘录） 证据：抓包文件",
    ])


def test_show_edition_says_all_of_a_conditional_item(client: Client, catalogue: Any) -> None:
    assert row_of(client, "/editions/2024-03/", "IOP-02") == " ".join([
        "IOP-02 建议稿 证书鉴别接入互通（网络侧）",
        "被测AP（或AC）应能使联盟测试基准终端完成证书鉴别、密钥协商并接入网络。 人工判定",
        "必测 AP 有条件 AC AE驻留在AC上",
        "GB/T 32420-2015 * T/WAPIA 037.2—2021 * 证据：抓包文件",
    ])


def test_show_edition_names_the_parent_of_a_child(client: Client, catalogue: Any) -> None:
    assert "属于 FUN-RT" in row_of(client, "/editions/2024-03/", "FUN-RT-01")


def test_show_edition_for_a_type_holds_its_items_and_rule_only(client: Client, catalogue: Any) -> None:
    html = client.get("/editions/2024-03/?device_type=AC").content.decode()
    codes = re.findall(r'<tr id="([^"]+)"', html)
    assert codes == [row["code"] for row in factory.SUITE["items"] if "AC" in row["applicability"]]
    assert "适用于 无线接入控制器（AC）" in text_of(client, "/editions/2024-03/?device_type=AC")
    row = row_of(client, "/editions/2024-03/?device_type=AC", "IOP-02")
    assert "有条件 AE驻留在AC上" in row
    assert "必测" not in row


def test_show_edition_for_a_category_holds_its_items_only(client: Client, catalogue: Any) -> None:
    html = client.get("/editions/2024-03/?category=PER").content.decode()
    assert {code.split("-")[0] for code in re.findall(r'<tr id="([^"]+)"', html)} == {"PER"}


def test_show_edition_for_a_type_without_items_says_so(client: Client, catalogue: Any) -> None:
    assert "没有符合条件的测试项" in text_of(client, "/editions/2024-03/?device_type=CHIP")


def test_show_edition_for_an_unknown_type_names_the_mistake(client: Client, catalogue: Any) -> None:
    text = text_of(client, "/editions/2024-03/?device_type=UFO")
    assert "设备类型：没有这种设备类型。" in text
    assert "IOP-01" not in text


def test_show_matrix_has_a_cell_for_each_item_and_type(client: Client, catalogue: Any) -> None:
    html = client.get("/editions/2024-03/matrix/").content.decode()
    body = re.findall(r'<th scope="row"><a class="code".*?</tr>', html, re.DOTALL)
    assert (len(body), {row.count("<td>") for row in body}) == (125, {10})
    foot = re.search(r"<tfoot>.*?</tfoot>", html, re.DOTALL)
    assert foot
    counts = [int(number) for number in re.findall(r"<td>(\d+)</td>", foot[0])]
    types = ["AP", "AC", "AS", "CIS", "STA", "CPE", "MOD", "SEN", "TXR", "CAM"]
    assert counts == [sum(code in item["applicability"] for item in factory.SUITE["items"]) for code in types]
    assert len(re.findall(r'<li id="condition-\d+">', html)) == 21


def test_show_changes_leads_to_the_difference_from_the_predecessor(client: Client, catalogue: Any) -> None:
    response = client.get("/editions/2024-03/changes/")
    assert (response.status_code, response.headers["Location"]) == (302, "/editions/before-2024-03/diff/2024-03/")
    assert client.get("/editions/before-2024-03/changes/").status_code == 404


def test_show_difference_of_the_real_editions(client: Client, catalogue: Any) -> None:
    text = text_of(client, "/editions/before-2024-03/diff/2024-03/")
    assert "新增 15 改动 0 删除 0" in text
    assert "FUN-RT-13" in text


def test_show_difference_marks_what_was_changed(client: Client, catalogue: Any, cast: Any) -> None:
    factory.draft_edition(editor=cast.editor)
    client.force_login(cast.editor)
    html = client.get("/editions/2024-03/diff/2026-draft/").content.decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "新增 0 改动 2 删除 1" in text
    assert "<ins>（演示改动）</ins>" in html
    assert "<del>FUN-RT</del>" in html
    assert "其中一个版本尚未发布" in text


def test_show_difference_of_an_edition_with_itself_says_so(client: Client, catalogue: Any) -> None:
    assert "两个版本的测试项完全相同" in text_of(client, "/editions/2024-03/diff/2024-03/")


@pytest.mark.parametrize(("name", "status"), [(None, 404), ("vendor", 404), ("admin", 404), ("tester", 200),
                                              ("auditor", 200), ("editor", 200)])
def test_show_draft_to_each_person(
    client: Client, catalogue: Any, cast: Any, name: str | None, status: int
) -> None:
    factory.draft_edition(editor=cast.editor)
    if name:
        assert client.login(username=name, password=PASSWORD)
    statuses = {path: client.get(path).status_code for path in DRAFT_PAGES}
    expected = dict.fromkeys(DRAFT_PAGES, status)
    if status == 200:
        expected["/editions/2026-draft/changes/"] = 302
    assert statuses == expected
    assert ("演示草稿版" in client.get("/editions/").content.decode()) == (status == 200)


@pytest.mark.parametrize(("path", "queries"), [(PAGES[0], 9), (PAGES[1], 22), (PAGES[2], 9), (PAGES[3], 17)])
def test_show_pages_take_a_fixed_number_of_queries(
    client: Client, catalogue: Any, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        client.get(path)


def test_show_editions_takes_the_same_queries_for_one_and_three(
    client: Client, catalogue: Any, cast: Any, django_assert_num_queries: Any
) -> None:
    Edition.objects.filter(slug="before-2024-03").update(status="draft")
    with django_assert_num_queries(9):
        assert client.get("/editions/").content.decode().count("edition-card\"") == 1
    draft = factory.draft_edition(editor=cast.editor)
    Edition.objects.filter(pk=draft.pk).update(status="published", fingerprint="f" * 64)
    Edition.objects.filter(slug="before-2024-03").update(status="retired")
    with django_assert_num_queries(9):
        assert client.get("/editions/").content.decode().count("edition-card\"") == 3


@pytest.mark.parametrize("path", PAGES)
def test_show_page_again_with_its_tag_is_not_modified(client: Client, catalogue: Any, path: str) -> None:
    client.get(path)  # brings the cookie of the language switch, which is part of the tag
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", [*PAGES, "/editions/2024-03/changes/"])
def test_write_to_a_public_page_is_refused(client: Client, catalogue: Any, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/editions/1999-01/", "/editions/1999-01/matrix/", "/editions/1999-01/changes/",
                                  "/editions/2024-03/diff/1999-01/"])
def test_show_unknown_edition_is_not_found(client: Client, catalogue: Any, path: str) -> None:
    assert client.get(path).status_code == 404
