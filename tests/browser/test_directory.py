"""The public pages in a real browser: barriers, width, languages and themes."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.core import signing

from products.subscriptions import services as subscriptions
from products.subscriptions.models import Subscription
from tests.browser.places import DIRECTORY
from tests.factories import catalogue as catalogue_factory
from tests.factories import listings as factory
from tests.factories import people
from tests.factories.seeds import seed


@pytest.fixture
def register(transactional_db):
    """The published products and two devices of an invented company, one of them suspended."""
    return seed("the register in a browser", build)


def build():
    cast, catalogue = people.cast(), catalogue_factory.load()
    rows = factory.published()
    rows["ours"] = factory.listed(cast, catalogue)
    device = factory.device(cast.company_a, catalogue, model="DEMO-TH-2", name_zh="演示温湿度传感器（二代）")
    factory.suspended(cast, catalogue, nth=2, device=device)
    subscriptions.ask_subscription(email="x@example.com", language="zh-hans", caller="192.0.2.1",
                                   listing=rows["ours"])
    return rows


@pytest.mark.parametrize("half", [0, 1])
def test_public_pages_have_no_barriers_and_fit_the_screen(register, examine_all, half):
    parts = {"company": register["N06"].company.number, "code": register["ours"].report.verification_code,
             "leaving": signing.Signer(salt=subscriptions.LEAVE).sign(str(Subscription.objects.get().pk))}
    assert examine_all(DIRECTORY[half::2], parts, SimpleNamespace()) == []


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


def test_search_is_followed_confirmed_and_left_without_a_script(register, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/?q=demo&type=SEN")
    page.get_by_role("link", name="有变更时邮件通知我").click()
    page.get_by_label("电子邮箱").fill("reader@example.com")
    page.get_by_role("button", name="发送确认邮件").click()
    assert page.get_by_role("heading", level=1).inner_text() == "请查收确认邮件"
    row = Subscription.objects.get(email="reader@example.com")
    for link, button, done in ((subscriptions.confirm_link(row), "确认订阅", "已订阅"),
                               (subscriptions.leave_link(row), "退订并删除我的邮箱", "已退订")):
        page.goto(urlsplit(link).path)
        page.get_by_role("button", name=button).click()
        assert page.get_by_role("heading", level=1).inner_text() == done
    assert not Subscription.objects.filter(email="reader@example.com").exists()


def test_file_in_hand_is_recognised_without_being_sent(register, open_page, tmp_path):
    paper = tmp_path / "report.pdf"
    paper.write_bytes(b"%PDF")
    page = open_page("/verify/")
    page.locator("[data-verify-file] input").set_input_files(paper)
    page.wait_for_url("**/v/*/")
    assert page.get_by_role("heading", level=1).inner_text() == "没有找到这份报告"
    assert page.url.rstrip("/").endswith(hashlib.sha256(b"%PDF").hexdigest())
