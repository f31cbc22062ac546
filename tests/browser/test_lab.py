"""The laboratory's pages in a real browser: barriers, widths, strangers' hosts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from members.people.services import set_active
from members.people.states import Role
from products.failures.models import StorageFault
from products.failures.services import acknowledge_failure
from products.results.services import propose_exclusion, start_import
from products.retention.services import place_hold, request_departure, request_lifting
from products.suites.importing import check_sheet
from products.suites.selectors import content_of, tables_of, words_in_use
from tests.browser.places import LABORATORY
from tests.factories import catalogue, certification, equipment, orders, people, reports, results, rework
from tests.factories.seeds import seed
from wapicert.sheets import xlsx_of


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """The cast, and what the addresses of the laboratory's pages are made of."""
    return seed("the laboratory in a browser", build)


def build() -> SimpleNamespace:
    """An order on the bench, one with a finding to send, one with a scope to sign, reports on their way, a grant."""
    cast = people.cast()
    catalogue.load()
    draft = catalogue.draft_edition(editor=cast.editor)
    book = tables_of(content_of(draft), words_in_use())
    book["测试项"][1][4], book["测试项"][2][2] = "演示改名", "XXX"
    sheet = check_sheet(edition=draft, upload=ContentFile(xlsx_of(book), name="draft.xlsx"), actor=cast.editor)
    equipment.tool(cast.quality)
    loan = equipment.lent(cast)
    testing = orders.in_testing(cast)
    attempt = results.recorded(testing, cast, ["IOP-01"])[0]
    results.verified(testing, cast, ["IOP-07"])
    propose_exclusion(order=testing, item="FUN-01", kind="WAIVER", reason="演示：无此接口", actor=cast.tester)
    job = start_import(upload=ContentFile("编号\t判定\nFUN-02\t通过\nFUN-04\t也许".encode(), name="pasted.tsv"),
                       actor=cast.tester, order=testing)
    for line in ("file 7 rig.log: altered", "report WAPI-T-2026-0009: missing"):
        StorageFault.objects.create(line=line)
    acknowledge_failure(kind="storage", key=str(StorageFault.objects.first().pk), comment="演示：已从备份恢复",
                        actor=cast.quality)
    leaver = people.person("leaver", Role.TE)
    set_active(user=leaver, is_active=False, actor=cast.admin)
    request_departure(user=leaver, reason="演示：已离职", actor=cast.admin)
    place_hold(company=cast.company_b, reason="演示：诉讼", demanded_by="演示法院", actor=cast.quality)
    request_lifting(hold=place_hold(user=cast.tester2, reason="演示：调查", actor=cast.quality), reason="演示：结案",
                    actor=cast.quality)
    numbers = {
        "submitted": orders.submitted(cast), "testing": testing, "open": rework.opened(cast).order,
        "claimed": rework.fix_claimed(cast).order, "checked": reports.checked(cast).order,
        "authorised": reports.authorised(cast).order, "granted": certification.granted(cast).order,
    }
    parts: dict[str, Any] = {name: order.number for name, order in numbers.items()}
    parts |= {"company": cast.company_a.number, "attempt": attempt.pk, "job": job.pk, "loan": loan.number,
              "sheet": sheet.pk, "sample": testing.samples.get().pk}
    return SimpleNamespace(cast=cast, parts=parts)


@pytest.mark.parametrize("half", [0, 1])
def test_pages_have_no_barriers_and_fit_the_screen(world: SimpleNamespace, examine_all: Any, half: int) -> None:
    assert examine_all(LABORATORY[half::2], world.parts, world.cast) == []
