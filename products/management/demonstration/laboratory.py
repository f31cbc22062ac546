"""What the laboratory of the demonstration keeps beside its orders: a draft edition and a test rig."""

from __future__ import annotations

from members.people.models import User
from products.equipment.models import Tool
from products.results.models import Rig
from products.results.services import register_rig
from products.suites.importing import item_rows, save_item, start_draft, version_of
from products.suites.models import Edition
from products.suites.selectors import content_of

SLUG, RIG = "2026-demo-draft", "演示-TZ-01"


def show_laboratory(people: dict[str, User]) -> None:
    """A draft that continues the edition in force, with one item changed, and a rig; run again it adds nothing."""
    if not Edition.objects.filter(slug=SLUG).exists():
        draft = start_draft(predecessor=Edition.objects.get(slug="2024-03"), slug=SLUG, label_zh="演示草稿",
                            label_en="Demonstration draft", actor=people["editor"])
        item = content_of(draft)[0]
        row = item_rows([item], SLUG)[0] | {"requirement_zh": f"{item['requirement_zh']}（演示改动）"}
        save_item(edition=draft, code=item["code"], row=row, seen=version_of(item), actor=people["editor"])
    if not Rig.objects.filter(number=RIG).exists():
        # Nobody is told the secret: whoever wants to try it renews the token.
        register_rig(number=RIG, name_zh="演示测试台", responsible=people["lab"], days=90, actor=people["lab"],
                     tools=Tool.objects.filter(is_demonstration=True, is_active=True))
