"""Calls the site as a web server would: through WSGI with every middleware, a connection per request as in use."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from members.people.models import User
from tests.bench.addresses import EMPTY
from tests.bench.stopwatch import Times, figure, samples
from wapicert.conditional import shelf
from wapicert.wsgi import application

TOKEN = "b" * 32
Answer = tuple[int, dict[str, str], bytes]


class Caller:
    """Sends requests in the name of one person, or of nobody."""

    def __init__(self, user: User | None = None) -> None:
        self.cookies = {settings.CSRF_COOKIE_NAME: TOKEN} if user else {}
        if user:
            client = Client()
            client.force_login(user)
            self.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def get(self, path: str, **headers: str) -> Answer:
        """Status, headers and body."""
        return self._call(RequestFactory().get(path, headers=headers))

    def post_json(self, path: str, body: Any) -> Answer:
        """To the API."""
        return self._call(RequestFactory().post(path, json.dumps(body, default=str), content_type="application/json",
                                                headers={"X-CSRFToken": TOKEN}))

    def post_form(self, path: str, fields: Any) -> Answer:
        """As a page's form."""
        return self._call(RequestFactory().post(path, urlencode(fields, doseq=True), headers={"X-CSRFToken": TOKEN},
                                                content_type="application/x-www-form-urlencoded"))

    def headers(self) -> dict[str, str]:
        """What a browser of this person sends to a web server that listens."""
        return {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()), "X-CSRFToken": TOKEN}

    def fetch(self, port: int, path: str) -> int:
        """The status with which the server on this port answers."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", path, headers=self.headers())
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status

    def _call(self, request: Any) -> Answer:
        started: list[Any] = []
        environ = request.environ | {"HTTP_COOKIE": self.headers()["Cookie"]}
        answer = application(environ, lambda status, headers, exc=None: started.extend((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        return int(started[0].split()[0]), dict(started[1]), body


def page_figures(name: str, caller: Caller, path: str, number: int = 50, **more: Any) -> Iterator[dict[str, Any]]:
    """A page's server time with its queries, taken in turns with an empty view."""
    status, _headers, body = caller.get(path)
    assert status == 200, f"{path} answered {status}: {body[:400]!r}"
    shelf.clear()
    with CaptureQueriesContext(connection) as queries:
        caller.get(path)
    count = len(queries)  # read now, since the next request empties the list
    page, empty = Times(), Times()
    for _each in range(samples(number)):
        shelf.clear()  # the page made anew; what is kept is measured by itself
        page.take(lambda: caller.get(path))
        empty.take(lambda: caller.get(EMPTY))
    beside = figure("empty view", empty)
    yield figure(name, page, queries=count, bytes=len(body),
                 reference={key: beside[key] for key in ("name", "p50", "p95")}, **more)
