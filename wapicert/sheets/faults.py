"""Why a table as a whole, or one of its cells, cannot be taken as it stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from wapicert.errors import DomainError, InvalidInput

MOST_ROWS, MOST_COLUMNS = 200_000, 60
UNPACKED_BYTES = 200 * 1024 * 1024


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


class SheetQuoteOpen(InvalidInput):
    """A quotation mark that nothing ends, so that the rows below would become part of one cell."""

    code = "sheet_quote_open"
    message = _("第 %(line)d 行有引号没有结束，其下的行会并入这一格。")
    remedy = _("请补上结束的引号，或删去多余的引号；文字中的引号写两遍。")


class SheetQuoteStray(InvalidInput):
    """Text behind the mark that ends a quoted cell."""

    code = "sheet_quote_stray"
    message = _("第 %(line)d 行有一格在结束的引号之后还有文字。")
    remedy = _("请核对该行的引号；文字中的引号写两遍。")


class CellFault(InvalidInput):
    """A cell that cannot be taken literally; `extra` holds what its sentence names."""

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(self.message % facts if facts else self.message, field=field,
                         remedy=self.remedy % facts if facts else self.remedy, extra=facts)


class CellFormula(CellFault):
    """A cell that a spreadsheet would compute."""

    code = "cell_formula"
    message = _("单元格以公式符号开头。")
    remedy = _("请改为数值或文字。")


class CellUncalculated(CellFault):
    """A formula without the result that a spreadsheet would show."""

    code = "cell_uncalculated"
    message = _("单元格是公式，文件中没有它的结果。")
    remedy = _("请在表格软件中打开、重新计算并保存，或把结果粘贴为数值或文字。")


class CellError(CellFault):
    """#N/A, #DIV/0! and their like."""

    code = "cell_error"
    message = _("单元格为错误值 %(shown)s。")
    remedy = _("请更正公式，或直接填写结果。")


class CellBoolean(CellFault):
    """TRUE or FALSE, which is neither a word of ours nor a number."""

    code = "cell_boolean"
    message = _("单元格为逻辑值 %(shown)s。")
    remedy = _("请设为文本格式，写成文字。")


class CellDate(CellFault):
    """A day or a time where neither is asked for: 1-10 became the tenth of January."""

    code = "cell_date"
    message = _("单元格被存成了日期或时间。")
    remedy = _("请设为文本格式后，按原样重新填写。")


class CellNumber(CellFault):
    """A number where text is asked for: of the version 1.10 it keeps 1.1."""

    code = "cell_number"
    message = _("单元格存的是数字 %(shown)s，原来的写法（如 1.10、007）可能已丢失。")
    remedy = _("请设为文本格式后，按原样重新填写。")


class CellFormat(CellFault):
    """A number that its format shows as something else than a number."""

    code = "cell_format"
    message = _("单元格存有数字 %(stored)s，其格式“%(format)s”不是单纯的数字。")
    remedy = _("请设为“常规”或“数值”格式，单元格中只留数字。")


class CellMasked(CellFault):
    """A text of which its format shows nothing, more or something else."""

    code = "cell_masked"
    message = _("单元格存有文字“%(stored)s”，其格式“%(format)s”显示的不是它。")
    remedy = _("请设为“常规”或“文本”格式后，按原样重新填写。")


class CellRounded(CellFault):
    """A number of which the cell shows less than it holds."""

    code = "cell_rounded"
    message = _("单元格显示 %(shown)s，实际存有 %(stored)s，两者不一致。")
    remedy = _("请直接填写要记录的数值，或显示全部小数位。")


class CellPercent(CellFault):
    """A percentage beside another unit."""

    code = "cell_percent"
    message = _("单元格显示 %(shown)s，而单位不是 %%。")
    remedy = _("请写作 %(number)s，单位写 %%；或换算为该项的单位。")


class CellOutside(CellFault):
    """A cell under no head, of which nobody knows what it means."""

    code = "cell_outside"
    message = _("单元格“%(shown)s”所在的列没有列名。")
    remedy = _("请删去，或写到有列名的列中；CSV 中含分隔符的文字须放在引号内。")


CELL_FAULTS: dict[str, type[CellFault]] = {kind.code: kind for kind in CellFault.__subclasses__()}


def too_large(rows: int = MOST_ROWS) -> DomainError:
    """The refusal that names the limits."""
    limits = {"rows": rows, "columns": MOST_COLUMNS, "megabytes": UNPACKED_BYTES // 1024 // 1024}
    return SheetTooLarge(SheetTooLarge.message % limits, field="file")
