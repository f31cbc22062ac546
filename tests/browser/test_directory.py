"""The public pages in a real browser: photographs, barriers, width, languages and themes."""

from __future__ import annotations

import hashlib

import pytest

from tests.factories import catalogue as catalogue_factory
from tests.factories import listings as factory
from tests.factories import people

# Every pair of language, theme and width once; all eight would show nothing more.
SETTINGS = [("zh-hans", "light", 1280), ("zh-hans", "dark", 360), ("en", "light", 360), ("en", "dark", 1280)]
PAGES = {
    "directory": "/",
    "search": "/?q=%E8%8E%B2%E9%9B%BE&type=SEN",
    "nothing": "/?q=%E8%8E%B2%E9%9B%BE+%E7%BA%A2%E5%A4%96&year=xx",
    "published": "/products/WAPI-B-0003/",
    "named-only": "/products/WAPI-B-0009/",
    "suspended": "/products/WAPI-2026-00002/",
    "companies": "/companies/",
    "columns": "/?columns=company&columns=number&columns=categories&q=ap&ordering=-model&page_size=50",
    "comparison": "/compare/?n=WAPI-B-0003&n=WAPI-2026-00002&n=WAPI-B-0009&n=WAPI-B-9999",
    "company": "/companies/{company}/",
    "changes": "/changes/",
    "open-data": "/open-data/",
    "figures": "/figures/",
    "as-of": "/products/WAPI-2026-00002/?as_of=2026-11-20",
    "verify": "/verify/",
    "verified": "/v/{code}/",
    "verified-suspended": "/v/WAPI-T-2026-0002/",
    "unknown": "/v/7K2MQ9XWB4TF8/",
}


@pytest.fixture
def register(transactional_db):
    """The published products and two devices of an invented company, one of them suspended."""
    cast, catalogue = people.cast(), catalogue_factory.load()
    rows = factory.published()
    rows["ours"] = factory.listed(cast, catalogue)
    device = factory.device(cast.company_a, catalogue, model="DEMO-TH-2", name_zh="演示温湿度传感器（二代）")
    factory.suspended(cast, catalogue, nth=2, device=device)
    return rows


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: "-".join(map(str, setting)))
def test_show_public_pages_in_each_setting_has_no_barrier(
    register, open_page, accessibility_findings, screenshot, setting
):
    language, scheme, width = setting
    parts = {"company": register["N06"].company.number, "code": register["ours"].report.verification_code}
    for name, path in PAGES.items():
        page = open_page(path.format(**parts), language=language, scheme=scheme, width=width)
        screenshot(page, f"directory-{name}-{width}-{scheme}-{language}")
        assert accessibility_findings(page) == []
        assert page.console_errors == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_on_a_phone_open_and_lead_to_fewer_products(register, open_page):
    page = open_page("/", width=360)
    assert not page.get_by_role("link", name="802.11ac").is_visible()
    page.get_by_text("筛选", exact=True).first.click()
    page.get_by_role("link", name="802.11ac").click()
    assert page.get_by_role("status").inner_text() == "找到 2 个产品"


def test_pages_without_a_script_search_filter_and_sort(register, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("searchbox").fill("莲雾")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="型号 A–Z").click()
    page.get_by_role("link", name="传感器/在线监测装置").click()
    assert page.locator(".products .product-model").all_inner_texts() == ["STH801", "SWL801"]


def test_file_in_hand_is_recognised_without_being_sent(register, open_page, tmp_path):
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"%PDF")
    page = open_page("/verify/")
    page.locator("[data-verify-file] input").set_input_files(paper)
    page.wait_for_url("**/v/*/")
    assert page.get_by_role("heading", level=1).inner_text() == "没有找到这份报告"
    assert page.url.rstrip("/").endswith(hashlib.sha256(b"%PDF").hexdigest())
