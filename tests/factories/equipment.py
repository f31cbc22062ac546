"""Test tools; all invented."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from members.people.models import User
from products.equipment.models import Loan, Tool, ToolKind
from products.equipment.services import hand_out_tool, register_tool, reserve_tool

NUMBER = "YS-001"


def tool(actor: User | None, number: str = NUMBER, **changes: object) -> Tool:
    """A reference device whose calibration holds for long; the one that exists if it was registered before."""
    found = Tool.objects.filter(number=number).first()
    values = {"name_zh": "演示基准AP", "name_en": "Demonstration reference AP", "kind": ToolKind.REFERENCE,
              "calibrated_until": date(2099, 12, 31), "is_demonstration": True, **changes}
    return found or register_tool(number=number, actor=actor, **values)


def reserved(cast: SimpleNamespace, number: str = "YS-100", **changes: Any) -> Loan:
    """A tool of its own, reserved for company A from today for ten days."""
    today = timezone.localdate()
    values = {"company": cast.company_a, "contact": "演示领用人", "starts_on": today, "accessories": ["电源", "天线"],
              "due_on": today + timedelta(days=10), "actor": cast.intake, **changes}
    return reserve_tool(tool=tool(cast.quality, number), **values)


def lent(cast: SimpleNamespace, number: str = "YS-100", **changes: Any) -> Loan:
    """The same, handed out."""
    return hand_out_tool(loan=reserved(cast, number, **changes), actor=cast.intake, condition="外观完好")
