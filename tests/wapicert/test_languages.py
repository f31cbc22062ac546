"""Which language a visitor gets, in pages and in answers of the API."""

from __future__ import annotations

import re

import pytest
from django.utils import translation
from django.utils.translation import ngettext

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "given"), [
    ("zh-CN", "zh-Hans"), ("zh", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("zh-TW", "zh-Hans"),
    ("zh-SG,en;q=0.8", "zh-Hans"),
    ("en-GB", "en"), ("en-US,zh;q=0.4", "en"), ("fr,en;q=0.5", "en"), ("fr", "zh-Hans"), ("", "zh-Hans"),
])
def test_open_page_answers_in_the_language_asked(client, asked, given):
    page = client.get("/verify/", headers={"accept-language": asked})
    assert f'<html lang="{given}"' in page.content.decode()
    assert page.headers["Content-Language"].lower() == given.lower()


@pytest.mark.django_db
def test_open_page_in_english_has_no_chinese_but_the_switch(client):
    page = client.get("/verify/", headers={"accept-language": "en"}).content.decode()
    texts = [text.strip() for text in re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL).split("<")]
    assert [text.split(">", 1)[-1].strip() for text in texts if HAN.search(text)] == ["中文"]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "address"), [
    ("get", "/api/v1/products/NOPE/"), ("get", "/api/v1/products/?year=abc"), ("get", "/api/v1/orders/"),
    ("get", "/api/v1/editions/none/items/"), ("get", "/api/v1/nothing/"), ("delete", "/api/v1/products/"),
])
@pytest.mark.parametrize(("language", "is_chinese"), [("en", False), ("zh-CN", True)])
def test_refuse_request_says_why_in_the_language_asked(client, method, address, language, is_chinese):
    answer = getattr(client, method)(address, headers={"accept-language": language})
    assert answer.status_code >= 400
    body = answer.json()
    assert bool(HAN.search(f"{body['detail']}{body['remedy']}{body['errors']}")) is is_chinese


@pytest.mark.parametrize(("language", "one", "many"), [
    ("en", "%(count)d result verified.", "%(count)d results verified."),
    ("zh-hans", "已校核 %(count)d 条。", "已校核 %(count)d 条。"),
])
def test_count_results_uses_the_plural_of_the_language(language, one, many):
    text = "已校核 %(count)d 条。"
    with translation.override(language):
        assert [ngettext(text, text, count) for count in (1, 3)] == [one, many]
