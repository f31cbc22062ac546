"""Webhooks against a real server on this machine: signed, once, again after a failure, never within the own network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import runpy
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone

from members.history.models import Entry
from members.notices.models import Notice
from products.failures.selectors import failures
from products.failures.services import retry_failure
from products.orders.models import Order
from products.webhooks.errors import AddressRefused, EventsMissing, TooManyWebhooks, WebhookEnded
from products.webhooks.models import Delivery, Webhook
from products.webhooks.services import (
    collect_events,
    enable_webhook,
    end_webhook,
    register_webhook,
    secret_of,
    send_deliveries,
)
from products.webhooks.states import EVENTS, MOST_TRIES, Event
from tests.factories import certification, orders, rework
from tests.factories.api import Api
from tests.products.notifications.cases import CASES

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.example.com/wapi"


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it got; answers as it was told."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(server.answer)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nothing."""


@pytest.fixture
def receiver(settings) -> Iterator[Any]:
    settings.WEBHOOKS_MAY_LOOP_BACK = True
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answer = [], 204
    server.url = f"http://127.0.0.1:{server.server_port}/wapi"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def register(url, events, actor):
    """As of the day before: what the factories put back lies a little in the past."""
    webhook = register_webhook(url=url, events=events, actor=actor)
    earlier = timezone.now() - timedelta(days=1)
    Webhook.objects.update(created_at=earlier, collected_until=earlier)
    return webhook


def waiting_now():
    Delivery.objects.update(next_at=timezone.now())


def test_member_is_told_of_everything_once_and_signed(cast, catalogue, receiver):
    answer = Api(cast.vendor).post("webhooks/", {"url": receiver.url, "events": Event.values}, key="k")
    again = Api(cast.vendor).post("webhooks/", {"url": receiver.url, "events": Event.values}, key="k")
    secret = answer.json()["secret"]
    assert (answer.status_code, again.json()) == (201, answer.json())
    register(receiver.url, Event.values, cast.stranger)
    granted = certification.granted(cast)
    assert collect_events() == collect_events()
    told = Delivery.objects.count()
    assert (send_deliveries(), send_deliveries(), len(receiver.got)) == (told, 0, told)

    bodies = [json.loads(body) for _headers, body in receiver.got]
    assert [body["data"]["stage"] for body in bodies if body["event"] == "order.moved"] == [
        "submitted", "accepted", "complete", "reporting", "decided"]
    assert [body["data"] for body in bodies if body["event"] == "report.issued"] == [{
        "order": granted.order.number, "report": str(granted.report.pk), "number": granted.report.number}]
    assert [body["data"]["listing_number"] for body in bodies if body["event"] == "listing.changed"] == [
        granted.listing.listing_number]
    headers, body = receiver.got[0]
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers["Webhook-Signature"] == f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
    # The other company's was told nothing, and neither table holds the secret.
    assert set(Delivery.objects.values_list("webhook__company", flat=True)) == {cast.company_a.pk}
    assert secret not in Api(cast.vendor).get(f"webhooks/{answer.json()['id']}/").body.decode()


def test_receiver_of_the_documentation_takes_genuine_calls_alone(cast, catalogue, receiver):
    secret = secret_of(register(receiver.url, [Event.ORDER_MOVED], cast.vendor))
    orders.submitted(cast)
    collect_events()
    send_deliveries()
    is_genuine = runpy.run_path("docs/clients/wapicert_webhook.py")["is_genuine"]
    headers, body = receiver.got[0]
    now = int(headers["Webhook-Timestamp"])
    lower = {name.lower(): value for name, value in headers.items()}
    assert (is_genuine(secret, headers, body), is_genuine(secret, lower, body)) == (True, True)
    other = f"whsec_{base64.b64encode(b'another').decode()}"
    for key, sent, content, moment in (
        (other, headers, body, now), (secret, headers, body + b" ", now), (secret, headers, body, now + 301),
        (secret, headers | {"Webhook-Id": "entry-1"}, body, now),
        (secret, headers | {"Webhook-Timestamp": "x"}, body, now),
        (secret, headers | {"Webhook-Signature": "v1,"}, body, now), (secret, {}, body, now),
    ):
        assert not is_genuine(key, sent, content, moment)


def test_what_fails_is_tried_with_growing_pauses_given_up_and_started_again(cast, catalogue, receiver):
    receiver.answer = 302
    register(receiver.url, [Event.ORDER_MOVED], cast.vendor)
    orders.submitted(cast)
    collect_events()
    pauses = []
    for _each in range(4):
        waiting_now()
        assert send_deliveries() == 0
        pauses.append(round((Delivery.objects.get().next_at - timezone.now()).total_seconds() / 60))
    row = Delivery.objects.get()
    # A redirection is not followed.
    assert (pauses, row.status, row.error, len(receiver.got)) == ([1, 4, 16, 64], 302, "HTTP 302", 4)

    Delivery.objects.update(tries=MOST_TRIES)
    failure = failures()[0]
    assert (failure.kind, failure.reason, failure.tries) == ("webhook", "接收方没有接受：HTTP 302", MOST_TRIES)
    retry_failure(kind="webhook", key=failure.key, actor=cast.admin)
    receiver.answer = 200
    assert (send_deliveries(), failures(), Webhook.objects.get().failing_since) == (1, [], None)


def test_what_fails_for_days_is_switched_off_and_its_company_told(cast, catalogue, receiver, settings):
    receiver.answer = 500
    webhook = register(receiver.url, [Event.ORDER_MOVED], cast.vendor)
    orders.submitted(cast)
    collect_events()
    send_deliveries()
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=settings.WEBHOOK_FAILING_DAYS, minutes=1))
    waiting_now()
    send_deliveries()
    waiting_now()
    assert (send_deliveries(), len(receiver.got)) == (0, 2)
    assert Notice.objects.get(event="webhook.disabled").recipient == cast.vendor

    receiver.answer = 200
    enable_webhook(webhook=webhook, actor=cast.vendor)
    assert send_deliveries() == 1
    with pytest.raises(WebhookEnded):
        enable_webhook(webhook=webhook, actor=cast.vendor)
    for _each in range(2):
        end_webhook(webhook=webhook, actor=cast.vendor)
    acts = Entry.objects.filter(chain="webhooks").values_list("act", flat=True)
    assert list(acts) == ["webhook.registered", "webhook.disabled", "webhook.enabled", "webhook.ended"]


@pytest.mark.parametrize("url", [
    "http://hooks.example.com/", "https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://[::1]/",
    "https://169.254.169.254/latest/", "https://user:word@example.com/", "https://example.com/#part", "ftp://example.com/",
    "https://intranet/", "https://db.internal/", "https://exa mple.com/", "https://example.com:99999/", "", "x" * 501,
])
def test_address_that_is_not_of_the_public_web_is_refused(cast, url):
    with pytest.raises(AddressRefused):
        register_webhook(url=url, events=[Event.ORDER_MOVED], actor=cast.vendor)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("host", [
    "localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:10.0.0.1]"])
def test_name_that_leads_into_the_own_network_is_not_called(cast, catalogue, receiver, settings, host):
    settings.WEBHOOKS_MAY_LOOP_BACK = False
    register(HOOK, [Event.ORDER_MOVED], cast.vendor)
    Webhook.objects.update(url=f"https://{host}:{receiver.server_port}/wapi")
    orders.submitted(cast)
    collect_events()
    assert (send_deliveries(), Delivery.objects.get().error, receiver.got) == (0, "address_not_public", [])


def test_register_webhook_without_events_or_beyond_the_limit_is_refused(cast):
    with pytest.raises(EventsMissing):
        register_webhook(url=HOOK, events=["nonsense"], actor=cast.vendor)
    for _each in range(5):
        register_webhook(url=HOOK, events=[Event.ORDER_MOVED], actor=cast.vendor)
    with pytest.raises(TooManyWebhooks):
        register_webhook(url=HOOK, events=[Event.ORDER_MOVED], actor=cast.vendor)


def test_page_registers_shows_the_secret_once_and_ends(client, cast):
    client.force_login(cast.vendor)
    refused = client.post("/my/webhooks/", {"url": "http://example.com/", "events": ["order.moved"]})
    assert (refused.status_code, "地址不能用作 Webhook。" in refused.content.decode()) == (422, True)
    made = client.post("/my/webhooks/", {"url": HOOK, "events": ["order.moved"]}).content.decode()
    assert ("whsec_" in made, "whsec_" in client.get("/my/webhooks/").content.decode()) == (True, False)
    webhook = Webhook.objects.get()
    assert client.post(f"/my/webhooks/{webhook.pk}/enable/").status_code == 409
    assert client.post(f"/my/webhooks/{webhook.pk}/end/").status_code == 302
    assert HOOK not in client.get("/my/webhooks/").content.decode()


@pytest.mark.parametrize(("build", "event", "facts"), [
    (orders.in_testing, "sample.changed", {"act": "order.sample_received"}),
    (rework.with_vendor, "rework.changed", {"act": "rework.finding_sent", "state": "with_vendor", "round": 1}),
    (certification.granted, "decision.changed", {"act": "certification.granted", "state": "valid",
                                                 "listing": "WAPI-2026-00001"}),
    (certification.refused, "decision.changed", {"act": "certification.refused", "state": "refused",
                                                 "listing": None}),
    (CASES["exclusion.proposed"][0], "exclusion.changed", {"act": "exclusion.proposed", "item": "IOP-01",
                                                           "kind": "WAIVER", "state": None}),
])
def test_member_system_is_told_of_samples_reworks_exclusions_and_decisions(cast, catalogue, build, event, facts):
    webhook = register(HOOK, [event], cast.vendor)
    build(cast)
    collect_events()
    told = [row.facts for row in Delivery.objects.filter(webhook=webhook, event=event)]
    order = Order.objects.get().number
    known = {"order": order} | facts
    assert [one for one in told if one["act"] == facts["act"] and known.items() <= one.items()]
    assert "演示" not in json.dumps(told, ensure_ascii=False)


def test_member_system_is_told_of_no_draft_and_no_recommendation(cast, catalogue):
    register(HOOK, Event.values, cast.vendor)
    certification.recommended(cast)
    collect_events()
    assert not Delivery.objects.filter(facts__act="certification.recommended").exists()
    assert not {"rework.finding_drafted", "certification.recommended", "results.recorded"} & EVENTS.keys()
