"""Calls webhooks: signed, never within the own network, never led elsewhere, each delivery until it is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from requests.exceptions import RequestException
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress

from members.history.services import append_entry
from members.notices.services import notify_company
from products.webhooks.models import Delivery, Webhook
from products.webhooks.selectors import deliveries_due
from products.webhooks.services.registering import CHAIN, secret_of
from products.webhooks.states import pause_after

CONNECT_SECONDS, READ_SECONDS = 3, 5
logger = logging.getLogger(__name__)


def send_deliveries(*, most: int = 100) -> int:
    """Send what is due, each claimed by counting its try; returns how many were taken. Harmless when run twice."""
    taken = 0
    for delivery in deliveries_due()[:most]:
        claim = Delivery.objects.filter(pk=delivery.pk, delivered_at__isnull=True, tries=delivery.tries)
        pause = timezone.now() + pause_after(delivery.tries + 1)
        if claim.update(tries=F("tries") + 1, next_at=pause) == 1:
            taken += _send(delivery)
    return taken


def retry_delivery(*, delivery: Delivery) -> None:
    """Give one that was given up all its tries again; called in the transaction of the register of failures."""
    Delivery.objects.filter(pk=delivery.pk, delivered_at__isnull=True).update(tries=0, next_at=timezone.now())


def signature_of(*, secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over id, timestamp and body, as the Standard Webhooks convention has it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def _send(delivery: Delivery) -> bool:
    """One call; what came of it is written on the row."""
    status, error = _call(delivery)
    is_taken = status is not None and 200 <= status < 300
    now = timezone.now()
    Delivery.objects.filter(pk=delivery.pk).update(
        status=status, error="" if is_taken else error[:200], delivered_at=now if is_taken else None)
    if is_taken:
        Webhook.objects.filter(pk=delivery.webhook_id).update(failing_since=None)
    else:
        Webhook.objects.filter(pk=delivery.webhook_id, failing_since__isnull=True).update(failing_since=now)
        _disable_what_fails_for_long(delivery.webhook)
    return is_taken


def _call(delivery: Delivery) -> tuple[int | None, str]:
    """The status of the answer, whose body nobody reads; or why there was none."""
    webhook, timestamp = delivery.webhook, int(timezone.now().timestamp())
    body = json.dumps({"id": delivery.event_id, "event": delivery.event, "data": delivery.facts,
                       "occurred_at": timezone.localtime(delivery.occurred_at).isoformat(timespec="seconds")},
                      ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Webhook-Id": delivery.event_id,
               "Webhook-Timestamp": str(timestamp), "Webhook-Signature": signature_of(
                   secret=secret_of(webhook), event_id=delivery.event_id, timestamp=timestamp, body=body)}
    try:
        # The name is resolved once, refused unless it is public, and that very address is connected to.
        with Manager(_config()).get_session() as session:
            # Variables of the machine name no proxy and no password.
            session.trust_env = False
            answer = session.request("POST", webhook.url, data=body, headers=headers, stream=True)
            answer.close()
    except InvalidIPAddress:
        return None, "address_not_public"
    except (RequestException, OSError, ValueError) as fault:
        return None, type(fault).__name__
    return answer.status_code, f"HTTP {answer.status_code}"


def _config() -> Config:
    return Config(ip_filter_enable=True, ip_filter_allow_loopback_ips=settings.WEBHOOKS_MAY_LOOP_BACK,
                  never_redirect=True, default_timeout=(CONNECT_SECONDS, READ_SECONDS),
                  user_agent_override="wapicert-webhook/1")


@transaction.atomic
def _disable_what_fails_for_long(webhook: Webhook) -> None:
    """Switch off what took nothing for days, and tell its company once."""
    before = timezone.now() - timedelta(days=settings.WEBHOOK_FAILING_DAYS)
    row = Webhook.objects.select_for_update().filter(pk=webhook.pk, failing_since__lt=before,
                                                     disabled_at__isnull=True).first()
    if row is None:
        return
    row.disabled_at = timezone.now()
    row.save(update_fields=["disabled_at"])
    append_entry(chain=CHAIN, act="webhook.disabled", actor=None, object_type="webhook", object_id=row.pk,
                 after={"company": webhook.company.number, "failing_since": row.failing_since})
    notify_company(company=webhook.company, event="webhook.disabled", key=f"{row.pk}:{row.disabled_at:%Y%m%d%H%M}",
                   facts={"url": row.url, "days": settings.WEBHOOK_FAILING_DAYS}, address="/my/webhooks/")
