"""Refusals of a file of results as a whole."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, InvalidInput


class SheetUnreadable(InvalidInput):
    """The bytes are not the table that the name promises."""

    code = "sheet_unreadable"
    message = _("文件无法作为表格读取。")
    remedy = _("请另存为 CSV（UTF-8）或 XLSX 后重新上传。")


class SheetEncodingUnknown(InvalidInput):
    """Neither UTF-8 nor UTF-16 with its mark nor GB 18030."""

    code = "sheet_encoding_unknown"
    message = _("无法识别文字编码。")
    remedy = _("请另存为 UTF-8、带标记的 UTF-16 或 GB 18030。")


class SheetTooLarge(InvalidInput):
    """More rows, more columns or more bytes once unpacked than anybody enters."""

    code = "sheet_too_large"
    message = _("表格过大：最多 %(rows)d 行、%(columns)d 列，解压后不超过 %(megabytes)d MB。")
    remedy = _("请删去多余的行列，或拆成几个文件。")


class SheetMerged(InvalidInput):
    """Merged cells, whose value belongs to no row."""

    code = "sheet_merged"
    message = _("表格含合并单元格：%(cells)s。")
    remedy = _("请取消合并，每行填写完整后重新上传。")


class SheetHeadWrong(InvalidInput):
    """The first row names no item column, or columns that mean nothing."""

    code = "sheet_head_wrong"
    message = _("首行有无法识别、重复或缺少的列：%(columns)s。")
    remedy = _("请先导出本表，按其首行的列名填写。")


class SheetEmpty(InvalidInput):
    """A head without a result below."""

    code = "sheet_empty"
    message = _("文件中没有任何结果。")
    remedy = _("请至少填写一行的判定或测量值。")


class CellFormula(InvalidInput):
    """A cell that a spreadsheet would compute."""

    code = "cell_formula"
    message = _("单元格以公式符号开头。")
    remedy = _("请改为数值或文字。")


class CellDateAsNumber(InvalidInput):
    """A date that lost its format and came as days since 1900."""

    code = "cell_date_as_number"
    message = _("日期被存成了数字。")
    remedy = _("请把该列设为日期格式，或写作 2026-03-15 09:30。")


class CellMoment(InvalidInput):
    """A time that cannot be read."""

    code = "cell_moment_wrong"
    message = _("无法识别的时间。")
    remedy = _("请写作 2026-03-15 09:30（北京时间）。")


class OrderUnknown(InvalidInput):
    """A row that names an order which the person does not see."""

    code = "order_unknown"
    message = _("没有这个委托。")
    remedy = _("请核对委托编号。")


class ImportNotReady(Conflict):
    """Saving or discarding a file that is not in the state for it."""

    code = "import_not_ready"
    message = _("该文件现在不能保存或放弃。")
    remedy = _("请刷新页面查看其状态。")


class ImportOvertaken(Conflict):
    """Somebody recorded one of its items after the file was checked."""

    code = "import_overtaken"
    message = _("核对之后已有其他记录：%(items)s。")
    remedy = _("请删去这些行后重新上传；未保存任何一条。")
