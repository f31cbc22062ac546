"""Refusals of a file of results as a whole."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, InvalidInput


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


class NotJunit(InvalidInput):
    """Another program's own form of results, which names no tests as JUnit does."""

    code = "sheet_not_junit"
    message = _("XML 的根元素是 <%(root)s>，不是 JUnit 报告。")
    remedy = _("请让测试工具输出 JUnit XML：Robot Framework 用 --xunit，CTest 用 --output-junit，"
               "TestNG 取 junitreports 中的文件。")

    def __init__(self, root: str) -> None:
        super().__init__(self.message % {"root": root[:40]}, field="file")


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
