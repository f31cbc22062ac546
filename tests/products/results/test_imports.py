"""Files of results: what is wrong is named by row and cell and nothing is saved; what is right is saved whole, once."""

import csv
import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.utils import timezone

from members.history.models import Entry
from products.files.errors import FileTypeMismatch
from products.results import errors
from products.results.models import Attempt, ImportJob, ImportRow
from products.results.rendering import csv_of, table_of
from products.results.selectors import grid_of
from products.results.services import (
    checking,
    discard_import,
    files,
    rebuild_slots,
    record_attempts,
    requeue_lost_imports,
    save_import,
    start_import,
)
from products.results.states import ImportState
from tests.factories import equipment, orders, results
from wapicert.sheets import xlsx_of

pytestmark = pytest.mark.django_db
HEAD = ["编号", "判定", "数值1", "单位1", "备注"]
GOOD = [["IOP-01", "通过", "", "", ""], ["FUN-02", "F", "", "", "演示：第二次断开"]]


@pytest.fixture
def order(cast, catalogue):
    equipment.tool(cast.quality)
    return orders.in_testing(cast)


def common():
    return {"hardware": orders.HARDWARE, "firmware": orders.FIRMWARE, "tool": equipment.NUMBER,
            "performed_at": timezone.now().isoformat()}


def as_csv(rows, encoding="utf-8", head=HEAD):
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue().encode(encoding)


def as_xlsx(rows, head=HEAD, merge=None):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate([head, *rows]):
            for column, cell in enumerate(line):
                sheet.write(place, column, cell)
        if merge:
            sheet.merge_range(merge, "演示")
    return out.getvalue()


def brought(order, cast, content, name="results.csv"):
    return start_import(upload=ContentFile(content, name=name), actor=cast.tester, order=order, common=common())


def told(job):
    return [(fault["line"], fault["cell"], fault["code"]) for fault in job.faults]


def recorded(order):
    return sorted(Attempt.objects.filter(plan_item__order=order).values_list("plan_item__code", "verdict"))


@pytest.mark.parametrize(("content", "name", "encoding"), [
    (as_csv(GOOD), "a.csv", "UTF-8"), (as_csv(GOOD, "utf-8-sig"), "a.csv", "UTF-8"),
    (as_csv(GOOD, "utf-16"), "a.csv", "UTF-16"), (as_csv(GOOD, "gb18030"), "a.csv", "GB18030"),
    (as_csv(GOOD).replace(b",", b"\t"), "a.tsv", "UTF-8"), (as_xlsx(GOOD), "a.xlsx", "XLSX"),
])
def test_start_import_reads_every_honest_table(order, cast, content, name, encoding):
    job = brought(order, cast, content, name)
    assert (job.state, job.encoding, job.kept, job.faults) == (ImportState.CHECKED, encoding, 2, [])
    assert recorded(order) == []
    saved = save_import(job=job, actor=cast.tester)
    assert (saved.state, saved.saved, ImportRow.objects.count()) == (ImportState.SAVED, 2, 0)
    assert recorded(order) == [("FUN-02", "FAIL"), ("IOP-01", "PASS")]
    assert rebuild_slots(order=order) == []
    entry = Entry.objects.filter(chain=order.chain, act="results.recorded").get()
    assert (entry.after["attempts"], entry.after["file"], len(entry.after["sha256"])) == (2, name, 64)


@pytest.mark.parametrize(("row", "column", "code"), [
    (["IOP-99", "通过", "", "", ""], "编号", "item_unknown"),
    (["IOP-01", "也许", "", "", ""], "判定", "verdict_unknown"),
    (["IOP-01", "", "", "", "只有备注"], "判定", "verdict_missing"),
    (["IOP-01", "通过", "5", "次", ""], "数值1", "measurement_unknown"),
    (["IOP-01", "通过", "=1+1", "次", ""], "数值1", "cell_formula"),
    (["IOP-01", "通过", "", "", "", "落在表外"], "", "cell_outside"),
    (["@SUM(1)", "通过", "", "", ""], "编号", "cell_formula"),
    (["FUN-02", "通过", "", "", ""], "编号", "item_twice"),
])
def test_start_import_names_the_wrong_cell_and_saves_nothing(order, cast, row, column, code):
    job = brought(order, cast, as_csv([["FUN-02", "F", "", "", ""], row]))
    assert job.state == ImportState.FAULTY
    assert (3, column, code) in told(job) or code == "item_twice"
    assert {line for line, _cell, _code in told(job)} == {3}
    with pytest.raises(errors.ImportNotReady):
        save_import(job=job, actor=cast.tester)
    assert (recorded(order), ImportRow.objects.count()) == ([], 0)


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return out.getvalue()


@pytest.mark.parametrize(("content", "name", "code"), [
    (as_xlsx(GOOD, merge="B5:C6"), "a.xlsx", "sheet_merged"), (bomb(), "a.xlsx", "sheet_too_large"),
    (as_csv([], head=["编号"] + [f"列{n}" for n in range(1000)]), "a.csv", "sheet_too_large"),
    (as_csv(GOOD, head=["编号", "判定", "数值1", "单位1", "心情"]), "a.csv", "sheet_head_wrong"),
    (as_csv(GOOD, head=["编号", "判定", "判定", "单位1", "备注"]), "a.csv", "sheet_head_wrong"),
    (as_csv(GOOD, head=["判定", "判定2", "数值1", "单位1", "备注"]), "a.csv", "sheet_head_wrong"),
    (as_csv([["IOP-01", "", "", "", ""]]), "a.csv", "sheet_empty"), (b"\n", "a.csv", "sheet_empty"),
    (b"PK\x03\x04 broken", "a.xlsx", None), (as_csv(GOOD, "utf-16-le"), "a.csv", None),
    (b"\xff\xff\xff", "a.csv", None), (b"<testsuite><testcase", "a.xml", "sheet_unreadable"),
    (b'<!DOCTYPE x [<!ENTITY a "b">]><testsuite>&a;</testsuite>', "a.xml", "sheet_unreadable"),
])
def test_start_import_of_a_hostile_file_ends_in_a_clear_message(order, cast, content, name, code):
    if code is None:
        with pytest.raises(FileTypeMismatch):
            brought(order, cast, content, name)
    else:
        job = brought(order, cast, content, name)
        assert (job.state, job.faults[0]["code"], bool(job.faults[0]["remedy"])) == (ImportState.FAULTY, code, True)
    assert (recorded(order), ImportRow.objects.count()) == ([], 0)


def test_start_import_tells_a_date_from_a_number(order, cast):
    head = ["编号", "判定", "测试时间"]
    number = brought(order, cast, as_xlsx([["IOP-01", "通过", 45000.5]], head), "a.xlsx")
    assert told(number) == [(2, "测试时间", "cell_date_as_number")]
    when = timezone.localtime().replace(tzinfo=None, second=0, microsecond=0)
    right = brought(order, cast, as_xlsx([["IOP-01", "通过", when]], head), "a.xlsx")
    assert timezone.localtime(right.rows.get().performed_at).replace(tzinfo=None) == when
    wrong = brought(order, cast, as_csv([["IOP-01", "通过", "昨天"]], head=head))
    assert told(wrong) == [(2, "测试时间", "cell_moment_wrong")]
    assert isinstance(when, datetime)


def test_start_import_of_junit_takes_cases_by_their_item(order, cast):
    now = timezone.now().isoformat()
    job = brought(order, cast, f"""<testsuites><testsuite timestamp="{now}"><testcase name="IOP-01 association"/>
        <testcase name="FUN-02[wpa]"><failure message="演示：断开"/></testcase>
        <testcase name="FUN-04"><skipped/></testcase>
        </testsuite></testsuites>""".encode(), "a.xml")
    save_import(job=job, actor=cast.tester)
    assert recorded(order) == [("FUN-02", "FAIL"), ("IOP-01", "PASS")]


def test_save_import_after_a_colleague_recorded_one_item_saves_nothing(order, cast):
    job = brought(order, cast, as_csv(GOOD))
    record_attempts(order=order, rows=[results.row(item) for item in results.planned(order, ["IOP-01"])],
                    actor=cast.tester2)
    saved = save_import(job=job, actor=cast.tester)
    assert (saved.state, told(saved), "IOP-01" in saved.faults[0]["message"]) == (
        ImportState.FAULTY, [(None, "", "import_overtaken")], True)
    assert recorded(order) == [("IOP-01", "PASS")]


def test_save_import_by_another_is_refused(order, cast):
    job = brought(order, cast, as_csv(GOOD))
    for verb in (save_import, discard_import):
        with pytest.raises(errors.NotPermitted):
            verb(job=job, actor=cast.tester2)
    assert discard_import(job=job, actor=cast.tester).state == ImportState.DISCARDED
    assert (recorded(order), ImportRow.objects.count()) == ([], 0)


def test_process_import_goes_on_where_a_killed_worker_ended(order, cast, monkeypatch):
    monkeypatch.setattr(files, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(checking, "PIECE", 1)
    job = brought(order, cast, as_csv([*GOOD, ["FUN-04", "通过", "", "", ""]]))
    assert job.state == ImportState.QUEUED
    first = checking.claim(str(job.pk), ImportState.QUEUED)
    with first.file.content.open("rb") as content:
        checking.Checker(first).check([next(checking.lines_of(content, "csv")[1])])
    files.process_import(job_id=str(job.pk))
    assert ImportJob.objects.get().state == ImportState.QUEUED
    ImportJob.objects.update(lease=timezone.now() - checking.LEASE)
    assert requeue_lost_imports() == 1
    files.process_import(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.looked, job.kept) == (ImportState.CHECKED, 4, 3)
    monkeypatch.setattr(files, "AT_ONCE_ROWS", 0)
    assert save_import(job=job, actor=cast.tester).state == ImportState.SAVING
    for _twice in range(2):
        files.process_import(job_id=str(job.pk))
    assert len(recorded(order)) == 3


def test_export_is_what_an_import_takes_and_computes_nothing(order, cast):
    item = results.planned(order, ["IOP-01"])[0]
    record_attempts(order=order, rows=[results.row(item, remark="=1+1")], actor=cast.tester)
    table = table_of(grid_of(order))
    lines = list(csv.reader(io.StringIO(csv_of(table).decode("utf-8-sig"))))
    assert lines[1][0] == "IOP-01"
    assert "'=1+1" in lines[1]
    other = orders.in_testing(cast, device=order.device)
    done = next(row for row in table_of(grid_of(other)) if row[0] == "FUN-02")
    done[2] = "通过"
    for content, name in ((csv_of([table[0], done]), "a.csv"), (xlsx_of({"结果": [table[0], done]}), "a.xlsx")):
        job = brought(other, cast, content, name)
        assert (job.state, job.kept) == (ImportState.CHECKED, 1), job.faults


def test_start_import_keeps_words_that_begin_with_a_sign(order, cast):
    """A remark is text: nothing computes it, and what is exported as CSV is made harmless there."""
    said = ["- 版本字段错误", "@测试员 见附件", "=HYPERLINK(1)"]
    codes = ["IOP-01", "FUN-02", "FUN-04"]
    job = brought(order, cast, as_csv([[code, "F", "", "", word] for code, word in zip(codes, said, strict=True)]))
    assert (job.state, sorted(job.rows.values_list("remark", flat=True))) == (ImportState.CHECKED, sorted(said))


def test_start_import_accounts_for_every_row_and_sheet(order, cast):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        old, sheet, more = (book.add_worksheet(name) for name in ("上周", "结果", "补测"))
        for one in (old, sheet, more):
            one.write_row(0, 0, HEAD)
            one.write_row(1, 0, ["IOP-01", "通过"])
        sheet.write_row(1, 0, ["IOP-01", "未通过"])
        sheet.write_row(2, 0, ["FUN-02", "通过"])
        sheet.write_row(3, 0, ["FUN-04"])
        sheet.set_row(2, None, None, {"hidden": True})
        old.hide()
        sheet.activate()
    job = brought(order, cast, out.getvalue(), "a.xlsx")
    assert (job.state, job.kept, job.tally) == (ImportState.CHECKED, 1, {"FAIL": 1}), job.faults
    assert [(entry["kind"], entry["place"]) for entry in job.left_out] == [
        ("sheet_hidden", "上周"), ("sheet_further", "补测"), ("rows_hidden", "3"), ("rows_unfilled", "4")]
    save_import(job=job, actor=cast.tester)
    assert recorded(order) == [("IOP-01", "FAIL")]


def test_start_import_of_tests_that_did_not_run_records_none(order, cast):
    now = timezone.now().isoformat()
    job = brought(order, cast, f"""<testsuite timestamp="{now}">
        <testcase name="IOP-01" status="run" result="completed"/>
        <testcase name="FUN-02" status="notrun" result="suppressed"/><testcase name="FUN-04"><ignored/></testcase>
        </testsuite>""".encode(), "a.xml")
    assert (job.tally, [(entry["kind"], entry["count"]) for entry in job.left_out]) == (
        {"PASS": 1}, [("not_run", 1), ("not_run", 1)])
    save_import(job=job, actor=cast.tester)
    assert recorded(order) == [("IOP-01", "PASS")]
    nothing = brought(order, cast, b'<testsuite><testcase name="FUN-02" status="disabled"/></testsuite>', "a.xml")
    assert (nothing.state, told(nothing)[0][2]) == (ImportState.FAULTY, "sheet_empty")


@pytest.mark.parametrize(("cell", "code"), [(1.1, "cell_number"), (True, "cell_boolean"),
                                            ("=1+1", "cell_uncalculated")])
def test_start_import_names_the_cell_of_a_firmware_that_is_no_text(order, cast, cell, code):
    rows = [["IOP-01", "通过", cell], ["FUN-02", "通过"]]
    job = brought(order, cast, as_xlsx(rows, ["编号", "判定", "固件"]), "a.xlsx")
    assert [(fault["place"], fault["cell"], fault["code"]) for fault in job.faults] == [("C2", "固件", code)]
    assert (job.state, all(fault["message"] and fault["remedy"] for fault in job.faults)) == (ImportState.FAULTY, True)
