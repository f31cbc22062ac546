"""Programs that talk to the site over HTTP and know nothing of its insides."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECRET = re.compile(r'<code id="secret">([^<]+)</code>')


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def data(self) -> Any:
        return json.loads(self.content)


def ask(
    opener: OpenerDirector, address: str, content: bytes | None = None, headers: Mapping[str, str] | None = None,
    method: str | None = None,
) -> Answer:
    """The answer, whatever its status."""
    request = Request(address, content, dict(headers or {}), method=method)  # noqa: S310 - the test's own site
    try:
        with opener.open(request, timeout=120) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.headers, refusal.read())


def token_of(url: str, username: str, password: str) -> str:
    """A token as a person gets it: signs in, opens the own account, and copies the secret from the page."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def post(path: str, **fields: str) -> Answer:
        page = ask(opener, f"{url}{path}")
        found = CSRF.search(page.text)
        assert found, f"no form at {path}"
        sent = urlencode({"csrfmiddlewaretoken": found[1], **fields}).encode()
        return ask(opener, f"{url}{path}", sent, {"Referer": f"{url}{path}"})

    post("/accounts/login/", login=username, password=password)
    page = post("/accounts/me/", label="journey", days="30", password=password)
    secret = SECRET.search(page.text)
    assert secret, f"{username} got no token"
    return unescape(secret[1])


class Api:
    """The API as one person, by token; without one as the public."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = f"{url}/api/v1/"
        self.opener = build_opener()
        self.headers = {"Authorization": f"Token {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, *, version: int | None = None) -> Answer:
        """One request with a JSON body; `version` becomes If-Match."""
        headers = {**self.headers, "Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = None if method == "GET" else json.dumps({} if body is None else body).encode()
        return ask(self.opener, self.url + path, content, headers, method)

    def get(self, path: str) -> Any:
        """What is at an address; fails unless it is there."""
        answer = self.send("GET", path)
        assert answer.status == 200, answer.text
        return answer.data

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """What a verb answers; fails if it was refused."""
        answer = self.send("POST", path, body, version=version)
        assert answer.status in (200, 201), f"{path}: {answer.status} {answer.text}"
        return answer.data

    def move(self, path: str, verb: str, body: Any = None) -> Any:
        """A verb on what stands at `path`, with the version that stands there now."""
        return self.post(f"{path}{verb}/", body, version=self.get(path)["row_version"])

    def refused(self, path: str, body: Any = None, *, version: int | None = None) -> tuple[int, str]:
        """Status and code of the refusal of a verb."""
        answer = self.send("POST", path, body, version=version)
        return answer.status, answer.data["code"]

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """Send a file."""
        mark = uuid4().hex
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                 for key, value in fields.items()]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = b"".join([*parts, head.encode(), content, f"\r\n--{mark}--\r\n".encode()])
        headers = {**self.headers, "Content-Type": f"multipart/form-data; boundary={mark}"}
        answer = ask(self.opener, self.url + path, body, headers)
        assert answer.status == 201, answer.text
        return answer.data
