"""Who gets what at every address of the API: one table, complete by a walk through the addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver

from products.certification.selectors import basis_of
from products.urls import api_patterns
from tests.api.worlds import ITEM, WORLDS, World, upload
from tests.factories import orders, reports, results, rework
from tests.factories.api import Api
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
PEOPLE = ["vendor", "stranger", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor",
          "auditor", "admin"]
STAFF = PEOPLE[2:11]
Expected = dict[str, int]


def everybody(status: int = 200) -> Expected:
    """No sign-in needed."""
    return dict.fromkeys(["nobody", *PEOPLE], status)


def signed_in(status: int = 200, **others: int) -> Expected:
    """Anybody with an account, unless `others` says otherwise."""
    return everybody(status) | {"nobody": 401} | others


def insiders(*, staff: int = 200, vendor: int = 200, **others: int) -> Expected:
    """What belongs to an order: strangers and the administrator get 404."""
    return signed_in(404) | dict.fromkeys(STAFF, staff) | {"vendor": vendor} | others


def by(*doers: str, status: int = 200, vendor: int = 403) -> Expected:
    """A verb: its doers may, other insiders get 403, strangers and the administrator 404."""
    return insiders(staff=403, vendor=vendor) | dict.fromkeys(doers, status)


@dataclass(frozen=True)
class Case:
    """One endpoint and method, tried in one world."""

    name: str
    method: str
    world: str
    path: Callable[[World], str]
    expected: Expected
    body: Callable[[World], Any] = lambda world: {}
    version: Callable[[World], int | None] = lambda world: None
    form: str = "json"


def order_verb(verb: str, world: str, body: dict[str, Any], expected: Expected) -> Case:
    return Case(f"api-order-{verb}", "post", world, lambda w: f"orders/{w.order.number}/{verb}/", expected,
                lambda w: body, lambda w: w.order.row_version)


def attempt_verb(verb: str, world: str, body: dict[str, Any], expected: Expected) -> Case:
    return Case(f"api-attempt-{verb}", "post", world, lambda w: f"attempts/{w.attempt.pk}/{verb}/", expected,
                lambda w: body)


def rework_verb(verb: str, world: str, body: Callable[[World], Any], expected: Expected) -> Case:
    return Case(f"api-rework-{verb}", "post", world, lambda w: f"rework/{w.rework.number}/{verb}/", expected, body,
                lambda w: w.rework.row_version)


def report_verb(verb: str, world: str, body: dict[str, Any], expected: Expected) -> Case:
    return Case(f"api-report-{verb.replace('/', '-')}", "post", world, lambda w: f"reports/{w.report.pk}/{verb}/",
                expected, lambda w: body, lambda w: w.report.row_version)


def certification_verb(verb: str, world: str, status: int = 200) -> Case:
    return Case(f"api-certification-{verb}", "post", world,
                lambda w: f"certifications/{w.extra['number']}/{verb}/", by("decider", status=status),
                lambda w: {"public_reason_zh": "演示", "password": PASSWORD} | (
                    read(w) if verb in ("lift", "restore") else {}),
                lambda w: w.certification.row_version)


def read(world: World) -> dict[str, str]:
    """What a decision names again: its basis as it was read."""
    return {"basis": basis_of(world.order).fingerprint}


def exclusion_verb(verb: str, world: str, body: dict[str, Any], expected: Expected) -> Case:
    return Case(f"api-exclusion-{verb}", "post", world,
                lambda w: f"orders/{w.order.number}/items/{ITEM}/exclusion/{verb}/", expected, lambda w: body)


def reading(name: str, world: str, path: Callable[[World], str], expected: Expected) -> Case:
    return Case(name, "get", world, path, expected)


def batch(world: World) -> list[dict[str, Any]]:
    """One row that can be recorded."""
    return [row | {"performed_at": row["performed_at"].isoformat()} for row in results.rows(world.order, ["IOP-01"])]


FINDING = {"finding": "演示", "finding_kind": "finding", "reasons": {rework.CODE: rework.REASON}}
REASON, SECRET = {"reason": "演示"}, {"password": PASSWORD}
SAMPLE = {"serial_number": "SN-2", "hardware": "V1.0", "firmware": "1.0.0", "condition": "完好"}
DEVICE = {"device_type": "SEN", "name_zh": "演示", "model": "NEW-1", "specification": orders.SPECIFICATIONS["SEN"]}
OWNED = insiders(staff=404, auditor=200)
CASES = [
    # What everybody may read.
    *[reading(name, "granted", path, everybody()) for name, path in {
        "api-editions": lambda w: "editions/",
        "api-edition": lambda w: "editions/2024-03/",
        "api-edition-items": lambda w: "editions/2024-03/items/",
        "api-edition-diff": lambda w: "editions/before-2024-03/diff/2024-03/",
        "api-device-types": lambda w: "device-types/",
        "api-products": lambda w: "products/",
        "api-product": lambda w: f"products/{w.extra['number']}/",
        "api-companies": lambda w: "companies/",
        "api-changes": lambda w: "changes/",
        "api-verify": lambda w: f"verify/{w.report.verification_code}/",
        "api-verify-signed": lambda w: f"verify/{w.report.verification_code}/signed/",
    }.items()],
    Case("api-verify-file", "post", "issued", lambda w: "verify/", everybody(),
         lambda w: {"file": upload("report.pdf", reports.content_of(w.report))}, form="multipart"),
    # Figures of the laboratory.
    reading("api-insight", "granted", lambda w: "insight/stages/", insiders(vendor=404)),
    reading("api-insight-trend", "granted",
            lambda w: f"insight/trend/?model={w.order.device.model}&measurement=PER-06:success", insiders(vendor=404)),
    # Loans.
    reading("api-loans", "lent", lambda w: "loans/", signed_in()),
    Case("api-loans", "post", "lent", lambda w: "loans/",
         signed_in(403, vendor=422, stranger=422, admin=422) | dict.fromkeys(["intake", "tester", "quality"], 201),
         lambda w: {"tool": "YS-200", "company": w.order.company.number, "contact": "演示", "starts_on": "2098-01-01",
                    "due_on": "2098-01-09"}),
    reading("api-loan", "lent", lambda w: f"loans/{w.extra['lent']}/", insiders()),
    *[Case(f"api-loan-{verb}", "post", "lent", lambda w, which=which, verb=verb: f"loans/{w.extra[which]}/{verb}/",
           by("intake", "tester", "quality"), lambda w, body=body: body)
      for verb, which, body in (
          ("hand-out", "reserved", {"condition": "完好"}), ("return", "lent", {"condition": "完好"}),
          ("extend", "lent", {"due_on": "2027-01-01"}), ("cancel", "reserved", REASON))],
    # Files.
    Case("api-files", "post", "testing", lambda w: "files/",
         signed_in(201, auditor=403, admin=403), lambda w: {"file": upload()}, form="multipart"),
    reading("api-file", "testing", lambda w: f"files/{w.extra['file']}/", insiders()),
    # Devices.
    reading("api-devices", "drafted", lambda w: "devices/", signed_in()),
    Case("api-devices", "post", "drafted", lambda w: "devices/",
         signed_in(403, vendor=201, stranger=201), lambda w: DEVICE),
    reading("api-device", "drafted", lambda w: f"devices/{w.device.pk}/", insiders()),
    Case("api-device", "patch", "drafted", lambda w: f"devices/{w.device.pk}/", by("vendor"),
         lambda w: {"name_zh": "新名"}, lambda w: w.device.row_version),
    # Orders.
    reading("api-orders", "drafted", lambda w: "orders/", signed_in()),
    Case("api-orders", "post", "drafted", lambda w: "orders/",
         signed_in(403, vendor=201, stranger=422, admin=422),
         lambda w: {"device": w.extra["device"].pk, "hardware": "1", "firmware": "1", "features": {}}),
    Case("api-plan-preview", "post", "drafted", lambda w: "orders/plan-preview/", signed_in(),
         lambda w: {"device_type": "SEN"}),
    reading("api-order", "drafted", lambda w: f"orders/{w.order.number}/", OWNED),
    reading("api-order", "testing", lambda w: f"orders/{w.order.number}/", insiders()),
    Case("api-order", "patch", "drafted", lambda w: f"orders/{w.order.number}/",
         OWNED | {"auditor": 403}, lambda w: {"remark": "急"}, lambda w: w.order.row_version),
    Case("api-order", "patch", "returned", lambda w: f"orders/{w.order.number}/", by("vendor"),
         lambda w: {"remark": "急"}, lambda w: w.order.row_version),
    reading("api-order-history", "testing", lambda w: f"orders/{w.order.number}/history/", insiders()),
    order_verb("submit", "returned", {"has_agreed": True}, by("vendor")),
    order_verb("return", "submitted", REASON, by("intake")),
    order_verb("decline", "submitted", REASON, by("intake")),
    order_verb("accept", "submitted", {"review": orders.REVIEWED}, by("intake")),
    order_verb("cancel", "submitted", REASON, by("intake", "vendor")),
    order_verb("cancel", "testing", REASON, by("intake")),
    order_verb("receive-sample", "testing", SAMPLE, by("intake")),
    order_verb("hold", "testing", REASON, by("intake")),
    order_verb("resume", "held", {}, by("intake")),
    order_verb("close", "decided", {}, by("intake")),
    Case("api-sample-end", "post", "testing", lambda w: f"orders/{w.order.number}/samples/{w.extra['sample']}/end/",
         by("intake"), lambda w: {"ending": "已退还"}),
    # Another edition for a running order.
    reading("api-order-rebases", "rebasing", lambda w: f"orders/{w.order.number}/rebases/", insiders()),
    Case("api-order-rebases", "post", "rebasing", lambda w: f"orders/{w.extra['free']}/rebases/",
         by("intake", status=201), lambda w: {"edition": w.extra["edition"], "reason": "演示"}),
    *[Case(f"api-rebase-{verb}", "post", "rebasing",
           lambda w, verb=verb: f"orders/{w.order.number}/rebases/{w.extra['rebase']}/{verb}/", by("vendor"),
           lambda w, body=body: body) for verb, body in (("consent", {}), ("refuse", REASON))],
    *[Case(f"api-rebase-{verb}", "post", "dropping",
           lambda w, verb=verb: f"orders/{w.order.number}/rebases/{w.extra['rebase']}/{verb}/", by("quality"),
           lambda w: REASON) for verb in ("allow-drop", "refuse-drop")],
    # Results.
    reading("api-order-plan", "testing", lambda w: f"orders/{w.order.number}/plan/", insiders()),
    reading("api-attempts", "verified", lambda w: f"orders/{w.order.number}/attempts/", insiders()),
    Case("api-attempts", "post", "testing", lambda w: f"orders/{w.order.number}/attempts/",
         by("tester", status=201), batch),
    Case("api-attempts-verify", "post", "recorded", lambda w: f"orders/{w.order.number}/attempts/verify/",
         by("verifier"), lambda w: {"attempts": [w.attempt.pk]}),
    # A vendor learns of a record once it is verified; before that there is nothing for them at its address.
    attempt_verb("verify", "recorded", {}, by("verifier", vendor=404)),
    attempt_verb("return", "recorded", {"comment": "演示"}, by("verifier", vendor=404)),
    attempt_verb("correct", "recorded", {"row": {"remark": "改"}, "reason": "typing", "text": "演示"},
                 by("tester", status=201, vendor=404)),
    attempt_verb("request-invalidation", "verified", REASON, by("verifier")),
    attempt_verb("refuse-invalidation", "doubted", REASON, by("quality")),
    attempt_verb("invalidate", "doubted", REASON, by("quality")),
    exclusion_verb("propose", "testing", {"kind": "NT", "reason": "演示"}, by("tester", status=201)),
    exclusion_verb("approve", "proposed", {}, by("verifier", "quality")),
    exclusion_verb("refuse", "proposed", REASON, by("verifier", "quality")),
    exclusion_verb("accept", "proposed", {}, by("vendor")),
    exclusion_verb("withdraw", "proposed", {}, by("tester")),
    exclusion_verb("reopen", "excluded", REASON, by("tester", "verifier")),
    reading("api-order-evidence", "testing", lambda w: f"orders/{w.order.number}/evidence/", insiders()),
    Case("api-evidence", "post", "testing", lambda w: "evidence/",
         signed_in(403, stranger=422, admin=422) | dict.fromkeys(["vendor", "intake", "tester", "verifier"], 201),
         lambda w: {"order": w.order.number, "file": upload()}, form="multipart"),
    reading("api-evidence-file", "testing", lambda w: f"evidence/{w.extra['evidence']}/", insiders()),
    reading("api-attempts-in-doubt", "verified", lambda w: "attempts/in-doubt/?since=2026-01-01",
            signed_in(200, vendor=403, stranger=403, admin=403)),
    reading("api-tools", "testing", lambda w: "tools/", signed_in()),
    # Rework.
    reading("api-order-rework", "open", lambda w: f"orders/{w.order.number}/rework/", insiders()),
    reading("api-rework", "open", lambda w: f"rework/{w.rework.number}/", insiders()),
    rework_verb("draft", "open", lambda w: FINDING, by("tester", "verifier")),
    rework_verb("send", "open", lambda w: FINDING, by("tester", "verifier")),
    rework_verb("answer", "with_vendor", lambda w: {"cause": "演示", "changes": "演示", "firmware": "1.0.1"},
                by("vendor")),
    rework_verb("scope", "fix_claimed", lambda w: {"lines": rework.lines(w.order)}, by("verifier")),
    Case("api-rework-message", "post", "open", lambda w: f"rework/{w.rework.number}/messages/",
         by("tester", "verifier", "intake", "vendor", status=201), lambda w: {"text": "演示"}),
    rework_verb("abandon", "open", lambda w: REASON, by("vendor", "intake")),
    rework_verb("fail", "open", lambda w: REASON, by("verifier")),
    # Reports: a vendor sees them from their issue on.
    Case("api-report-compile", "post", "complete", lambda w: f"orders/{w.order.number}/report/",
         by("tester", status=201)),
    reading("api-reports", "issued", lambda w: "reports/", signed_in()),
    reading("api-report", "compiled", lambda w: f"reports/{w.report.pk}/", insiders(vendor=404)),
    reading("api-report", "issued", lambda w: f"reports/{w.report.pk}/", insiders()),
    reading("api-report-pdf", "issued", lambda w: f"reports/{w.report.pk}/pdf", insiders()),
    report_verb("check", "compiled", {}, by("verifier", vendor=404)),
    report_verb("return", "checked", REASON, by("verifier", "signatory", vendor=404)),
    report_verb("authorise", "checked", SECRET, by("signatory", vendor=404)),
    report_verb("retry-rendering", "failed_rendering", {},
                by("tester", "verifier", "signatory", "quality", vendor=404)),
    report_verb("withdraw", "issued", REASON | SECRET, by("signatory")),
    report_verb("withdraw/consent", "to_withdraw", SECRET, by("quality")),
    report_verb("withdraw/refuse", "to_withdraw", REASON, by("quality")),
    report_verb("amend", "issued", REASON | SECRET, by("signatory", status=201)),
    # Decision and certification.
    reading("api-order-decision", "issued", lambda w: f"orders/{w.order.number}/decision/", insiders(vendor=404)),
    Case("api-order-decision", "post", "issued", lambda w: f"orders/{w.order.number}/decision/",
         by("reviewer", "decider"), lambda w: {"recommends_grant": True, **read(w)}),
    # Before the decision a vendor has no certification: whoever asks to decide on it learns that there is none.
    Case("api-order-decision", "post", "recommended", lambda w: f"orders/{w.order.number}/decision/",
         by("decider", vendor=409), lambda w: {"grant": True, **SECRET, **read(w)},
         lambda w: w.certification.row_version),
    # Webhooks: each company's own.
    reading("api-webhooks", "hooked", lambda w: "webhooks/", signed_in(404, vendor=200, stranger=200)),
    Case("api-webhooks", "post", "hooked", lambda w: "webhooks/", signed_in(404, vendor=201, stranger=201),
         lambda w: {"url": "https://hooks.example.com/", "events": ["report.issued"]}),
    reading("api-webhook", "hooked", lambda w: f"webhooks/{w.extra['webhook']}/", signed_in(404, vendor=200)),
    *[Case(f"api-webhook-{verb}", "post", "hooked", lambda w, verb=verb: f"webhooks/{w.extra['webhook']}/{verb}/",
           signed_in(404, vendor=200)) for verb in ("end", "enable")],
    # Failures: the administrator sees them and starts again what moves no work of the laboratory.
    reading("api-failures", "failed_rendering", lambda w: "failures/",
            signed_in(404, quality=200, auditor=200, admin=200)),
    Case("api-failure-retry", "post", "failed_rendering", lambda w: f"failures/report/{w.report.pk}/retry/",
         signed_in(404, quality=200, auditor=403, admin=409)),
    Case("api-failure-acknowledge", "post", "failed_rendering", lambda w: f"failures/report/{w.report.pk}/acknowledge/",
         signed_in(404, quality=200, auditor=403, admin=200), lambda w: {"comment": "演示"}),
    reading("api-certification", "granted", lambda w: f"certifications/{w.extra['number']}/", insiders()),
    certification_verb("suspend", "granted"),
    certification_verb("withdraw", "granted"),
    certification_verb("cancel", "granted"),
    certification_verb("lift", "suspended"),
    # What was not superseded is not restored, and nobody else learns even that.
    certification_verb("restore", "suspended", status=409),
    certification_verb("correct", "to_correct"),
]


def statuses(case: Case, world: World, cast: Any) -> Expected:
    """The status that each person gets, every request undone before the next."""
    found = {}
    for who in ["nobody", *PEOPLE]:
        api = Api(getattr(cast, who, None))
        with transaction.atomic():
            answer = api.send(case.method, case.path(world), case.body(world), version=case.version(world),
                              form=case.form)
            transaction.set_rollback(True)
        found[who] = answer.status_code
    return found


@pytest.mark.parametrize("world", [name for name in WORLDS if any(case.world == name for case in CASES)])
def test_each_person_gets_what_the_table_says(cast, world):
    built = WORLDS[world](cast)
    cases = [case for case in CASES if case.world == world]
    found = [(case.name, case.method, who, status) for case in cases
             for who, status in statuses(case, built, cast).items() if status != case.expected[who]]
    assert found == []


def endpoints(patterns: list[Any]) -> Iterator[tuple[str, str]]:
    """Every name and method below /api/v1/."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback.cls
            for method in ("get", "post", "put", "patch", "delete"):
                if hasattr(view, method) and method in view.http_method_names:
                    yield str(pattern.name), method


def test_table_holds_every_endpoint_and_method_and_nothing_else():
    assert {(case.name, case.method) for case in CASES} == set(endpoints(api_patterns))


def test_table_names_every_person():
    assert {frozenset(case.expected) for case in CASES} == {frozenset(["nobody", *PEOPLE])}
