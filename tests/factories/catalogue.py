"""The catalogue as it comes with the software, and drafts made from it."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any

from products.devices.models import DeviceType
from products.management.commands.load_catalogue import PRODUCTS, load_catalogue
from products.suites.importing import import_suite
from products.suites.models import Edition
from products.suites.services import approve_edition, publish_edition

SUITE = json.loads((PRODUCTS / "suites/data/suite.json").read_text(encoding="utf-8"))
DEVICE_TYPES = json.loads((PRODUCTS / "devices/data/device-types.json").read_text(encoding="utf-8"))


def load() -> SimpleNamespace:
    """Device types, editions, items and reasons; returns the editions and the types by code."""
    load_catalogue()
    editions = {edition.slug: edition for edition in Edition.objects.all()}
    return SimpleNamespace(
        edition=editions["2024-03"],
        predecessor=editions["before-2024-03"],
        types={row.code: row for row in DeviceType.objects.all()},
    )


def suite() -> dict[str, Any]:
    """The suite's data, free to be changed."""
    return copy.deepcopy(SUITE)


def device_types() -> dict[str, Any]:
    """The data of the device types, free to be changed."""
    return copy.deepcopy(DEVICE_TYPES)


def item_of(data: dict[str, Any], code: str) -> dict[str, Any]:
    """One item's data by its code."""
    return next(row for row in data["items"] if row["code"] == code)


def draft_data(slug: str = "2026-draft") -> dict[str, Any]:
    """A successor of 2024-03: FUN-RT-01 reworded, IOP-02 removed, FUN-RT-02 without its parent."""
    data = suite()
    data["editions"] = [{"slug": slug, "label_zh": "演示草稿版", "label_en": "Demonstration draft", "name_zh": None,
                         "name_en": None, "origin": "proposed", "predecessor": "2024-03", "state": "draft",
                         "mandatory": True, "available_on": None, "active_on": None}]
    data["items"] = [row | {"editions": [slug]} for row in data["items"] if row["code"] != "IOP-02"]
    item_of(data, "FUN-RT-01")["requirement_zh"] += "（演示改动）"
    item_of(data, "FUN-RT-02")["parent"] = None
    return data


def draft_edition(*, editor: Any, slug: str = "2026-draft", data: dict[str, Any] | None = None) -> Edition:
    """The edition of `data` or else of `draft_data`, made by `editor`; the catalogue must be loaded."""
    import_suite(data or draft_data(slug), actor=editor)
    return Edition.objects.get(slug=slug)


def newer_edition(cast: SimpleNamespace) -> Edition:
    """A published edition that new orders need not follow: IOP-01 says something else, IOP-08 is gone, IOP-NEW new."""
    data = draft_data()
    data["editions"][0]["mandatory"] = False
    data["items"] = [row for row in data["items"] if row["code"] != "IOP-08"]
    item_of(data, "IOP-01")["requirement_zh"] += "（演示：更严）"
    data["items"].append(item_of(data, "IOP-07") | {"code": "IOP-NEW", "parent": None})
    draft = draft_edition(editor=cast.editor, data=data)
    approve_edition(edition=draft, actor=cast.approver)
    return publish_edition(edition=draft, actor=cast.approver)
