"""Separated text read strictly: what a person sees in a cell stays in it, and no mark swallows a row."""

import io
import json
from pathlib import Path

import pytest

from wapicert.errors import DomainError
from wapicert.sheets import encoding_of, separated_rows
from wapicert.sheets.separated import block_rows

BLOCKS = json.loads((Path(__file__).parent / "files/blocks.json").read_text(encoding="utf-8"))
CODES = {"open": "sheet_quote_open", "stray": "sheet_quote_stray"}


def rows_of(text, encoding="utf-8"):
    content = io.BytesIO(text.encode(encoding))
    return [(row.number, {cell.name: cell.value for cell in row.cells})
            for row in separated_rows(content, encoding_of(content))]


@pytest.mark.parametrize("example", BLOCKS)
def test_block_from_the_clipboard_is_read_as_the_bench_reads_it(example):
    lines = io.StringIO(example["block"], newline="")
    if "fault" in example:
        with pytest.raises(DomainError) as refused:
            list(block_rows(lines, "\t"))
        assert (refused.value.code, f"第 {example['row']} 行" in str(refused.value)) == (CODES[example["fault"]], True)
    else:
        found = {(cell.row, cell.column): cell.value for row in block_rows(lines, "\t") for cell in row.cells}
        assert found == {(nth, column): cell for nth, row in enumerate(example["rows"], start=1)
                         for column, cell in enumerate(row) if cell}


@pytest.mark.parametrize(("text", "line"), [
    ('编号,判定,备注\nINT-05,未通过,"信道 1\nINT-06,未通过,\nINT-07,通过,\n', 2),
    ('编号,判定,备注\nINT-05,通过,\nINT-06,未通过,"信道\nINT-07,未通过,\nINT-08,通过,"\n', 3),
    ('编号;判定;备注\r\nINT-05;通过;好\r\nINT-06;未通过;"信道', 3),
    ('编号\t备注\nINT-05\t"信道\nINT-06\t甲\nINT-07\t乙"\n', 2),
])
def test_mark_left_open_is_refused_with_its_line(text, line):
    with pytest.raises(DomainError) as refused:
        rows_of(text)
    assert (refused.value.code, f"第 {line} 行" in str(refused.value)) == ("sheet_quote_open", True)


@pytest.mark.parametrize(("text", "cell"), [
    ('编号,备注\nINT-05,"第一行\r\n第二行, 好"\n', "第一行\n第二行, 好"),
    ('编号;备注\nINT-05;"a;b ""c"""\n', 'a;b "c"'),
    ('编号,备注\nINT-05,5" 屏幕\n', '5" 屏幕'),
    ('sep=;\n编号;备注\nINT-05;1,5\n', "1,5"),
    ("编号,备注\rINT-05,旧式换行\r", "旧式换行"), ("\n\n编号\t备注\nINT-05\t甲,乙,丙\n", "甲,乙,丙"),
    ('编号,备注\nINT-05,"见下\n信道 1, 信道 2"\n', "见下\n信道 1, 信道 2"),
])
def test_cell_with_marks_separators_and_lines_is_read_whole(text, cell):
    number, cells = rows_of(text)[-1]
    expected = {"s": 3, "\n": 4}.get(text[0], 2)
    assert (list(cells.values()), number) == (["INT-05", cell], expected)


def test_empty_columns_at_both_ends_shift_nothing():
    assert rows_of(",编号,判定,,\n,INT-05,通过,,\n,,,,\n") == [
        (1, {"B1": "编号", "C1": "判定"}), (2, {"B2": "INT-05", "C2": "通过"})]
