"""Refusals of a batch as a whole."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from products.results.errors.rows import AlreadyRecorded, RowStale
from wapicert.errors import Conflict, InvalidInput


class BatchRefused(InvalidInput):
    """A batch is saved whole or not at all; `rows` names every fault: row (from 0), item, field, code, message."""

    code = "batch_refused"
    message = _("有记录不符合要求，本批未保存任何一条。")
    remedy = _("请按各行提示更正后重新提交整批。")

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__(field="rows", rows=rows)
        if rows and {row["code"] for row in rows} <= {AlreadyRecorded.code, RowStale.code}:
            self.status = Conflict.status


class BatchEmpty(InvalidInput):
    """A batch without a row."""

    code = "batch_empty"
    message = _("没有可保存的记录。")
    remedy = _("请至少填写一项结果后再提交。")
