"""Canonical JSON and its digest: one form for history, fingerprints, snapshots and repeated requests."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical_json(value: Any) -> str:
    """Sorted keys, no blanks, UTF-8; dates and decimals as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)


def digest_of(value: Any) -> str:
    """SHA-256 over the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON can hold it: what `canonical_json` would write, read back."""
    return json.loads(canonical_json(value))
