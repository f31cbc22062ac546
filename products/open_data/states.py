"""How far a release of open data got, and the forms in which it is published."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReleaseState(models.TextChoices):
    """A release is being made, is published, or broke off."""

    MAKING = "making", _("生成中")
    PUBLISHED = "published", _("已发布")
    FAILED = "failed", _("未能生成")


class Format(models.TextChoices):
    """The forms of the same rows."""

    CSV = "csv", "CSV"
    JSON_LINES = "jsonl", "JSON Lines"
    XLSX = "xlsx", "XLSX"
    SQLITE = "sqlite", "SQLite"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON_LINES: "application/jsonl",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.SQLITE: "application/vnd.sqlite3",
}
