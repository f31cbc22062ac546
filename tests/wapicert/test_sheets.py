"""Workbooks read as they are shown: numbers by their format, hidden rows and sheets, formulas, errors, dates."""

import io
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from wapicert.errors import DomainError
from wapicert.sheets import Account, Cell, Kind, Visibility, number_in, open_book, text_in, told, words_in
from wapicert.sheets.formats import shown

FILES = Path(__file__).parent / "files"
DAY = datetime(2026, 1, 10)  # noqa: DTZ001 - a cell knows no zone


def number(value, code="General"):
    return Cell(2, 4, Kind.NUMBER, Decimal(str(value)), code)


def written(make, **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        make(book)
    return out


def cells_of(content):
    """What is in the first sheet that is seen, by the name of the cell."""
    with open_book(content) as book:
        return {cell.name: cell for row in book.rows(book.visible[0]) for cell in row.cells}


def code_of(read, cell):
    with pytest.raises(DomainError) as refused:
        read(cell)
    assert str(refused.value.remedy)
    return refused.value.code


# What LibreOffice 7 shows for these numbers in these formats.
@pytest.mark.parametrize(("value", "code", "text"), [
    ("0.08", "0%", "8%"), ("0.054", "0%", "5%"), ("0.054", "0.0%", "5.4%"), ("-0.004", "0.00%", "-0.40%"),
    ("2.5", "0.00", "2.50"), ("2.456", "0.00", "2.46"), ("99.995", "0.00", "100.00"), ("-0.004", "0.0", "0.0"),
    ("0.30000000000000004", "General", "0.3"), ("3.3000000000000003", "General", "3.3"),
    ("0.00001", "General", "0.00001"),
    ("1234567.891", "#,##0.00", "1,234,567.89"), ("1234.5", "0.0,", "1.2"), ("5", "000000", "000005"),
    ("5", "+0.0;-0.0;0.0", "+5.0"), ("-5", "0.00_);(0.00)", "(5.00)"), ("-5", "0;0", "5"),
    ("-5", "0.00;[Red]-0.00", "-5.00"),
    ("0.00001", "0.00E+00", "1.00E-05"), ("99.995", "0.00E+00", "1.00E+02"), ("0.5", "0.0?", "0.5"),
    ("0", "0;-0;;@", ""),
    ("5", "¥0.00", "¥5.00"), ("-5", "$#,##0.00", "-$5.00"), ("5", "[$¥-804]#,##0.00", "¥5.00"),
    ("2.5", '0.0"ms"', "2.5ms"),
    ("5", ";;;", ""), ("0.25", "# ?/?", None), ("5", "[>3]0;0.0", None), ("5", "##0.0E+0", None),
    ("5", "yyyy-mm-dd", None),
    ("5", "[DBNum1][$-804]General", None),
])
def test_number_is_shown_as_in_a_spreadsheet(value, code, text):
    found = shown(Decimal(value), code)
    assert (found if found is None else found.strip()) == text


@pytest.mark.parametrize(("value", "code", "text"), [
    ("0.08", "0%", "8%"), ("0.965", "0.0%", "96.5%"), ("2.5", "0.00", "2.50"), ("1234.5", "#,##0.0", "1234.5"),
    ("-85", "0_ ;[Red]-0 ", "-85"), ("5", "_ * #,##0_ ", "5"), ("5", "[Color22]0", "5"),
    ("0.30000000000000004", "General", "0.3"),
    ("1.0000000000000001E-5", "General", "0.00001"),
    ("0.00001", "0.00E+00", "0.0000100"), ("0.5", "#.##", "0.5"), ("8", '0"%"', None),
    ("0.333333333333333314829616256247", "General", "0.333333333333333"),
])
def test_number_is_taken_as_the_cell_shows_it(value, code, text):
    if text is None:
        # Shows 8% and holds 8: which of both is meant, nobody can say.
        assert code_of(number_in, number(value, code)) == "cell_rounded"
    else:
        assert number_in(number(value, code)) == text


@pytest.mark.parametrize(("value", "code", "fault"), [
    ("2.456", "0.00", "cell_rounded"), ("0.054", "0%", "cell_rounded"), ("2.5", "0", "cell_rounded"),
    ("-5", "0;0", "cell_rounded"), ("1234567", "0.0,,", "cell_rounded"), ("5", "¥0.00", "cell_format"),
    ("2.5", '0.0"ms"', "cell_format"), ("-5", "0.00;(0.00)", "cell_format"), ("0.25", "# ?/?", "cell_format"),
    ("5", ";;;", "cell_format"), ("0", "0;-0;;@", "cell_format"), ("5", "[$€-2] 0.00", "cell_format"),
    ("5", "[<9]0;0.0", "cell_format"), ("5", "000-0000", "cell_format"), ("5", "[White]0", "cell_format"),
    ("5", "[Color2]0", "cell_format"), ("5", "[Color 2]0", "cell_format"), ("5", "*-0", "cell_format"),
])
def test_number_that_is_shown_as_another_is_a_fault_of_its_cell(value, code, fault):
    assert code_of(number_in, number(value, code)) == fault


@pytest.mark.parametrize(("value", "code"), [("1.1", "0.00"), ("1.1", "General"), ("7", "000"), ("2", "@")])
def test_version_as_a_number_is_refused_where_text_is_asked_for(value, code):
    assert code_of(text_in, number(value, code)) == "cell_number"


def dressed(book, code):
    book.add_worksheet().write(0, 0, "通过", book.add_format({"num_format": code}))


@pytest.mark.parametrize("code", [";;;", '0;0;0;"未通过"', '@"0"', "0;-0;0;[White]@", ";;;**", '"未"@'])
@pytest.mark.parametrize("read", [text_in, words_in, number_in])
def test_text_of_which_the_format_shows_nothing_or_something_else_is_a_fault(code, read):
    cells = cells_of(written(lambda book: dressed(book, code)))
    assert code_of(read, cells["A1"]) == "cell_masked"


@pytest.mark.parametrize("code", ["@", "General", "0.00", "yyyy/m/d;@", ";;", '0"ms"', "0;-0;0;[Red]@", 'General"%"',
                                  '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '])
def test_text_that_the_format_shows_is_taken(code):
    cells = cells_of(written(lambda book: dressed(book, code)))
    assert text_in(cells["A1"]) == "通过"


@pytest.mark.parametrize("text", ["10²", "5①", "⑤", "5⒈", "1½", "10₂", "1.0²"])
def test_sign_that_is_no_plain_digit_becomes_none(text):
    assert (text_in(Cell(1, 0, Kind.TEXT, text)), number_in(Cell(1, 0, Kind.TEXT, text))) == (text, text)


def test_digits_that_are_raised_or_struck_out_are_no_part_of_a_number():
    def make(book):
        sheet, raised = book.add_worksheet(), book.add_format({"font_script": 1})
        sheet.write_rich_string(0, 0, "10", raised, "2")
        sheet.write_rich_string(0, 1, "1", book.add_format({"font_script": 2}), "0", "5")
        sheet.write_rich_string(0, 2, book.add_format({"font_strikeout": True}), "5", "7")
        sheet.write_rich_string(0, 3, "10", book.add_format({"bold": True}), "2")

    assert [number_in(cell) for cell in cells_of(written(make)).values()] == ["10²", "1₀5", "5\u03367", "102"]


def test_raised_digits_of_a_text_within_its_cell_stay_raised():
    inline = ('<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>10</t></r><r><rPr><vertAlign '
              'val="superscript"/></rPr><t>2</t></r></is></c><c r="B1"><v>2</v></c></row></sheetData></worksheet>')
    whole = written(lambda book: book.add_worksheet().write("A1", "编号"))
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, inline if name == SHEET else source.read(name))
    assert [number_in(cell) for cell in cells_of(out).values()] == ["10²", "2"]


@pytest.mark.parametrize(("kind", "value", "fault"), [
    (Kind.ERROR, "#N/A", "cell_error"), (Kind.ERROR, "#DIV/0!", "cell_error"), (Kind.BOOLEAN, "TRUE", "cell_boolean"),
    (Kind.DATE, DAY, "cell_date"), (Kind.UNCALCULATED, "", "cell_uncalculated"),
])
@pytest.mark.parametrize("read", [text_in, words_in, number_in])
def test_cell_that_holds_no_text_and_no_number_is_a_fault_everywhere(kind, value, fault, read):
    assert code_of(read, Cell(2, 1, kind, value)) == fault


@pytest.mark.parametrize(("text", "taken"), [
    ("\u200bINT-05", "INT-05"), ("INT-06\ufeff", "INT-06"), ("ＩＮＴ－０７", "INT-07"), ("INT\u201108", "INT-08"),
    ("SN\u00ad-1\u202c", "SN-1"), ("'=1+1", "=1+1"),
])
def test_code_is_read_without_signs_that_nobody_sees(text, taken):
    assert text_in(Cell(1, 0, Kind.TEXT, text)) == taken


@pytest.mark.parametrize(("text", "taken"), [
    ("\u221285", "-85"), ("\u201385", "-85"), ("－85", "-85"), ("１００", "100"), ("5 ± 0.2", "5 ± 0.2"),
    ("\u20130.5", "-0.5"),
])
def test_minus_of_a_word_processor_is_a_minus(text, taken):
    assert number_in(Cell(1, 0, Kind.TEXT, text)) == taken


@pytest.mark.parametrize(("text", "taken"), [
    ("'- 版本字段错误\n- 重复三次", "- 版本字段错误\n- 重复三次"), ("- Expected", "- Expected"), ("'引文'", "'引文'"),
    ("@测试员 见附件", "@测试员 见附件"), ("'@测试员", "@测试员"),
])
def test_words_come_back_as_they_were(text, taken):
    assert words_in(Cell(1, 0, Kind.TEXT, text)) == taken


def test_book_of_libreoffice_shows_what_libreoffice_shows():
    with (FILES / "libreoffice.xlsx").open("rb") as content, open_book(content) as book:
        account = Account()
        account.note_sheets(book, book.visible[:1])
        rows = list(book.rows(book.visible[0]))
    assert [(sheet.name, sheet.visibility) for sheet in book.sheets] == [
        ("上周", Visibility.HIDDEN), ("结果", Visibility.VISIBLE), ("第二页", Visibility.VISIBLE)]
    assert [row.number for row in rows if row.is_hidden] == [3]
    cells = {cell.name: cell for row in rows for cell in row.cells}
    assert [number_in(cells[name]) for name in ("C5", "E5", "G5", "C6")] == ["10", "92%", "8%", "2.50"]
    assert [(entry["kind"], entry["place"], entry["count"]) for entry in account.entries] == [
        ("sheet_hidden", "上周", 2), ("sheet_further", "第二页", 2)]
    assert all("第二页" in what or "上周" in what for what, _why in map(told, account.entries))


def test_hidden_columns_rows_and_very_hidden_sheets_are_told():
    def make(book):
        old, sheet = book.add_worksheet("旧"), book.add_worksheet("新")
        old.very_hidden()
        sheet.activate()
        for place in range(4):
            sheet.write_row(place, 0, ["a", "b", "c", "d"])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(2, 0)
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.set_column(3, 3, 0)

    with open_book(written(make)) as book:
        rows = list(book.rows(book.visible[0]))
        assert (book.sheets[0].visibility, sorted(book.hidden_columns)) == (Visibility.VERY_HIDDEN, [1, 3])
    assert [row.number for row in rows if row.is_hidden] == [2, 3]


def test_formula_without_its_result_is_told_from_one_with():
    def make(book):
        sheet = book.add_worksheet()
        sheet.write_formula("A1", '=IF(1=2,"通过","未通过")')
        sheet.write_formula("B1", "=1+1.5", None, 2.5)
        sheet.write_formula("C1", '="通"&"过"', None, "通过")
        sheet.write_formula("D1", "=NA()", None, "#N/A")
        sheet.write_formula("E1", "=1=1", None, True)

    cells = cells_of(written(make))
    assert {name: cell.kind for name, cell in cells.items()} == {
        "A1": Kind.UNCALCULATED, "B1": Kind.NUMBER, "C1": Kind.TEXT, "D1": Kind.ERROR, "E1": Kind.BOOLEAN}
    out, book = io.BytesIO(), openpyxl.Workbook()
    book.active.append(["=1+1", "=#REF!", "通过"])
    book.save(out)
    assert [cell.kind for cell in cells_of(out).values()] == [Kind.UNCALCULATED, Kind.UNCALCULATED, Kind.TEXT]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_dates_are_dates_in_both_calendars(options):
    when = DAY.replace(hour=9, minute=30, second=15)

    def make(book):
        sheet = book.add_worksheet()
        for column, code in enumerate(("yyyy-mm-dd hh:mm", 'yyyy"年"m"月"d"日"', "[$-804]aaaa d/m/yy", "[h]:mm:ss")):
            sheet.write_datetime(0, column, when, book.add_format({"num_format": code}))

    assert [(cell.kind, cell.value) for cell in cells_of(written(make, **options)).values()] == [(Kind.DATE, when)] * 4


def test_texts_are_read_as_they_are_shown():
    rich = ('<si><r><t>INT</t></r><r><t>-05</t></r><rPh sb="0" eb="1"><t>yin</t></rPh></si>'
            "<si><t>a_x000D_b_x005F_x</t></si>")
    relations = "<Relationships>{}</Relationships>".format
    relation = '<Relationship Id="{}" Type="x/{}" Target="{}"/>'.format
    row = '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
    sheets = '<x:sheets><x:sheet name="S" sheetId="1" r:id="a"/></x:sheets>'
    parts = {
        "_rels/.rels": relations(relation("r", "officeDocument", "/xl/workbook3.xml")),
        "xl/workbook3.xml": f'<x:workbook xmlns:x="u" xmlns:r="v">{sheets}</x:workbook>',
        "xl/_rels/workbook3.xml.rels": relations(relation("a", "worksheet", "s.xml")
                                                 + relation("b", "sharedStrings", "t.xml")),
        "xl/s.xml": f'<x:worksheet xmlns:x="u"><x:sheetData>{row}</x:sheetData></x:worksheet>',
        "xl/t.xml": f"<sst>{rich}</sst>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    assert {name: cell.value for name, cell in cells_of(out).items()} == {"A1": "INT-05", "B1": "a\rb_x"}


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("part", "damage"), [
    (SHEET, "<worksheet><sheetData><row"), ("xl/workbook.xml", "<workbook/>"),
    (SHEET, '<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'),
    (SHEET, '<worksheet><sheetData><row r="2"><c r="A2"><v>x</v></c></row></sheetData></worksheet>'),
    (SHEET, '<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>'),
    (SHEET, '<worksheet><sheetData><row><c t="s"><v>9</v></c></row></sheetData></worksheet>'),
])
def test_broken_book_is_refused_and_never_read_in_part(part, damage):
    whole = written(lambda book: book.add_worksheet().write("A1", "编号"))
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, damage if name == part else source.read(name))
    with pytest.raises(DomainError) as refused:
        cells_of(out)
    assert refused.value.code == "sheet_unreadable"
