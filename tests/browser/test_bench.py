"""The bench by keyboard alone, with a colleague at the same order, and after the page was gone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from products.orders.models import Order, PlanItem
from products.results.models import Attempt
from products.results.services import record_attempts
from tests.bench import world as full
from tests.factories import results


@pytest.fixture
def world(transactional_db: None) -> Iterator[SimpleNamespace]:
    """An order of 125 results, none recorded."""
    for made in (full.cast, full.catalogue, full.edition):
        made.cache_clear()
    yield SimpleNamespace(cast=full.cast(), order=full.order_in_testing())
    # The pages are closed by now; what they asked last is still answered, on the connection that is emptied next.
    time.sleep(0.5)


def saved(order: Order) -> dict[str, str]:
    return dict(Attempt.objects.filter(plan_item__order=order).values_list("plan_item__code", "verdict"))


def bench(order: Order) -> str:
    return f"/lab/orders/{order.number}/bench/"


def type_row(page: Page, item: PlanItem) -> int:
    """Enter one result where the focus stands, as somebody at the bench does; keystrokes beside the values."""
    row, strokes = results.row(item), 0
    if row["verdict"]:
        page.keyboard.press("p")
        strokes += 1
    for nth, one in enumerate(row["values"].values()):
        box = page.locator(":focus")
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(one["value"])
        else:
            page.keyboard.insert_text(one["value"])
        page.keyboard.press("Enter")
        strokes += 1
        assert nth < len(row["values"])
    return strokes


def test_bench_takes_125_results_by_keyboard_alone(world: SimpleNamespace, open_page: Any) -> None:
    page = open_page(bench(world.order), user=world.cast.tester)
    items = {item.code: item for item in results.planned(world.order)}
    strokes = 1
    page.locator("tr[data-row] input").first.focus()
    for _each in items:
        strokes += type_row(page, items[page.evaluate("document.activeElement.closest('tr').dataset.row")])
    page.keyboard.press("Control+Enter")
    expect(page.locator("tr[data-open]")).to_have_count(0)
    assert (len(items), len(saved(world.order)), strokes <= 250) == (125, 125, True), strokes
    assert page.console_errors == []


def test_bench_of_two_testers_loses_no_row_and_overwrites_none(world: SimpleNamespace, open_page: Any) -> None:
    one = open_page(bench(world.order), user=world.cast.tester)
    two = open_page(bench(world.order), user=world.cast.tester2)
    first, second, third = [item.code for item in results.planned(world.order)][:3]
    for page, key in ((one, "p"), (two, "f")):
        page.locator(f'[name="verdict.{first}"]').first.focus()
        page.keyboard.press(key)
    one.keyboard.press("Control+Enter")
    expect(one.locator(f'tr[data-closed="{first}"]')).to_be_visible()
    two.keyboard.press("Enter")
    two.keyboard.insert_text("演示：我看到失败")
    two.locator(f'[name="verdict.{third}"]').first.focus()
    two.keyboard.press("p")
    two.keyboard.press("Control+Enter")
    conflict = two.locator(f'tr[data-closed="{first}"]')
    expect(conflict.locator(".conflict")).to_contain_text("FAIL · 演示：我看到失败")
    expect(conflict.locator(".state")).to_contain_text("演示tester")
    expect(one.locator(f'tr[data-closed="{third}"] .just-by')).to_contain_text("演示tester2")
    assert saved(world.order) == {first: "PASS", third: "PASS"}
    assert second not in saved(world.order)


def test_bench_offers_again_what_a_closed_page_had_not_saved(world: SimpleNamespace, new_context: Any) -> None:
    context = new_context(user=world.cast.tester)
    page = context.new_page()
    page.goto(bench(world.order))
    expect(page.locator("[data-kept]")).not_to_be_visible()
    measured = next(item for item in results.planned(world.order) if results.row(item)["values"])
    typed = page.locator(f'[name^="value.{measured.code}."]').first
    typed.fill("17")
    page.close()
    page = context.new_page()
    page.goto(bench(world.order))
    expect(page.locator("[data-kept]")).to_contain_text(measured.code)
    page.locator("[data-restore]").click()
    expect(page.locator("[data-kept]")).not_to_be_visible()
    expect(page.locator(f'[name^="value.{measured.code}."]').first).to_have_value("17")
    assert saved(world.order) == {}


def test_bench_drawer_corrects_and_excludes_by_keyboard(world: SimpleNamespace, open_page: Any) -> None:
    items = results.planned(world.order)
    record_attempts(order=world.order, rows=[results.row(items[0])], actor=world.cast.tester)
    page = open_page(bench(world.order), user=world.cast.tester)
    page.locator(f'tr[data-closed="{items[0].code}"] a.item').focus()
    page.keyboard.press("u")
    expect(page.locator("#correct-verdict")).to_be_focused()
    page.locator("#correct-verdict").select_option("FAIL")
    page.locator("#correct-reason").fill("演示：按错键")
    page.keyboard.press("Enter")
    expect(page.locator("[data-drawer]")).not_to_be_visible()
    page.locator(f'[name="verdict.{items[1].code}"]').first.focus()
    page.keyboard.press("t")
    expect(page.locator("#drawer-reason")).to_be_focused()
    page.keyboard.insert_text("演示：无夹具")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f'tr[data-closed="{items[1].code}"]')).to_be_visible()
    assert saved(world.order)[items[0].code] == "FAIL"


def test_block_from_a_spreadsheet_fills_rows_below_whole_or_not_at_all(world: SimpleNamespace, open_page: Any) -> None:
    page = open_page(bench(world.order), user=world.cast.tester)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    judged = [item.code for item in results.planned(world.order) if item.item_version.result_type == "judged"]
    first, second = judged[0], judged[1]
    start = page.locator(f"[data-row='{first}'] input[type=radio]").first
    for block, filled in (("通过\t甲\n也许\t乙\n", 0), ("通过\t甲\nF\t乙\n", 2)):
        start.focus()
        page.evaluate("text => navigator.clipboard.writeText(text)", block)
        page.keyboard.press("Control+V")
        expect(page.locator("tr.unsaved")).to_have_count(filled)
        expect(page.get_by_role("alert")).to_have_count(0 if filled else 1)
    # Pasted rows are saved when the tester says so, and not before.
    assert saved(world.order) == {}
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"[data-closed='{second}']")).to_be_visible()
    assert saved(world.order) == {first: "PASS", second: "FAIL"}


BLOCKS = json.loads((Path(__file__).parents[1] / "wapicert/files/blocks.json").read_text(encoding="utf-8"))


def test_cell_of_two_lines_stays_on_its_own_item(world: SimpleNamespace, open_page: Any) -> None:
    page = open_page(bench(world.order), user=world.cast.tester)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for example in BLOCKS:
        wanted = {name: example[name] for name in example if name != "block"}
        assert page.evaluate("block => window.blockOf(block)", example["block"]) == wanted
    codes = [item.code for item in results.planned(world.order) if item.item_version.result_type == "judged"][:3]
    remarks = [page.locator(f'[name="remark.{code}"]') for code in codes]
    block = (Path(__file__).parents[1] / "wapicert/files/clipboard.tsv").read_text(encoding="utf-8")
    for text, filled in (('"没有结束\n下一项\n', ["", "", ""]), (block, ["第一行 第二行", "下一项的备注", ""])):
        remarks[0].focus()
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        page.keyboard.press("Control+V")
        expect(page.get_by_role("alert")).to_have_count(0 if filled[0] else 1)
        assert [remark.input_value() for remark in remarks] == filled
    assert page.console_errors == []
