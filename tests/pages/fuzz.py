"""Sends to every form, as everybody, what no form would: control characters, far too much, other types.

What is sent starts from the form that the crawl saw, so that the service behind it is reached; the rest of the fields,
and addresses without a form, are made up. Nothing stays.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from members.people.models import User
from tests.pages.crawl import Crawl
from tests.pages.reading import Offer, reason_in, tree_of

LEFT_OUT = ("/accounts/logout/", "/i18n/")
LONG = "长" * 700_000
HOSTILE: dict[str, Callable[[], Any]] = {
    "NUL": lambda: "演示\0文字", "escape": lambda: "演示\x1b[31m", "right-to-left": lambda: "演示\u202egnp.exe",
    "zero width": lambda: "演示\u200b\ufeff", "half a pair": lambda: "\ud83d", "line breaks": lambda: "a\r\nb\u2028c",
    "long": lambda: LONG, "digits": lambda: "9" * 400, "negative": lambda: "-1", "not a number": lambda: "NaN",
    "date": lambda: "0000-00-00", "list": lambda: ["1", "2", "zwei"], "nothing": lambda: "", "markup": lambda: "<b>&",
    "json": lambda: '{"a": [1, {"b": null}]}', "key": lambda: "00000000-0000-0000-0000-000000000000",
    "file": lambda: SimpleUploadedFile("x.xlsx", b"PK\x03\x04no sheet", "application/zip"),
    "formula": lambda: "=HYPERLINK(\"http://x\")", "full width": lambda: "１２３", "sql": lambda: "' OR 1=1 --",
}


@dataclass
class Found:
    """What was sent and what came back wrong."""

    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)


def fuzz(run: Crawl, people: Iterable[User], *, per_form: int = 6, seed: int = 2026) -> Found:
    """Every form that the crawl saw, as everybody: as it is, twice, on a stale page, and with hostile values."""
    found, dice = Found(), random.Random(seed)  # noqa: S311 - a dice
    clients = {person.username: Client(raise_request_exception=False) for person in people}
    for person in people:
        clients[person.username].force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    clients[""] = Client(raise_request_exception=False)
    for offer in sorted(run.offers.values(), key=lambda one: one.action):
        if offer.action.startswith(LEFT_OUT):
            continue
        for name, client in clients.items():
            for what, body in _bodies(offer, dice, per_form):
                _send(found, client, name, offer, what, body)
    return found


def _bodies(offer: Offer, dice: random.Random, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is sent to one form."""
    yield "nothing at all", {}
    yield "as offered", dict(offer.body)
    names = [name for name in offer.body if name != "csrfmiddlewaretoken"]
    if names:
        yield "everything hostile", {name: HOSTILE[dice.choice(list(HOSTILE))]() for name in names}
    for _each in range(number if names else 0):
        name, kind = dice.choice(names), dice.choice(list(HOSTILE))
        yield f"{kind} in {name}", {**offer.body, name: HOSTILE[kind]()}
    kind = dice.choice(list(HOSTILE))
    yield f"{kind} in a field that is not there", {**offer.body, "无此字段": HOSTILE[kind]()}


def _send(found: Found, client: Client, name: str, offer: Offer, what: str, body: dict[str, Any]) -> None:
    """Send it twice, as a double click does; then take it back."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        for again in ("", " again"):
            answer: Any = client.post(offer.action, {key: _rewound(value) for key, value in body.items()})
            found.requests += 1
            found.statuses[answer.status_code] += 1
            _judge(found, answer, f"{offer.action} as {name or 'a stranger'}: {what}{again}")
            if answer.status_code >= 500:
                break
        transaction.set_rollback(True)
    client.cookies = cookies


def _rewound(value: Any) -> Any:
    if hasattr(value, "seek"):
        value.seek(0)
    return value


def _judge(found: Found, answer: Any, what: str) -> None:
    if answer.status_code >= 500:
        reason = getattr(answer, "exc_info", None)
        found.faults[f"{answer.status_code} {what}"] += 1
        found.examples[f"{answer.status_code} {what}"] = repr(reason[1])[:300] if reason else ""
    elif answer.status_code in (400, 409, 412, 413, 422) and not (reason_in(tree_of(answer)) or answer.content):
        found.faults[f"{answer.status_code} without a reason {what}"] += 1
