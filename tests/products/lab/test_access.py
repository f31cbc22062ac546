"""Who gets in where in the laboratory: one table, complete by a walk over the addresses."""

import uuid

import pytest
from django.urls import reverse

from members.history.models import Entry
from products.lab.urls import urlpatterns
from products.results.models import Attempt, Exclusion
from tests.factories import catalogue as suites
from tests.factories import orders, results
from tests.stage import staged

pytestmark = pytest.mark.django_db
PAGES = {"lab", "lab-tools", "lab-editions", "lab-companies", "lab-company", "lab-order", "lab-history",
         "lab-history-export", "lab-timeline", "lab-bench", "lab-bench-changes", "lab-bench-item",
         "lab-bench-import", "lab-bench-export", "lab-verify", "lab-rework", "lab-report", "lab-archive",
         "lab-decision", "lab-record", "lab-taint", "lab-rebase"}
PAGES |= {"lab-sample-label"}
PAGES |= {"lab-duties", "lab-duties-csv", "lab-edition-impact", "lab-edition-try"}
PAGES |= {"lab-rigs"}
PAGES |= {"lab-edition-export", "lab-draft", "lab-draft-new", "lab-draft-import", "lab-draft-item",
          "lab-draft-item-new"}
# What each address that acts needs, so that only the right is missing.
ACTS = {
    "lab-order-move": (["hold"], {"reason": "为何"}),
    "lab-sample-end": (["sample"], {"ending": "已退还"}),
    "lab-bench-exclude": ([], {"item": "IOP-01", "kind": "NA", "reason": "为何"}),
    "lab-bench-attach": ([], {}),
    "lab-import-act": (["import", "save"], {}),
    "lab-bench-save": ([], '{"rows": [], "since": 0}'),
    "lab-attempt": (["attempt", "return"], {"reason": "为何"}),
    "lab-exclusion": (["exclusion", "approve"], {}),
    "lab-report-act": (["report", "check"], {}),
    "lab-rework-act": (["rework", "send"], {}),
    "lab-recommend": ([], {"grant": "yes"}),
    "lab-decide": ([], {"grant": "yes"}),
    "lab-certification": (["suspend"], {}),
    "lab-edition-move": (["2024-03", "retire"], {"reason": "为何"}),
    "lab-rig-act": (["RIG-1", "revoke"], {}),
    "lab-draft-item-remove": (["2026-draft", "IOP-01"], {}),
    "lab-draft-sheet-act": (["sheet", "save"], {}),
    "lab-conflict-declare": ([], {"reason": "为何"}),
    "lab-exception-release": ([], {"reason": "为何"}),
    "lab-duty-end": ([], {"reason": "为何"}),
    "lab-tool-act": (["YS-001", "retire"], {"reason": "为何"}),
    "lab-company-act": (["address"], {"address_zh": "他处"}),
}
# Files and renderings are reached by ids that nobody guesses; strangers get 404 there too.
BY_ID = {"lab-import", "lab-draft-sheet", "lab-file", "lab-file-thumbnail", "lab-report-pdf", "lab-report-progress"}
# These need a report, a rework or a certification first; without one the address does not exist for anybody.
ABSENT = {"lab-import-act", "lab-report-act", "lab-rework-act", "lab-decide", "lab-certification"}
ABSENT |= {"lab-duty-end", "lab-rig-act", "lab-draft-sheet-act"}


@staged
def order(cast, catalogue):
    """In testing, with one result that waits for its verifier."""
    order = orders.in_testing(cast)
    results.recorded(order, cast, codes=["IOP-01"])
    suites.draft_edition(editor=cast.editor)
    return order


# Pages and acts that belong to no order.
WITHOUT_ORDER = {"lab-edition-impact": ["2024-03"], "lab-edition-try": ["2024-03"],
                 "lab-rigs": [], "lab-rig-act": None,
                 "lab-edition-export": ["2024-03"], "lab-draft": ["2026-draft"], "lab-draft-new": [],
                 "lab-draft-import": ["2026-draft"], "lab-draft-item": ["2026-draft", "IOP-01"],
                 "lab-draft-item-new": ["2026-draft"], "lab-draft-item-remove": None,
                 "lab": [], "lab-taint": [], "lab-tools": [], "lab-editions": [], "lab-companies": [],
                 "lab-duties": [],
                 "lab-duties-csv": ["rights"], "lab-conflict-declare": [], "lab-exception-release": [],
                 "lab-duty-end": ["conflict", 0],
                 "lab-file": [uuid.uuid4()], "lab-edition-move": None, "lab-tool-act": None}


def address(name, order):
    own = ACTS.get(name, ([], {}))[0]
    if name in WITHOUT_ORDER:
        return reverse(name, args=WITHOUT_ORDER[name] or own)
    if name in ("lab-company", "lab-company-act"):
        return reverse(name, args=[order.company.number, *own])
    if name in ("lab-file", "lab-file-thumbnail", "lab-import", "lab-import-act", "lab-draft-sheet",
                "lab-draft-sheet-act"):
        return reverse(name, args=[uuid.uuid4(), *own[1:]])
    if name in ("lab-bench-export", "lab-bench-item"):
        return reverse(name, args=[order.number, {"lab-bench-export": "csv"}.get(name, "IOP-01")])
    if name == "lab-timeline":
        return reverse(name, args=["company", order.company.number])
    named = {"sample": lambda: order.samples.get().pk, "report": uuid.uuid4, "rework": lambda: "ZG-0000-0000",
             "attempt": lambda: Attempt.objects.get(plan_item__order=order).pk, "exclusion": lambda: 0}
    parts = {"lab-record": ["attempt"], "lab-sample-label": ["sample"]}.get(name, own)
    args = [named[part]() if part in named else part for part in parts]
    return reverse(name, args=[order.number, *([uuid.uuid4()] if name in BY_ID else args)])


def test_table_names_every_address_of_the_laboratory():
    assert {pattern.name for pattern in urlpatterns} == PAGES | ACTS.keys() | BY_ID


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize(("who", "status"), [
    ("nobody", 302), ("vendor", 404), ("stranger", 404), ("admin", 404), ("intake", 200), ("tester", 200),
    ("verifier", 200), ("signatory", 200), ("decider", 200), ("quality", 200), ("auditor", 200),
])
def test_get_of_a_page_is_for_the_laboratory(client, cast, order, name, who, status):
    if who != "nobody":
        client.force_login(getattr(cast, who))
    assert client.get(address(name, order)).status_code == status


@pytest.mark.parametrize("name", sorted(ACTS))
@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("vendor", 404), ("admin", 404), ("auditor", 403)])
def test_post_of_an_act_without_right_is_refused_and_changes_nothing(client, cast, order, name, who, status):
    before = Entry.objects.count()
    if who != "nobody":
        client.force_login(getattr(cast, who))
    expected = 404 if name in ABSENT | {"lab-exclusion"} and who == "auditor" else status
    body, form = ACTS[name][1], {} if isinstance(ACTS[name][1], dict) else {"content_type": "application/json"}
    answer = client.post(address(name, order), body, headers={"Idempotency-Key": "k"}, **form)
    assert answer.status_code == expected
    assert Entry.objects.count() == before
    assert not Exclusion.objects.exists()


@pytest.mark.parametrize("name", sorted(BY_ID))
def test_get_by_unknown_id_is_not_found(client, cast, order, name):
    client.force_login(cast.tester)
    assert client.get(address(name, order)).status_code == 404
