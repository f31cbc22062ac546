"""What a person types into any page of the laboratory or the member is clean or refused beside it, and never kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from members.history.models import Entry
from tests.factories import equipment
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
BAD = {"NUL": "a\0b", "ESC": "a\x1b[31mb", "override": "a\u202eb", "book": "字" * 700_000}


def order_page(name: str, *args: Any) -> Any:
    return lambda world: reverse(name, args=[world.order.number, *args])


def record(verb: str, which: str = "verified") -> Any:
    return lambda world: reverse("lab-attempt", args=[world.order.number, getattr(world, which).pk, verb])


def rework_page(which: str, verb: str) -> Any:
    return lambda world: reverse("lab-rework-act", args=[getattr(world, which).order.number,
                                                         getattr(world, which).number, verb])


# Who, where, what else is typed, and the fields that take words.
PAGES: dict[str, tuple[str, Any, dict[str, Any], tuple[str, ...]]] = {
    "return an order": ("intake", lambda w: reverse("lab-order-move", args=[w.submitted.number, "return"]),
                        {"row_version": lambda w: w.submitted.row_version}, ("reason",)),
    "hold an order": ("intake", order_page("lab-order-move", "hold"), {}, ("reason",)),
    "receive a sample": ("intake", order_page("lab-order-move", "receive_sample"),
                         {"serial_number": "SN-9", "hardware": "V1.0", "firmware": "1.0.0", "condition": "演示"},
                         ("serial_number", "hardware", "firmware", "condition")),
    "end a sample": ("intake", lambda w: reverse("lab-sample-end", args=[w.order.number, w.order.samples.get().pk]),
                     {}, ("ending",)),
    "exclude an item": ("tester", order_page("lab-bench-exclude"), {"item": "FUN-02", "kind": "NA", "reason": "演示"},
                        ("item", "kind", "reason")),
    "return a record": ("verifier", record("return", "waiting"), {}, ("reason",)),
    "correct a record": ("tester", record("correct"), {"class": "typing", "reason": "演示"},
                         ("class", "reason", "remark", "verdict")),
    "ask to invalidate": ("verifier", record("request-invalidation"), {}, ("reason",)),
    "invalidate": ("quality", record("invalidate", "doubted"), {}, ("reason",)),
    "refuse to invalidate": ("quality", record("refuse-invalidation", "doubted"), {}, ("reason",)),
    "return records": ("verifier", order_page("lab-verify"), {"act": "return", "attempt": lambda w: w.waiting.pk},
                       ("comment",)),
    "refuse an exclusion": ("verifier", lambda w: reverse(
        "lab-exclusion", args=[w.order.number, w.exclusion.pk, "refuse"]), {}, ("reason",)),
    "draft a finding": ("tester", rework_page("open", "draft"), {"finding": "演示", "finding_kind": "finding"},
                        ("finding", "finding_kind")),
    "return a report": ("verifier", lambda w: reverse(
        "lab-report-act", args=[w.draft.order.number, w.draft.pk, "return"]),
                        {"row_version": lambda w: w.draft.row_version}, ("reason",)),
    "retire a tool": ("quality", lambda w: reverse("lab-tool-act", args=[equipment.NUMBER, "retire"]), {}, ("reason",)),
    "register a tool": ("quality", lambda w: reverse("lab-tools"),
                        {"number": "EQ-9", "name_zh": "演示", "kind": "software"}, ("number", "name_zh", "name_en")),
    "rename a company": ("intake", lambda w: reverse("lab-company-act", args=[w.cast.company_a.number, "names"]),
                         {"name_zh": "演示"}, ("name_zh", "short_name_zh", "name_en")),
    "move a company": ("intake", lambda w: reverse("lab-company-act", args=[w.cast.company_a.number, "address"]), {},
                       ("address_zh", "address_en")),
    "doubt results": ("quality", lambda w: reverse("lab-taint") + f"?tool={equipment.NUMBER}", {"act": "invalidate"},
                      ("reason",)),
    "declare a conflict": ("quality", lambda w: reverse("lab-conflict-declare"), {}, ("reason",)),
    "release an exception": ("quality", lambda w: reverse("lab-exception-release"), {"order": "WT-1"},
                             ("order", "reason")),
    "decide": ("decider", lambda w: reverse("lab-decide", args=[w.recommended.order.number]),
               {"is_granted": "True", "password": PASSWORD}, ("reason",)),
    "suspend": ("decider", lambda w: reverse("lab-certification", args=[w.recommended.order.number, "suspend"]),
                {"password": PASSWORD, "row_version": lambda w: w.recommended.row_version},
                ("public_reason_zh", "public_reason_en")),
    "apply": ("vendor", lambda w: reverse("portal-apply-new", args=["SEN"]),
              {"verb": "save", "name_zh": "演示", "model": "WA-1"},
              ("name_zh", "name_en", "model", "manufacturer", "factory", "hardware", "firmware", "remark")),
    "answer a finding": ("vendor", lambda w: reverse("portal-rework", args=[w.claimed.number]), {},
                         ("cause", "changes", "firmware", "hardware")),
    "write to the laboratory": ("vendor", lambda w: reverse("portal-rework-message", args=[w.claimed.number]), {},
                                ("text",)),
    "give up a rework": ("vendor", lambda w: reverse("portal-rework-abandon", args=[w.open.number]), {}, ("reason",)),
    "cancel an order": ("vendor", lambda w: reverse("portal-order-cancel", args=[w.submitted.number]), {}, ("reason",)),
    "register a webhook": ("vendor", lambda w: reverse("portal-webhooks"), {"events": "order.moved"}, ("url",)),
}


@pytest.mark.parametrize("page", PAGES)
def test_page_refuses_a_bad_text_in_any_field_and_keeps_nothing(client, world, page):
    who, address, typed, fields = PAGES[page]
    client.force_login(getattr(world.cast, who))
    rest = {name: value(world) if callable(value) else value for name, value in typed.items()}
    entries = Entry.objects.count()
    answered = {(name, kind): client.post(address(world), {**rest, name: text}).status_code
                for name in fields for kind, text in BAD.items()}
    assert {key: status for key, status in answered.items() if status not in (403, 404, 409, 413, 422)} == {}
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(("page", "field"), [
    ("return an order", "reason"), ("end a sample", "ending"), ("return a record", "reason"),
    ("return records", "comment"), ("refuse an exclusion", "reason"), ("draft a finding", "finding"),
    ("write to the laboratory", "text"), ("retire a tool", "reason"), ("register a tool", "name_zh"),
])
def test_page_names_the_character_and_keeps_what_was_typed(client, world, page, field):
    who, address, typed, _fields = PAGES[page]
    client.force_login(getattr(world.cast, who))
    rest = {name: value(world) if callable(value) else value for name, value in typed.items()}
    shown = client.post(address(world), {**rest, field: "演示\u202e文字"}).content.decode()
    assert "第3个字符（U+202E）不可用" in shown


@pytest.mark.parametrize("path", ["/products/%00/", "/lab/orders/%00/", "/my/orders/a%1bb/", "/lab/tools/%00/retire/",
                                  "/v/%00/", "/companies/%e2%80%ae/", "/api/v1/orders/%00/"])
def test_nothing_is_found_at_an_address_with_a_control_character(client, world, path):
    client.force_login(world.cast.quality)
    assert client.get(path).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/", "/products/", "/companies/", "/changes/", "/compare/", "/verify/", "/lab/",
                                  "/lab/tools/", "/lab/duties/", "/lab/taint/", "/lab/companies/", "/insight/",
                                  "/api/v1/products/", "/api/v1/orders/"])
@pytest.mark.parametrize("name", ["q", "code", "n", "company", "order", "tool", "from", "cursor", "type", "people"])
def test_a_question_with_a_control_character_is_no_fault_of_ours(client, world, path, name):
    client.force_login(world.cast.quality)
    for text in ("a\0b", "\x1b", "\u202e"):
        assert client.get(f"{path}?{urlencode({name: text})}").status_code < 500
