"""Following by e-mail: nobody is told who did not confirm, everybody leaves with one click, no address is shown."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from products.listings.services import rename_company, set_listing_status
from products.listings.states import ListingStatus
from products.retention.services import apply_retention
from products.subscriptions import services
from products.subscriptions.models import OutgoingMail, Subscription
from products.subscriptions.tasks import send_subscription_mails
from tests.factories import listings as factory

pytestmark = pytest.mark.django_db
EMAIL = "reader@example.com"


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def listing(cast, catalogue):
    return factory.listed(cast, catalogue)


def ask(client, **target):
    return client.post("/subscriptions/", {"email": EMAIL, **target})


def link(verb: str) -> str:
    """The path of the last mail's link."""
    return re.search(rf"http://127.0.0.1:8000(/subscriptions/{verb}/\S+)", mail.outbox[-1].body)[1]


def followed(client, **target) -> Subscription:
    """Asked for, mailed and confirmed."""
    ask(client, **target)
    services.send_mails()
    assert client.post(link("confirm")).status_code == 200
    return Subscription.objects.latest("pk")


def suspend(listing, reason: str = "演示：抽查") -> None:
    set_listing_status(listing=listing, status=ListingStatus.SUSPENDED, since=date(2026, 11, 21), reason_zh=reason)


def test_nobody_is_told_before_the_address_says_yes(listing, client):
    response = ask(client, device="WAPI-2026-00001")
    assert (response.status_code, response.url) == (302, "/subscriptions/asked/")
    suspend(listing)
    send_subscription_mails()
    subjects = [message.subject for message in mail.outbox]
    assert subjects == ["请确认订阅：DEMO-TH-1 · 演示温湿度传感器 · WAPI-2026-00001"]
    # A program that only opens the link confirms nothing.
    assert client.get(link("confirm")).status_code == 200
    assert Subscription.objects.get().confirmed_at is None


@pytest.mark.parametrize("target", [{"device": "WAPI-2026-00001"}, {"company": "C00001"}, {"q": "demo th"}])
def test_confirmed_address_is_told_once_of_what_it_follows(listing, client, target):
    followed(client, **target)
    suspend(listing)
    for _time in range(2):
        send_subscription_mails()
    assert len(mail.outbox) == 2
    told = mail.outbox[-1]
    assert (told.to, told.subject.startswith("WAPI产品名录的变更：")) == ([EMAIL], True)
    assert "2026-11-21 暂停 DEMO-TH-1 · 演示温湿度传感器 · 演示甲通信科技有限公司" in told.body
    assert "http://127.0.0.1:8000/products/WAPI-2026-00001/" in told.body


def test_what_happened_before_and_to_others_is_not_told(cast, catalogue, client, listing):
    other = factory.listed(cast, catalogue, nth=2, company=cast.company_b)
    suspend(listing)
    followed(client, device="WAPI-2026-00001")
    suspend(other)
    rename_company(company=cast.company_b, actor=cast.intake, name_zh="演示改名有限公司")
    assert services.tell_changes() == 0
    assert Subscription.objects.get().seen > 0


def test_mail_is_in_the_language_in_which_it_was_asked_for(listing, client):
    client.post("/subscriptions/", {"email": EMAIL, "device": "WAPI-2026-00001"}, headers={"Accept-Language": "en"})
    services.send_mails()
    assert mail.outbox[-1].subject == "Please confirm: DEMO-TH-1 · Demo sensor · WAPI-2026-00001"


def test_one_click_of_a_mail_program_ends_it_and_removes_the_address(listing, client):
    followed(client, device="WAPI-2026-00001")
    headers = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    assert Subscription.objects.count() == 1
    # Without a cookie and its token, as mail programs do.
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (Subscription.objects.count(), OutgoingMail.objects.count()) == (0, 0)
    # Whoever clicks twice has left all the same.
    for again in (client.get(path), client.post(path)):
        assert (again.status_code, "您的邮箱已从本订阅中删除" in text(again)) == (200, True)


def test_answer_is_the_same_for_an_address_that_follows_already(listing, client):
    followed(client, device="WAPI-2026-00001")
    assert ask(client, device="WAPI-2026-00001").url == "/subscriptions/asked/"
    assert (services.send_mails(), Subscription.objects.count()) == (0, 1)


@pytest.mark.parametrize("path", ["/subscriptions/confirm/1:x/", "/subscriptions/leave/1:x/",
                                  "/subscriptions/leave/1/", "/subscriptions/confirm/x/"])
def test_link_that_was_made_up_is_refused(listing, client, path):
    followed(client, device="WAPI-2026-00001")
    for response in (client.get(path), client.post(path)):
        assert (response.status_code, "链接无效或已过期" in text(response)) == (404, True)
    assert Subscription.objects.count() == 1


def test_link_to_confirm_does_not_leave_and_the_other_way_round(listing, client):
    followed(client, device="WAPI-2026-00001")
    token = link("confirm").split("/")[3]
    assert client.post(f"/subscriptions/leave/{token}/").status_code == 404


def test_request_that_nobody_confirms_is_forgotten(listing, client):
    ask(client, device="WAPI-2026-00001")
    services.send_mails()
    path = link("confirm")
    with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
        assert client.post(path).status_code == 404
        apply_retention()
    assert Subscription.objects.count() == 0


def test_address_and_caller_ask_only_so_often(cast, catalogue, listing, client):
    for _nth in range(services.MOST_A_DAY_TO_ONE):
        assert ask(client, device="WAPI-2026-00001").status_code == 302
    response = ask(client, device="WAPI-2026-00001")
    assert (response.status_code, "今天的订阅请求已达上限" in text(response)) == (429, True)
    others = [client.post("/subscriptions/", {"email": f"r{nth}@example.com", "q": "demo"}).status_code
              for nth in range(services.MOST_AN_HOUR_FROM_ONE)]
    assert set(others) == {302, 429}


def test_callers_behind_a_proxy_are_counted_each_by_itself(listing, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [Client(REMOTE_ADDR="", HTTP_X_FORWARDED_FOR=f"203.0.113.{nth}").post(
        "/subscriptions/", {"email": f"r{nth}@example.com", "q": "demo"}).status_code
        for nth in range(services.MOST_AN_HOUR_FROM_ONE + 1)]
    assert set(answers) == {302}


@pytest.mark.parametrize(("data", "status", "reason"), [
    ({"email": "x", "device": "WAPI-2026-00001"}, 422, "电子邮箱格式不正确"),
    ({"email": "", "q": "demo"}, 422, "必填"), ({"email": EMAIL}, 422, "没有指明要订阅的"),
    ({"email": EMAIL, "device": "NONE"}, 422, "没有指明要订阅的"),
    ({"email": EMAIL, "q": "！？"}, 422, "没有指明要订阅的"),
])
def test_bad_request_is_refused_with_its_reason_and_saves_nothing(listing, client, data, status, reason):
    response = client.post("/subscriptions/", data)
    assert (response.status_code, reason in text(response)) == (status, True)
    assert (Subscription.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_company_that_has_only_applied_cannot_be_followed(cast, catalogue, listing, client):
    assert ask(client, company=cast.company_b.number).status_code == 422


def test_mail_that_fails_is_tried_again_later_and_sent_once(listing, client, settings):
    ask(client, device="WAPI-2026-00001")
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert services.send_mails() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_mails() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert (services.send_mails(), services.send_mails()) == (1, 0)


def test_address_appears_nowhere(listing, client, cast):
    followed(client, device="WAPI-2026-00001")
    suspend(listing)
    send_subscription_mails()
    for path in ("/", "/products/WAPI-2026-00001/", "/changes/", "/changes.atom", "/api/v1/changes/",
                 "/subscriptions/asked/", "/subscriptions/?device=WAPI-2026-00001"):
        assert EMAIL not in text(client.get(path)), path
    assert EMAIL not in text(client.get(link("leave")))


SEARCHES = [
    ({"q": "demo", "type": ["SEN"]}, True), ({"type": ["AP", "SEN"], "status": "valid"}, False),
    ({"status": ["suspended", "valid"], "band": "2.4GHz"}, True), ({"edition": "not_stated"}, False),
    ({"year": "2026", "company": "C00001"}, True),
    ({"listed_after": "2026-11-20", "listed_before": "2026-11-20"}, True),
    ({"listed_before": "2026-11-19"}, False), ({"q": "demo", "company": "C00001", "category": "IOP"}, True),
]


@pytest.mark.parametrize(("search", "is_told"), SEARCHES)
def test_search_is_followed_with_its_filters(listing, client, search, is_told):
    address = f"/subscriptions/?{urlencode(search, doseq=True)}"
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text(client.get(address)))
    hidden: dict[str, list[str]] = {}
    for name, value in kept:
        hidden.setdefault(name, []).append(value)
    row = followed(client, **hidden)
    # The same search in another order is the same subscription.
    again = {name: value[::-1] if isinstance(value, list) else value for name, value in reversed(search.items())}
    ask(client, **again)
    assert Subscription.objects.get() == row
    mail.outbox.clear()
    suspend(listing)
    send_subscription_mails()
    assert len(mail.outbox) == is_told


def test_many_changes_are_read_in_pieces(cast, catalogue, listing, client, monkeypatch):
    monkeypatch.setattr("products.listings.selectors.register.PIECE", 1)
    others = [factory.listed(cast, catalogue, nth=nth, company=cast.company_b) for nth in (2, 3)]
    followed(client, q="demo", status=["suspended"])
    for one in (listing, *others):
        suspend(one)
    assert services.tell_changes() == 1
    assert len(OutgoingMail.objects.latest("pk").changes) == 3


def test_search_is_told_in_words(listing, client):
    followed(client, q="demo", type=["SEN", "STA"], status="valid", ordering="model", band="wrong")
    said = "demo · 设备类型：终端（STA）、传感器/在线监测装置 · 状态：有效"
    assert (Subscription.objects.get().description, mail.outbox[-1].subject) == (said, f"请确认订阅：{said}")


def test_pages_lead_to_following(listing, client, cast):
    for path, target in {"/products/WAPI-2026-00001/": "?device=WAPI-2026-00001",
                         f"/companies/{cast.company_a.number}/": f"?company={cast.company_a.number}",
                         "/?q=demo": "?q=demo", "/?q=demo&type=SEN&ordering=model&columns=date": "?q=demo&type=SEN",
                         "/?status=valid": "?status=valid", "/?q=nothing": "?q=nothing"}.items():
        assert f'"/subscriptions/{escape(target)}"' in text(client.get(path)), path
        assert client.get(f"/subscriptions/{target}").status_code == 200
    assert "/subscriptions/" not in text(client.get("/"))
