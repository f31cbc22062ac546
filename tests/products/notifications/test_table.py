"""The table of notices is complete: every act of the history is told to somebody, or to nobody for a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from members.history.models import Entry
from products.certification.services.moves import ACTS as CERTIFICATION_ACTS
from products.certification.states import TRANSITIONS as CERTIFICATION
from products.notifications.states import NOT_TOLD, TOLD, TOLD_BY_THE_ACT
from products.orders.services.moves import ACTS as ORDER_ACTS
from products.orders.states import TRANSITIONS as ORDER
from products.reports.states import TRANSITIONS as REPORT
from products.results.services.verifying import KINDS
from products.results.states import EXCLUSION_TRANSITIONS
from products.rework.services.moves import ACTS as REWORK_ACTS
from products.rework.states import TRANSITIONS as REWORK
from products.suites.states import TRANSITIONS as EDITION
from products.templatetags.acts import ACTS as LABELLED
from tests.products.notifications.cases import CASES

ROOT = Path(settings.BASE_DIR)
KNOWN = TOLD.keys() | TOLD_BY_THE_ACT.keys() | NOT_TOLD.keys()
# The act of each step, where the service does not keep it in a table.
REPORT_ACTS = {"compile": "compiled", "check": "checked", "return": "returned", "authorise": "authorised",
               "issue": "issued", "amend": "amendment_opened", "replace": "replaced",
               "withdraw": "withdrawal_requested", "consent": "withdrawn", "refuse": "withdrawal_refused"}
EXCLUSION_ACTS = {"approve": "approved", "refuse": "refused", "accept": "consented", "withdraw": "withdrawn",
                  "reopen": "reopened"}
STEPS = [
    *((f"order {verb}", ORDER_ACTS[verb]) for verb in ORDER),
    *((f"rework {verb}", REWORK_ACTS[verb]) for verb in REWORK),
    *((f"report {verb}", f"report.{REPORT_ACTS[verb]}") for verb in REPORT),
    *((f"exclusion {verb}", f"exclusion.{EXCLUSION_ACTS[verb]}") for verb in EXCLUSION_TRANSITIONS),
    *((f"certification {verb}", f"certification.{CERTIFICATION_ACTS[verb]}") for verb in CERTIFICATION),
    *((f"edition {verb}", f"edition.{step.target if verb != 'edit' else 'edited'}") for verb, step in EDITION.items()),
    *((f"result {verb}", f"result.{kind}") for verb, kind in KINDS.items()),
]
# A dotted word in a service whose first part is a thing that the history tells of.
WRITTEN = re.compile(r'"((?:order|sample|version|results?|exclusion|evidence|rework|report|certification|edition|'
                     r'listing|device|duty|loan|tool)\.[a-z_]+)"')
# Dotted words that are no acts: names of tasks, and kinds of notice.
NO_ACTS = {"certification.expire_certifications", "certification.follow_reports", "certification.issue_certificates",
           "results.process_import", "rework.message", "rework.reminder", "edition.withdrawn", "loan.reminder",
           "order.rebase_drops_failure", "certification.correction_waiting"}


@pytest.mark.parametrize(("step", "act"), STEPS, ids=[step for step, _act in STEPS])
def test_each_transition_is_told_or_excused(step, act):
    assert act in KNOWN, f"{step}: nobody says who is told of {act}"


def test_each_act_that_has_words_or_is_written_is_told_or_excused():
    sources = [*ROOT.glob("products/*/services.py"), *ROOT.glob("products/*/services/*.py")]
    written = {act for path in sources if "notifications" not in path.parts
               for act in WRITTEN.findall(path.read_text())}
    assert sorted((LABELLED.keys() | written) - NO_ACTS - KNOWN) == []


def test_no_act_stands_in_two_places_unless_others_are_told_by_it():
    assert sorted(NOT_TOLD.keys() & (TOLD.keys() | TOLD_BY_THE_ACT.keys())) == []
    assert sorted(TOLD.keys() & TOLD_BY_THE_ACT.keys()) == ["report.withdrawn"]
    assert [act for act, reason in NOT_TOLD.items() if not reason] == []


def test_every_event_has_its_words_and_a_case():
    events = {telling.event for tellings in TOLD.values() for telling in tellings}
    assert sorted(events ^ CASES.keys()) == []
    missing = []
    for event in events | set(TOLD_BY_THE_ACT.values()):
        for part in ("subject", "body"):
            try:
                get_template(f"emails/{event}/{part}.txt")
            except TemplateDoesNotExist:
                missing.append(f"{event}/{part}")
    assert missing == []


@pytest.mark.django_db
def test_acts_of_the_cast_stand_in_the_table(cast):
    assert set(Entry.objects.values_list("act", flat=True)) <= KNOWN
