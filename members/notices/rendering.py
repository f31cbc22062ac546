"""The words of a notice, in the reader's language."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from members.notices.models import Notice


class Words(NamedTuple):
    """A line that says what happened, and the text below it."""

    subject: str
    body: str


def words_of(notice: Notice) -> Words:
    """Subject and body from templates/emails/<event>/, with the facts of the notice in the language that is active."""
    facts = _in_this_language(notice.facts)
    subject, body = (render_to_string(f"emails/{notice.event}/{part}.txt", facts).strip()
                     for part in ("subject", "body"))
    return Words(" ".join(subject.split()), body)


def mail_of(notice: Notice) -> Words:
    """Subject and text of the e-mail: in the reader's language, or in both as long as nobody knows which that is.

    What was changed of an account is told in both: nobody knows who reads at an address that was left.
    """
    known = notice.recipient.language
    is_of_account = notice.event.startswith("access.")
    languages = [known] if known and not is_of_account else [code for code, _name in settings.LANGUAGES]
    parts = [_mail_in(language, notice) for language in languages]
    return Words(" / ".join(part.subject for part in parts), "\n\n".join(part.body for part in parts))


def _mail_in(language: str, notice: Notice) -> Words:
    with translation.override(language):
        words = words_of(notice)
        link = f"{settings.PUBLIC_URL}{notice.address}" if notice.address else ""
        facts = {"name": notice.recipient.name, "body": words.body, "link": link}
        return Words(words.subject, render_to_string("emails/mail.txt", facts).strip())


def _in_this_language(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, and those that are kept in both languages under their plain name in this one."""
    ending = "_en" if translation.get_language() == "en" else "_zh"
    chosen = {name.removesuffix(ending): value for name, value in facts.items() if name.endswith(ending)}
    return {**chosen, **facts}
