"""Choices of suites, editions and items."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.states import Role
from wapicert.transitions import step


class EditionStatus(models.TextChoices):
    """What may still change in an edition; its dates say from when it counts."""

    DRAFT = "draft", _("草稿")
    APPROVED = "approved", _("已批准")
    PUBLISHED = "published", _("已发布")
    RETIRED = "retired", _("已停用")


class SheetState(models.TextChoices):
    """Where a file of items stands on its way into a draft."""

    FAULTY = "faulty", _("有错误")
    CHECKED = "checked", _("核对无误")
    SAVED = "saved", _("已保存")
    DISCARDED = "discarded", _("已放弃")


class ResultType(models.TextChoices):
    """How an item gets its verdict."""

    JUDGED = "judged", _("人工判定")
    JUDGED_WITH_VALUES = "judged_with_values", _("人工判定并录入数值")
    COMPUTED = "computed", _("由数值与限值判定")
    RECORDED = "recorded", _("仅记录")
    DERIVED = "derived", _("由子项得出")


class Level(models.TextChoices):
    """How an item applies to a device type; no row means not at all."""

    MANDATORY = "M", _("必测")
    CONDITIONAL = "C", _("有条件")
    OPTIONAL = "O", _("可选")


class MeasurementType(models.TextChoices):
    """What kind of value is measured."""

    NUMBER = "number", _("数值")
    CHOICE = "choice", _("选择")
    TEXT = "text", _("文字")


class MeasurementRole(models.TextChoices):
    """A result is judged; an unmet condition of validity makes the test inconclusive."""

    RESULT = "result", _("结果")
    VALIDITY = "validity", _("有效性条件")


class Comparator(models.TextChoices):
    """How a value is held against its limit."""

    AT_LEAST = ">=", "≥"
    AT_MOST = "<=", "≤"
    ABOVE = ">", ">"
    BELOW = "<", "<"
    EQUAL = "==", "="


# What was published is frozen; what is retired stays readable, and running orders finish on it.
FROZEN = frozenset({EditionStatus.PUBLISHED, EditionStatus.RETIRED})

TRANSITIONS = {
    "edit": step([EditionStatus.DRAFT, EditionStatus.APPROVED], EditionStatus.DRAFT, Role.SE),
    "approve": step([EditionStatus.DRAFT], EditionStatus.APPROVED, Role.SA),
    "publish": step([EditionStatus.APPROVED], EditionStatus.PUBLISHED, Role.SA),
    "retire": step([EditionStatus.PUBLISHED], EditionStatus.RETIRED, Role.SA),
}
