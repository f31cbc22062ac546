"""Accepts uploaded files: checks what they are, takes their digests, keeps their bytes as long as they are needed."""

from products.files.services.recognition import ALLOWED_KINDS
from products.files.services.removing import drop_removed_bytes, remove_files
from products.files.services.storing import kept_only_if_used, store_file
from products.files.services.summaries import requeue_lost_summaries, summarise_file

__all__ = [
    "ALLOWED_KINDS",
    "drop_removed_bytes",
    "kept_only_if_used",
    "remove_files",
    "requeue_lost_summaries",
    "store_file",
    "summarise_file",
]
