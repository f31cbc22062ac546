"""The words of a notice, in the reader's language."""

from __future__ import annotations

from typing import NamedTuple

from django.template.loader import render_to_string

from members.notices.models import Notice


class Words(NamedTuple):
    """A line that says what happened, and the text below it."""

    subject: str
    body: str


def words_of(notice: Notice) -> Words:
    """Subject and body from templates/emails/<event>/, with the facts of the notice."""
    subject, body = (render_to_string(f"emails/{notice.event}/{part}.txt", notice.facts).strip()
                     for part in ("subject", "body"))
    return Words(" ".join(subject.split()), body)
