"""The reasons for rework are loaded once and changed in place."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from products.management.commands.load_catalogue import PRODUCTS
from products.rework.importing import import_reasons
from products.rework.models import Reason
from products.suites.models import Item

pytestmark = pytest.mark.django_db
DATA = json.loads((PRODUCTS / "rework/data/rework-reasons.json").read_text(encoding="utf-8"))


def test_import_reasons_twice_changes_nothing() -> None:
    assert import_reasons(DATA).created == 59
    before = list(Reason.objects.values())
    again = import_reasons(DATA)
    assert (again.created, again.changed, list(Reason.objects.values())) == (0, 0, before)


def test_import_reasons_changed_keeps_the_row() -> None:
    before = import_reasons(DATA).rows["RW-RT-01"].pk
    data = copy.deepcopy(DATA)
    data["reasons"][0]["name_en"] = "Other"
    assert import_reasons(data).changed == 1
    reason = Reason.objects.get(code="RW-RT-01")
    assert (reason.pk, reason.name_en, reason.position) == (before, "Other", 0)


def test_reasons_name_items_that_exist(catalogue: Any) -> None:
    named = {code for reason in Reason.objects.all() for code in reason.typical_items}
    assert named <= set(Item.objects.values_list("code", flat=True))
