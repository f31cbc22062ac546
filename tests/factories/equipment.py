"""Test tools; all invented."""

from __future__ import annotations

from datetime import date

from members.people.models import User
from products.equipment.models import Tool, ToolKind
from products.equipment.services import register_tool

NUMBER = "YS-001"


def tool(actor: User | None, number: str = NUMBER, **changes: object) -> Tool:
    """A reference device whose calibration holds for long; the one that exists if it was registered before."""
    found = Tool.objects.filter(number=number).first()
    values = {"name_zh": "演示基准AP", "name_en": "Demonstration reference AP", "kind": ToolKind.REFERENCE,
              "calibrated_until": date(2099, 12, 31), "is_demonstration": True, **changes}
    return found or register_tool(number=number, actor=actor, **values)
