"""Sends what the schema allows, and what it forbids, to every endpoint as every person, and judges the answers.

Every request is undone before the next one, so that each begins from the same world and a seed repeats a run.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import requests
import schemathesis
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.world import World

PEOPLE = [None, "vendor", "stranger", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality",
          "editor", "approver", "auditor", "admin"]
# What reads a company's own work besides its own people.
READERS = set(PEOPLE) - {None, "vendor", "stranger", "admin"}
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance,
          response_headers_conformance]
BASE = "http://testserver"
# Whoever holds the code of a report may see what it says.
BY_CODE = "/verify/"


@dataclass
class Findings:
    """How many requests got which status, and what was wrong with an answer: one example for each kind of fault."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, operation: str, kind: str, example: str) -> None:
        """Keeps the first example of a kind of fault at an operation."""
        self.faults.setdefault((operation, kind), example[:2000])


def api() -> Any:
    """The site's own description of its API."""
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schemathesis.openapi.from_dict(json.loads(json.dumps(described, default=str)))


def fuzz(
    world: World, cast: SimpleNamespace, *, examples: int, seed: int, operations: str = "",
    people: Sequence[str | None] = PEOPLE,
) -> Findings:
    """So many requests to each operation whose label holds the word, each as every person; a seed repeats a run."""
    findings, schema = Findings(), api()
    clients = {who: _client(getattr(cast, who)) if who else APIClient() for who in people}
    for operation in _operations(schema, operations):
        valid = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        try:
            invalid = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
            invalid.validate()
        except Exception:  # the library says in many ways that nothing can be wrong about a request
            invalid = valid

        @seeded(seed)
        @settings(max_examples=examples, database=None, deadline=None, phases=[Phase.generate], derandomize=False,
                  suppress_health_check=list(HealthCheck))
        @given(case=st.one_of(valid, valid, invalid), dice=st.integers(0, 2**32))
        def send_as_everybody(case: Case, dice: int) -> None:
            _settle(case, world, random.Random(dice))  # noqa: S311 - generated test data
            for who, client in clients.items():
                _send(case, who, client, world, findings)

        send_as_everybody()
    return findings


def _client(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def _operations(schema: Any, word: str) -> Iterator[Any]:
    for found in schema.get_all_operations():
        operation = found.ok()
        if word in operation.label:
            yield operation


def _settle(case: Case, world: World, dice: random.Random) -> None:
    """Puts names of the world where the schema can only say "a text", most of the time."""
    topic = case.path.removeprefix("/api/v1/").partition("/")[0]
    for name in case.path_parameters:
        if dice.random() < 0.85:
            known = world.names.get(f"{topic}:{name}", [])
            case.path_parameters[name] = dice.choice(known) if known else case.path_parameters[name]
    if isinstance(case.body, dict | list):
        case.body = _named(case.body, world, dice)
    if "If-Match" in case.headers and dice.random() < 0.85:
        address = case.formatted_path.removeprefix("/api/v1/")
        version = next((number for start, number in world.versions.items() if address.startswith(start)), 1)
        case.headers["If-Match"] = f'"{version}"'


def _named(value: Any, world: World, dice: random.Random) -> Any:
    if isinstance(value, list):
        return [_named(one, world, dice) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: dice.choice(world.names[key]) if key in world.names and dice.random() < 0.7
            else _named(one, world, dice) for key, one in value.items()}


def _send(case: Case, who: str | None, client: APIClient, world: World, findings: Findings) -> None:
    options = case.as_transport_kwargs(base_url=BASE)
    wanted = requests.Request(**{key: value for key, value in options.items()
                                 if key in ("method", "url", "params", "headers", "json", "data", "files", "cookies")})
    sent = requests.Session().prepare_request(wanted)
    content = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in
               ("content-type", "content-length", "host", "authorization", "cookie")}
    findings.requests += 1
    findings.people[who or "nobody"] += 1
    address = sent.path_url
    try:
        with transaction.atomic():
            answer = client.generic(case.method, address, content, headers=headers,
                                    content_type=sent.headers.get("Content-Type", "application/octet-stream"))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
    except Exception as error:  # whatever it is, the site would have answered 500
        findings.note(case.operation.label, f"500 {type(error).__name__}", f"{who} {address} {content!r}: {error}")
        return
    findings.statuses[answer.status_code] += 1
    _judge(case, sent, answer, body, findings, f"{who} {case.method} {address} {content[:600]!r}")
    _look_for_secrets(case.operation.label, who, address, content, answer, body, world, findings)


def _judge(case: Case, sent: Any, answer: Any, body: bytes, findings: Findings, example: str) -> None:
    """Against the schema; what is refused says why in the one form of refusals."""
    label = case.operation.label
    if answer.status_code >= 500:
        findings.note(label, str(answer.status_code), example)
        return
    response = Response(answer.status_code, {name: [value] for name, value in answer.items()}, body, sent, 0.1, False)
    try:
        case.validate_response(response, checks=[*CHECKS, negative_data_rejection])
    except FailureGroup as group:
        for fault in group.exceptions:
            place = re.search(r"Schema at (\S+):", str(fault))
            kind = f"{answer.status_code} {fault.title} {place[1] if place else ''}".strip()
            findings.note(label, kind, f"{example}\n{fault}\n{body[:300]!r}")
    if answer.status_code >= 400:
        said = json.loads(body)
        lacking = [name for name in ("code", "detail") if not said.get(name)]
        if lacking or said["status"] != answer.status_code:
            findings.note(label, f"{answer.status_code} without {lacking}", f"{example}\n{body[:600].decode()}")


def _look_for_secrets(
    label: str, who: str | None, address: str, content: bytes, answer: Any, body: bytes, world: World,
    findings: Findings,
) -> None:
    """What is another's own, unless the request itself said it."""
    if who in READERS or BY_CODE in address:
        return
    asked = address + content.decode("latin-1")
    text = body.decode("utf-8", "replace") + "".join(str(value) for value in answer.headers.values())
    for owner, secrets in world.secrets.items():
        if owner == who:
            continue
        found = re.search("|".join(sorted(secret for secret in secrets if secret not in asked)), text)
        if found:
            findings.note(label, f"{answer.status_code} shows {owner}'s {found[0]}", f"{who} {address}\n{text[:600]}")
