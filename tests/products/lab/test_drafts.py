"""Drafts are edited item by item and by a table; who comes second sees what the first saved, and nothing is lost."""

import io
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from members.history.selectors import entries_of
from members.people.states import Role
from products.suites.errors import DraftStale
from products.suites.importing import save_item, version_of
from products.suites.models import DraftSheet, Edition
from products.suites.selectors import content_of, fingerprint_of
from tests.factories import catalogue as factory
from tests.factories.people import person
from tests.products.reading import boxes
from tests.stage import staged

pytestmark = pytest.mark.django_db
SLUG = "2026-draft"


@staged
def drafted(cast, catalogue):
    return factory.draft_edition(editor=cast.editor)


@pytest.fixture
def editor(client, cast, drafted):
    client.force_login(cast.editor)
    return client


def item(code):
    return next(one for one in content_of(Edition.objects.get(slug=SLUG)) if one["code"] == code)


def form_of(client, code):
    """What the page's form would send as it stands."""
    page = client.get(reverse("lab-draft-item", args=[SLUG, code]))
    return {name: values[-1] for name, values in boxes(page).items() if name != "q"}


def save(client, code, sent, **options):
    return client.post(reverse("lab-draft-item", args=[SLUG, code]), sent, **options)


def book(client):
    answer = client.get(reverse("lab-edition-export", args=[SLUG]))
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def bring(client, sheets, name="edition.xlsx"):
    out = io.BytesIO()
    sheets.save(out)
    return client.post(reverse("lab-draft-import", args=[SLUG]), {"file": ContentFile(out.getvalue(), name=name)},
                       follow=True)


def test_form_sent_as_it_stands_changes_nothing(editor):
    before = fingerprint_of(SLUG, content_of(Edition.objects.get(slug=SLUG)))
    entries = entries_of(f"edition:{SLUG}").count()
    for code in ("IOP-01", "PER-07", "FUN-RT"):
        assert save(editor, code, form_of(editor, code)).status_code == 302
    assert fingerprint_of(SLUG, content_of(Edition.objects.get(slug=SLUG))) == before
    assert entries_of(f"edition:{SLUG}").count() == entries


def test_item_is_changed_moved_added_and_removed_and_the_history_names_it(editor):
    sent = form_of(editor, "PER-07") | {"requirement_zh": "演示：新的要求", "applicability.AP": "C:sleep",
                                        "basis": "GBT32420 5.2.1\nNL84", "after": "IOP-01"}
    assert save(editor, "PER-07", sent).status_code == 302
    changed = item("PER-07")
    assert (changed["requirement_zh"], changed["applicability"]["AP"], changed["basis"][0]) == (
        "演示：新的要求", {"level": "C", "feature": "sleep"}, {"standard": "GBT32420", "clause": "5.2.1"})
    assert [one["code"] for one in content_of(Edition.objects.get(slug=SLUG))][:2] == ["IOP-01", "PER-07"]
    assert entries_of(f"edition:{SLUG}").last().after["changed"] == ["PER-07"]
    new = form_of(editor, "IOP-01") | {"code": "IOP-99", "measured-0-key": "count", "measured-0-name_zh": "次数",
                                       "measured-0-name_en": "count", "measured-0-type": "number",
                                       "measured-0-comparator": ">=", "measured-0-limit": "3"}
    assert editor.post(reverse("lab-draft-item-new", args=[SLUG]), new).status_code == 302
    assert item("IOP-99")["measurements"][0]["limit"] == "3"
    gone = editor.post(reverse("lab-draft-item-remove", args=[SLUG, "IOP-99"]),
                       {"seen": version_of(item("IOP-99"))})
    assert (gone.status_code, "IOP-99" in {one["code"] for one in content_of(Edition.objects.get(slug=SLUG))}) == (
        302, False)
    parent = editor.post(reverse("lab-draft-item-remove", args=[SLUG, "FUN-RT"]),
                         {"seen": version_of(item("FUN-RT"))})
    assert (parent.status_code, item("FUN-RT")["code"]) == (422, "FUN-RT")


def test_wrong_item_is_refused_beside_its_boxes_and_nothing_is_saved(editor):
    before = item("PER-07")
    sent = form_of(editor, "PER-07") | {"name_zh": "", "measured-0-key": "Nein!", "basis": "ISO1"}
    answer = save(editor, "PER-07", sent)
    page = answer.content.decode()
    assert (answer.status_code, item("PER-07")) == (422, before)
    assert all(f'id="{box}_error"' in page for box in ("item_name_zh", "item_basis", "id_measured-0-key"))


def test_second_editor_of_an_item_sees_the_first_and_of_another_item_is_saved(editor, cast, drafted):
    other = person("editor2", Role.SE)
    sent, apart = form_of(editor, "IOP-01"), form_of(editor, "IOP-03")
    row = factory.item_of(factory.draft_data(), "IOP-01") | {"name_zh": "别人的名称"}
    save_item(edition=drafted, code="IOP-01", row=row, seen=sent["seen"], actor=other)
    answer = save(editor, "IOP-01", sent | {"name_zh": "我的名称"})
    page = answer.content.decode()
    assert (answer.status_code, item("IOP-01")["name_zh"]) == (412, "别人的名称")
    assert all(word in page for word in ("别人的名称", "我的名称", other.name))
    again = save(editor, "IOP-01", boxes_of(answer) | {"name_zh": "我的名称"})
    assert again.status_code == 302
    assert save(editor, "IOP-03", apart | {"name_zh": "另一项"}).status_code == 302
    with pytest.raises(DraftStale):
        save_item(edition=drafted, code="IOP-01", row=row, seen=sent["seen"], actor=other)


def boxes_of(answer):
    return {name: values[-1] for name, values in boxes(answer).items() if name != "q"}


def test_script_gets_the_row_alone(editor):
    options = {"headers": {"HX-Request": "true"}}
    address = reverse("lab-draft-item", args=[SLUG, "IOP-01"])
    assert editor.get(address, **options).content.decode().lstrip().startswith("<tr")
    sent = form_of(editor, "IOP-01")
    saved = save(editor, "IOP-01", sent | {"name_zh": "演示改名"}, **options).content.decode()
    assert ('<tr id="IOP-01"' in saved, "演示改名" in saved, "<html" in saved) == (True, True, False)
    again = save(editor, "IOP-01", form_of(editor, "IOP-01") | {"group_zh": "新组"}, **options)
    assert again.headers["HX-Redirect"].endswith("#IOP-01")


def test_table_comes_back_as_it_went_and_what_differs_is_shown_before_it_is_saved(editor, cast, client):
    sheets = book(editor)
    same = bring(editor, sheets).content.decode()
    assert "文件与草稿相同" in same
    listed = sheets["测试项"]
    head = [cell.value for cell in listed[1]]
    listed.cell(2, head.index("名称") + 1).value = "表格里的名称"
    listed.cell(2, head.index("AP") + 1).value = "C:sleep"
    listed.delete_rows(3)
    gone = content_of(Edition.objects.get(slug=SLUG))[1]["code"]
    page = bring(editor, sheets)
    assert all(word in page.content.decode() for word in ("表格里的名称", gone))
    assert item("IOP-01")["name_zh"] != "表格里的名称"
    sheet = DraftSheet.objects.first()
    assert sheet is not None
    client.force_login(person("editor2", Role.SE))
    address = reverse("lab-draft-sheet-act", args=[sheet.pk, "save"])
    assert client.post(address).status_code == 409
    client.force_login(cast.editor)
    assert client.post(address).status_code == 302
    assert (item("IOP-01")["name_zh"], item("IOP-01")["applicability"]["AP"]["feature"]) == ("表格里的名称", "sleep")
    stale = DraftSheet.objects.exclude(pk=sheet.pk).get()
    assert client.post(reverse("lab-draft-sheet-act", args=[stale.pk, "save"])).status_code == 412
    assert item("IOP-01")["name_zh"] == "表格里的名称"


def test_table_with_wrong_cells_names_each_and_saves_nothing(editor):
    before = content_of(Edition.objects.get(slug=SLUG))
    sheets = book(editor)
    listed, measured = sheets["测试项"], sheets["测量值"]
    head = [cell.value for cell in listed[1]]
    listed.cell(3, head.index("类别") + 1).value = "XXX"
    listed.cell(4, head.index("AP") + 1).value = "也许"
    listed.cell(5, head.index("要求") + 1).value = "'@evil"
    listed.cell(6, head.index("名称") + 1).value = "@SUM(A1)"
    measured.cell(2, 9).value = "many"
    measured.cell(3, 1).value = "NIX-1"
    page = bring(editor, sheets)
    faults = DraftSheet.objects.get().faults
    told = {(fault["sheet"], fault["cell"], fault["code"]) for fault in faults}
    assert told >= {("测试项", "C3", "unknown_category"), ("测试项", f"{letter(head.index('AP'))}4", "unknown_choice"),
                    ("测试项", "E6", "cell_formula"), ("测量值", "I2", "limit_not_a_number"),
                    ("测量值", "A3", "measurement_without_item")}
    assert (page.status_code, "C3" in page.content.decode()) == (200, True)
    assert content_of(Edition.objects.get(slug=SLUG)) == before


def faults_of(editor, change):
    """What is wrong with the exported table once this was changed in it."""
    sheets = book(editor)
    change(sheets)
    page = bring(editor, sheets).content.decode()
    sheet = DraftSheet.objects.first()
    assert sheet is not None
    return [(fault["sheet"], fault["cell"], fault["code"]) for fault in sheet.faults], sheet, page


def of_limit(sheets):
    """The first limit in percent."""
    return next(row[8] for row in sheets["测量值"].iter_rows(min_row=2) if row[5].value == "%" and row[8].value)


@pytest.mark.parametrize(("value", "code", "limit"), [(0.05, "0%", "5"), (0.9, "0.0%", "90"), ("5%", "@", "5")])
def test_limit_that_shows_5_percent_is_5_percent(editor, value, code, limit):
    def change(sheets):
        cell = of_limit(sheets)
        cell.value, cell.number_format = value, code

    faults, sheet, _page = faults_of(editor, change)
    limits = {one["limit"] for row in sheet.items for one in row["measurements"] if one["unit"] == "%"}
    assert (faults, any(Decimal(one) == Decimal(limit) for one in limits if one)) == ([], True)
    assert not any(Decimal(one) < 1 for one in limits if one)


@pytest.mark.parametrize(("value", "form", "code"), [
    ("=1+1", "General", "cell_uncalculated"), ("#N/A", "General", "cell_error"), (True, "General", "cell_boolean"),
    (0.054, "0%", "cell_rounded"), (5, "¥0", "cell_format"), (datetime(2026, 1, 1), "m/d", "cell_date"),  # noqa: DTZ001
])
def test_limit_that_is_no_plain_number_is_a_fault_of_its_cell(editor, value, form, code):
    def change(sheets):
        cell = of_limit(sheets)
        cell.value, cell.number_format = value, form

    faults, sheet, page = faults_of(editor, change)
    assert ([code] == [one for _sheet, _cell, one in faults], sheet.items) == (True, [])
    assert (faults[0][0], faults[0][1][0], faults[0][1] in page) == ("测量值", "I", True)


def test_hidden_rows_columns_and_sheets_never_remove_items_in_silence(editor):
    def hide_row(sheets):
        sheets["测试项"].row_dimensions[3].hidden = True

    def hide_column(sheets):
        sheets["测试项"].column_dimensions["E"].hidden = True

    def hide_sheet(sheets):
        sheets["测量值"].sheet_state = "hidden"

    def put_before(sheets):
        sheets.create_sheet("上周", 0).append(["编号"])
        sheets["上周"].sheet_state = "veryHidden"
        sheets.active = 1
        sheets.create_sheet("草稿").append(["编号"])

    assert ("测试项", "", "row_hidden") in faults_of(editor, hide_row)[0]
    assert ("测试项", "E", "column_hidden") in faults_of(editor, hide_column)[0]
    assert ("测量值", "", "sheet_hidden") in faults_of(editor, hide_sheet)[0]
    faults, sheet, page = faults_of(editor, put_before)
    assert (faults, [entry["kind"] for entry in sheet.left_out]) == ([], ["sheet_hidden", "sheet_further"])
    assert all(word in page for word in ("工作表“上周”", "工作表“草稿”"))


def test_code_or_clause_that_is_a_number_is_refused(editor):
    def change(sheets):
        sheets["测试项"]["K2"].value = 5.1
        sheets["测试项"]["A3"].value = 12

    faults, _sheet, page = faults_of(editor, change)
    assert {("测试项", "K2", "cell_number"), ("测试项", "A3", "cell_number")} <= set(faults)
    assert "5.1" in page


def letter(column):
    return openpyxl.utils.get_column_letter(column + 1)


@pytest.mark.parametrize(("content", "code"), [
    (b"not a book", 422), (b"PK\x05\x06" + bytes(18), 422), (b"", 422),
])
def test_file_that_is_no_table_is_refused(editor, content, code):
    answer = editor.post(reverse("lab-draft-import", args=[SLUG]), {"file": ContentFile(content, name="a.xlsx")})
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (code, True)
    assert not DraftSheet.objects.exists()


def test_draft_begins_with_the_items_of_a_published_edition(editor, cast):
    sent = {"predecessor": "2024-03", "slug": "2026-09", "label_zh": "演示新版", "label_en": "Demonstration"}
    assert editor.post(reverse("lab-draft-new"), sent).status_code == 302
    made = Edition.objects.get(slug="2026-09")
    assert (made.status, made.predecessor.slug, made.items.count(), made.edited_by) == (
        "draft", "2024-03", 125, cast.editor)
    assert editor.post(reverse("lab-draft-new"), sent).status_code == 422
    facts = boxes_of(editor.get(reverse("lab-draft", args=["2026-09"]))) | {"active_on": "2027-01-01"}
    assert editor.post(reverse("lab-draft", args=["2026-09"]), facts).status_code == 302
    assert editor.post(reverse("lab-draft", args=["2026-09"]), facts).status_code == 412
    assert editor.get(reverse("lab-draft", args=["2024-03"])).status_code == 404
