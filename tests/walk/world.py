"""What the walk starts from: a small suite in three editions, people of every role, and somebody who holds many."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

from members.people.states import Role
from products.devices.importing import import_device_types
from products.management.commands.load_catalogue import PRODUCTS, read
from products.rework.importing import import_reasons
from products.suites.importing import import_suite
from products.suites.models import Edition
from tests.factories import catalogue, equipment, people

# Judged, judged with values, derived from children, recorded, conditional and optional: one or two of each kind.
ITEMS = ("IOP-01", "INT-05", "IOP-10", "INT-40", "FUN-RT", "FUN-RT-02", "FUN-RT-07", "PER-14")
NEWER = "2026-walk"


def build() -> SimpleNamespace:
    """The cast with the items' categories, the editions by slug, and one tool."""
    import_device_types(read(PRODUCTS / "devices/data/device-types.json"))
    import_suite(_small())
    import_reasons(read(PRODUCTS / "rework/data/rework-reasons.json"))
    cast = people.cast()
    cast.verifier2 = people.person("verifier2", Role.VE)
    cast.signatory2 = people.person("signatory2", Role.SG)
    cast.decider2 = people.person("decider2", Role.RV, Role.DM)
    # Holds every role of the laboratory that may be held together: only what was done before can refuse them.
    cast.everything = people.person("everything", Role.IN, Role.TE, Role.VE, Role.SG, Role.RV, Role.DM, Role.QM,
                                    Role.SE, Role.SA)
    equipment.tool(cast.quality)
    import_suite(_newer(), actor=cast.editor)
    return SimpleNamespace(cast=cast, editions={row.slug: row for row in Edition.objects.all()})


def _small() -> dict[str, Any]:
    data = catalogue.suite()
    data["items"] = [row for row in data["items"] if row["code"] in ITEMS]
    return data


def _newer() -> dict[str, Any]:
    """A draft that follows the March edition, without INT-05 and with one item more; people approve and publish it."""
    data = _small()
    data["editions"] = [{"slug": NEWER, "label_zh": "演示新版", "label_en": "Demonstration successor", "name_zh": None,
                         "name_en": None, "origin": "proposed", "predecessor": "2024-03", "state": "draft",
                         "mandatory": False, "available_on": None, "active_on": None}]
    kept = [row | {"editions": [NEWER]} for row in data["items"] if row["code"] != "INT-05"]
    new = copy.deepcopy(catalogue.item_of(catalogue.suite(), "IOP-07"))
    data["items"] = [*kept, new | {"editions": [NEWER]}]
    return data
