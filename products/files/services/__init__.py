"""Accepts uploaded files: checks what they are, takes their digests, keeps their bytes."""

from products.files.services.recognition import ALLOWED_KINDS
from products.files.services.storing import store_file
from products.files.services.summaries import requeue_lost_summaries, summarise_file

__all__ = ["ALLOWED_KINDS", "requeue_lost_summaries", "store_file", "summarise_file"]
