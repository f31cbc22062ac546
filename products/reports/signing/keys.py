"""The keys that sign answers of the verification as JSON (JWS, ES256), and their public halves."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from products.reports.signing.storage import keep_once, private_pem

ALGORITHM = "ES256"


def public_keys() -> dict[str, Any]:
    """The public keys as a JWK set (RFC 7517), the one that signs now first; those of earlier years stay in it."""
    return {"keys": [key.as_dict(private=False) for key in _keys()]}


def signed_json(payload: dict[str, Any]) -> str:
    """The payload as compact JWS (RFC 7515); its header names the key by `kid`."""
    key = _keys()[0]
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}
    return jws.serialize_compact(header, json.dumps(payload, ensure_ascii=False), key, algorithms=[ALGORITHM])


def read_signed_json(text: str) -> dict[str, Any] | None:
    """The payload of a compact JWS by one of our keys, or None where the signature is not ours or does not fit."""
    try:
        found = jws.deserialize_compact(text, KeySet([*_keys()]), algorithms=[ALGORITHM])
        return cast("dict[str, Any]", json.loads(found.payload))
    except (JoseError, ValueError):
        return None


def _keys() -> tuple[ECKey, ...]:
    """The keys in settings.VERIFICATION_KEYS, the last by name first; a first one is made where there is none."""
    folder = Path(settings.VERIFICATION_KEYS)
    if not any(folder.glob("*.pem")):
        keep_once(folder, {"1.pem": private_pem(ec.generate_private_key(ec.SECP256R1()))})
    return tuple(_load(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.pem"), reverse=True))


@cache
def _load(path: Path, _changed: int) -> ECKey:
    """A key file read once; `_changed` lets a replaced file be read again."""
    key = ECKey.import_key(path.read_bytes(), {"use": "sig", "alg": ALGORITHM})
    key.ensure_kid()
    return key
