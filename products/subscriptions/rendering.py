"""Mails to subscribers: subject and plain text in their language, and how to leave."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from wapicert.texts import printable


def mail_of(*, event: str, language: str, to: str, facts: dict[str, Any], leave: str) -> EmailMessage:
    """A mail by its templates; every one can be left with one click (RFC 8058)."""
    with translation.override(language):
        subject = " ".join(printable(render_to_string(f"emails/{event}/subject.txt", facts)).split())
        body = render_to_string(f"emails/{event}/body.txt", facts | {"leave": leave}).strip() + "\n"
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
               "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[to], headers=headers)


def line_of(change: Any, name: str, company: str) -> str:
    """One change in a line."""
    what = " · ".join(part for part in (change.listing.model, name, company) if part)
    return f"{change.on:%Y-%m-%d} {change.get_kind_display()} {what}"
