"""Tables of results as a person sees them: what is hidden is left out and told, a cell that misleads is named."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from django.utils import timezone

from products.results.selectors.sheets import entered_row, lines_of
from products.suites.models import Measurement
from wapicert.errors import DomainError
from wapicert.sheets import Account, told

FILES = Path(__file__).parent / "files"
COMMON = {"hardware": "V1.0", "firmware": "1.0.4", "tool": "DEMO-JZ-01", "performed_at": timezone.now().isoformat()}
LOSS = [Measurement(key="tries", unit="次", type="number"), Measurement(key="success", unit="%", type="number"),
        Measurement(key="loss", unit="%", type="number"), Measurement(key="alg", unit="", type="text")]


def read(content, extension="xlsx"):
    """The rows that are taken, what is wrong with their cells, and the account of the rest."""
    account, rows, faults = Account(), [], []
    source = io.BytesIO(content if isinstance(content, bytes) else (FILES / content).read_bytes())
    for line in lines_of(source, extension, account)[1]:
        row, found = entered_row(line, COMMON, LOSS)
        rows.append(row)
        faults += [(line.name_of(name), fault.code) for name, fault in found]
    return rows, faults, account.entries


HEAD = ("编号", "判定", "数值1", "单位1", "数值2", "单位2", "数值3", "单位3", "固件", "备注")


def book(rows, head=HEAD, dress=None):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet("结果")
        for place, line in enumerate([head, *rows]):
            for column, cell in enumerate(line):
                value, code = cell if isinstance(cell, tuple) else (cell, None)
                sheet.write(place, column, value, made.add_format({"num_format": code}) if code else None)
        if dress:
            dress(made, sheet)
    return out.getvalue()


def values(row):
    return {key: f"{one['value']} {one['unit']}" for key, one in row["values"].items()}


def test_cell_that_shows_8_percent_is_8_percent():
    rows, faults, left = read("18-percent-format.xlsx")
    assert [values(row) for row in rows] == [{"tries": "50 次", "success": "96 %"},
                                             {"tries": "10 次", "success": "92 %", "loss": "8 %"}]
    assert (faults, left) == ([], [])


@pytest.mark.parametrize(("cell", "unit", "taken"), [
    ((0.08, "0%"), "%", "8 %"), ((0.0825, "0.00%"), "%", "8.25 %"), ((0.08, "0%"), "％", "8 %"), ("8%", "%", "8 %"),
    ((8, "0"), "%", "8 %"), ((1, "0%"), "%", "100 %"), ((-0.03, "0%;-0%"), "%", "-3 %"),
])
def test_percentage_beside_its_unit_is_the_number_before_the_sign(cell, unit, taken):
    rows, faults, _left = read(book([["PER-07", "", "", "", cell, unit]]))
    assert (values(rows[0]), faults) == ({"success": taken}, [])


@pytest.mark.parametrize(("cell", "unit", "code"), [
    ((0.08, "0%"), "毫秒", "cell_percent"), ((0.08, "0%"), "", "cell_percent"), ((0.054, "0%"), "%", "cell_rounded"),
    ((0.08, '0.00"s"'), "%", "cell_format"), ((5, "¥0"), "%", "cell_format"), ((0.5, "# ?/?"), "%", "cell_format"),
    (True, "%", "cell_boolean"), ((45000, "yyyy-mm-dd"), "%", "cell_date"),
])
def test_value_that_is_not_what_its_cell_shows_is_a_fault_of_the_cell(cell, unit, code):
    _rows, faults, _left = read(book([["PER-07", "", "", "", cell, unit]]))
    assert faults == [("E2", code)]


@pytest.mark.parametrize("code", [";;;", '0;-0;0;"未通过"'])
def test_verdict_that_its_format_hides_or_turns_round_is_a_fault_of_the_cell(code):
    rows, faults, _left = read(book([["INT-05", ("通过", code), "3", "次"]]))
    assert ([row["verdict"] for row in rows], faults) == ([None], [("B2", "cell_masked")])


def test_visible_sheet_is_read_and_the_others_are_named():
    rows, _faults, left = read("36-hidden-old-results.xlsx")
    assert [(row["item"], row["verdict"]) for row in rows] == [("INT-05", "FAIL"), ("INT-06", "FAIL")]
    assert [(entry["kind"], entry["place"], entry["count"]) for entry in left] == [("sheet_hidden", "上周", 3)]
    rows, _faults, left = read("38-second-sheet-ignored.xlsx")
    assert [row["item"] for row in rows] == ["INT-05"]
    assert [(entry["kind"], entry["place"]) for entry in left] == [("sheet_further", "第二页")]


def test_rows_and_columns_that_nobody_sees_are_left_out_and_named():
    def hide(_made, sheet):
        sheet.autofilter("A1:J4")
        sheet.filter_column("B", "x == 未通过")
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column("I:I", None, None, {"hidden": True})

    filled = [["INT-05", "通过"], ["INT-06", "未通过", *[""] * 6, "1.0.1"], ["INT-07"]]
    rows, faults, left = read(book(filled, dress=hide))
    assert [(row["item"], row["firmware"]) for row in rows] == [("INT-06", "1.0.4")]
    assert (faults, [(entry["kind"], entry["place"]) for entry in left]) == (
        [], [("rows_hidden", "2"), ("columns_hidden", "I 固件"), ("rows_unfilled", "4")])
    assert all("未读取" in why for _what, why in list(map(told, left))[:2])


def test_formula_without_a_result_and_errors_are_faults_of_their_cells():
    assert read("37-formula-verdict-dropped.xlsx")[1] == [("B2", "cell_uncalculated")]
    assert read("100-error-cells.xlsx")[1] == [("B2", "cell_error"), ("C3", "cell_error")]
    # Programs that cannot compute leave a nought behind.
    assert read(book([["INT-05", "=IF(1=2,1,2)"], ["INT-06", "通过", "=1/3"]]))[1] == [
        ("B2", "cell_uncalculated"), ("C3", "cell_uncalculated")]


@pytest.mark.parametrize(("column", "cell"), [
    (0, 5), (1, 1), (8, (1.1, "0.00")), (8, 1.1), (8, 2), (3, 5), (8, (45000, "m/d")), (8, True),
])
def test_number_in_a_column_of_names_is_refused_with_its_cell(column, cell):
    row = ["INT-05", "通过", *[""] * 8]
    row[column] = cell
    _rows, faults, _left = read(book([row]))
    assert [name for name, _code in faults] == [f"{'ABCDEFGHIJ'[column]}2"]
    assert faults[0][1] in ("cell_number", "cell_date", "cell_boolean")


def test_firmware_1_10_as_a_number_is_never_recorded_on_1_1():
    rows, faults, _left = read("80-version-as-number.xlsx")
    assert (rows[0]["firmware"], faults) == ("1.0.4", [("J2", "cell_number")])
    text, faults, _left = read(book([["INT-05", "通过", *[""] * 6, "1.10"]]))
    assert (text[0]["firmware"], faults) == ("1.10", [])


def test_number_where_free_text_is_measured_is_refused():
    head = ("编号", "判定", "数值4")
    assert read(book([["FUN-ASP", "通过", 1.1]], head))[1] == [("C2", "cell_number")]
    assert read(book([["FUN-ASP", "通过", "1.10"]], head))[0][0]["values"]["alg"]["value"] == "1.10"


def test_numbers_are_taken_with_the_digits_that_are_shown():
    assert [values(row) for row in read("30-excel-17-digits.xlsx")[0]] == [
        {"tries": "0.3 毫秒", "success": "0.00001 %"}, {"tries": "3.3 秒"}]
    assert values(read("20-shown-decimals.xlsx")[0][0]) == {"tries": "2.50 秒"}
    assert values(read("27-minus-and-signs.xlsx")[0][0]) == {"tries": "-85 dBm"}


def test_codes_with_signs_that_nobody_sees_are_read():
    assert [(row["item"], row["verdict"]) for row in read("26-zero-width.xlsx")[0]] == [
        (f"INT-0{nth}", "PASS") for nth in (5, 6, 7, 8)]


def test_remark_that_was_exported_comes_back_as_it_was():
    rows, faults, _left = read("82-reimport-export.csv", "csv")
    assert (rows[0]["remark"], faults) == ("- 版本字段错误\n- 重复三次", [])


def test_book_of_another_name_is_read():
    assert [row["item"] for row in read("33-workbook2.xlsx")[0]] == ["INT-05"]


def test_rows_are_numbered_as_in_the_sheet():
    lines = list(lines_of(io.BytesIO((FILES / "25-blank-rows-above-bad-line.xlsx").read_bytes()), "xlsx")[1])
    assert [(line.number, line.text_of("item"), line.name_of("item")) for line in lines] == [
        (5, "INT-05", "A5"), (6, "INT-99", "A6")]


@pytest.mark.parametrize(("content", "extension"), [
    ((FILES / "42-unclosed-quote.csv").read_bytes(), "csv"),
    ('编号\t判定\t备注\nINT-05\t未通过\t"信道\nINT-06\t未通过\t\n'.encode(), "tsv"),
    ('编号;判定;备注\nINT-05;未通过;"信道\nINT-06;未通过;"\n'.encode(), "csv"),
])
def test_mark_left_open_refuses_the_file_and_no_row_is_swallowed(content, extension):
    with pytest.raises(DomainError) as refused:
        read(content, extension)
    assert (refused.value.code, "第 2 行" in str(refused.value)) == ("sheet_quote_open", True)


@pytest.mark.parametrize("content", ["编号,判定,备注\nINT-05,未通过,信道 1, 2\n", "编号,判定,\nINT-05,未通过,备忘\n"])
def test_cell_under_no_head_is_told(content):
    line = next(lines_of(io.BytesIO(content.encode()), "csv")[1])
    assert [cell.name[1:] for cell in line.outside] == ["2"]
