"""Loads the laboratory's list of reasons for rework; loading the same data twice changes nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from products.rework.models import Reason
from wapicert.loading import Loaded, bring_in_line
from wapicert.texts import STORY, takes_text


@takes_text(data=STORY)
@transaction.atomic
def import_reasons(data: dict[str, Any]) -> Loaded[Reason]:
    """Bring the reasons in line with `data` (the form of data/rework-reasons.json); reasons once used stay."""
    wanted = [
        {
            "code": row["code"],
            "group_zh": row["group_zh"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "symptom_zh": row.get("symptom_zh") or "",
            "fix_zh": row.get("fix_zh") or "",
            "typical_items": row.get("typical_items", []),
            "position": position,
        }
        for position, row in enumerate(data["reasons"])
    ]
    return bring_in_line(Reason, wanted, by=["code"])
