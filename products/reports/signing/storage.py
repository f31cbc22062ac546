"""Keeps key files that this software makes for itself: made once, whole or not at all, readable by its user only."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def keep_once(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files as a folder of their own; where another process was first, its files stay."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (made / name).write_bytes(content)
            (made / name).chmod(0o600)
        # A folder cannot be renamed over one that holds files, so exactly one process wins.
        with contextlib.suppress(OSError):
            os.rename(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private key as PKCS#8 in PEM."""
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())
