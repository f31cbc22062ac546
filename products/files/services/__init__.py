"""Accepts uploaded files: checks what they are, takes their digests, keeps their bytes."""

from products.files.services.recognition import ALLOWED_KINDS
from products.files.services.storing import store_file

__all__ = ["ALLOWED_KINDS", "store_file"]
