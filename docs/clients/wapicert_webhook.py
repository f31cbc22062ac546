"""Tells whether a call to a webhook comes from wapicert. Needs nothing but Python 3.11; copy it into your receiver.

    if not is_genuine(secret, request.headers, request.body):
        return 401
    event = json.loads(request.body)
    # The same event may arrive twice: remember event["id"], answer 204 at once, work afterwards.

The secret (whsec_…) was shown once when the webhook was registered at /my/webhooks/ or POST /api/v1/webhooks/.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

# Older calls could be repeated by whoever recorded one; every new try of a delivery is signed anew.
SECONDS = 300


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> bool:
    """Whether the body, byte for byte as it came, was signed with the secret less than five minutes ago."""
    given = {name.lower(): value for name, value in headers.items()}
    moment, signatures = given.get("webhook-timestamp", ""), given.get("webhook-signature", "").split()
    if not (moment.isascii() and moment.isdigit() and abs((now or time.time()) - int(moment)) <= SECONDS):
        return False
    signed = f"{given.get('webhook-id', '')}.{moment}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(digest)
    return any(hmac.compare_digest(wanted, one.encode()) for one in signatures)
