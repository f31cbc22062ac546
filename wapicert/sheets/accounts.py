"""The account of a file: what of it was left out, where and why, so that nothing vanishes in silence."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from wapicert.sheets.books import Book, Sheet, Visibility
from wapicert.sheets.cells import ranges_of

NAMES_KEPT = 20


class Omission(StrEnum):
    """Why a part of a file was not taken."""

    SHEET_HIDDEN = "sheet_hidden"
    SHEET_FURTHER = "sheet_further"
    SHEET_NO_TABLE = "sheet_no_table"
    ROWS_HIDDEN = "rows_hidden"
    ROWS_UNFILLED = "rows_unfilled"
    COLUMNS_HIDDEN = "columns_hidden"
    NOT_RUN = "not_run"


class Account:
    """Collects what was left out, as it is kept beside the file: [{"kind", "place", "count", "why"}]."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def note(self, kind: Omission, place: str, count: int, why: str = "") -> None:
        """Something was left out; nothing is noted of what holds nothing."""
        if count:
            self.entries.append({"kind": str(kind), "place": place[:400], "count": count, "why": why[:200]})

    def note_rows(self, kind: Omission, numbers: list[int]) -> None:
        """Rows were left out."""
        self.note(kind, ranges_of(numbers), len(numbers))

    def note_sheets(self, book: Book, taken: list[Sheet]) -> None:
        """Every sheet that is not read: hidden ones, further ones that hold something, charts."""
        for sheet in book.sheets:
            if sheet in taken:
                continue
            if not sheet.is_table:
                self.note(Omission.SHEET_NO_TABLE, sheet.name, 1)
            elif sheet.visibility != Visibility.VISIBLE:
                self.note(Omission.SHEET_HIDDEN, sheet.name, max(book.filled(sheet), 1))
            else:
                self.note(Omission.SHEET_FURTHER, sheet.name, book.filled(sheet))


def counted(entries: list[dict[str, Any]], kind: Omission) -> int:
    """How many of a kind were left out."""
    return sum(entry["count"] for entry in entries if entry["kind"] == kind)


def told(entry: dict[str, Any]) -> tuple[str, str]:
    """What was left out, and why or what to do about it, in the reader's language."""
    what, why = {
        Omission.SHEET_HIDDEN: (_("工作表“%(place)s”（%(count)d 行）"),
                                _("工作表是隐藏的，未读取；需要其内容的，请取消隐藏并移到最前。")),
        Omission.SHEET_FURTHER: (_("工作表“%(place)s”（%(count)d 行）"),
                                 _("只读取最前面的可见工作表；需要其内容的，请另行上传。")),
        Omission.SHEET_NO_TABLE: (_("图表“%(place)s”"), _("不是工作表，未读取。")),
        Omission.ROWS_HIDDEN: (_("第 %(place)s 行（共 %(count)d 行）"),
                               _("被隐藏或筛选掉，未读取；需要其内容的，请取消筛选后重新上传。")),
        Omission.ROWS_UNFILLED: (_("第 %(place)s 行（共 %(count)d 行）"), _("没有判定、数值或备注。")),
        Omission.COLUMNS_HIDDEN: (_("列 %(place)s"), _("被隐藏，未读取；需要其内容的，请取消隐藏后重新上传。")),
        Omission.NOT_RUN: (_("%(place)s（共 %(count)d 项）"), _("未执行，不产生结果：%(why)s。")),
    }[Omission(entry["kind"])]
    return what % entry, why % entry
