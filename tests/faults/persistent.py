"""A client that repeats what got no answer, as a client of this API should: the same request under the same key."""

from __future__ import annotations

import random
import threading
import time
from http.client import HTTPException
from typing import Any
from uuid import uuid4

from tests.journeys.clients import Answer, Api

PATIENCE = 600


class Unanswered(Exception):
    """No answer after all that time."""


class Persistent(Api):
    """Repeats until it is answered; keeps every answer that acknowledged a write."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.acknowledged: list[tuple[str, Any, str, Any]] = []
        self.repeats = 0
        self.faults: dict[str, int] = {}
        self.own = threading.local()

    def send(self, method: str, path: str, body: Any = None, *, version: int | None = None, key: str = "") -> Answer:
        """One request, under one key however often it is sent."""
        key = key or (uuid4().hex if method == "POST" else "")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._try(method, path, body, version, key)
            if answer is not None and answer.status < 500:
                if method == "POST" and answer.status < 300:
                    self.acknowledged.append((path, body, key, answer.data))
                return answer
            self.faults[kind] = self.faults.get(kind := str(answer.status if answer else "no answer"), 0) + 1
            self.repeats += 1
            time.sleep(random.uniform(0.1, 0.6))  # noqa: S311 - a pause
        raise Unanswered(path)

    def _try(self, method: str, path: str, body: Any, version: int | None, key: str) -> Answer | None:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        one = Api(self.url.removesuffix("/api/v1/"))
        one.headers = headers
        try:
            return one.send(method, path, body, version=version)
        except (OSError, HTTPException):
            return None

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """Send a file until it is kept; a file that was kept without an answer is kept twice and named once."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                return super().upload(path, name, content, **fields)
            except (OSError, HTTPException, AssertionError):
                time.sleep(0.4)
        raise Unanswered(path)
