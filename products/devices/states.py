"""Choices of devices and of the fields that describe them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FieldType(models.TextChoices):
    """How a specification field is entered and checked."""

    TEXT = "text", _("文字")
    INTEGER = "int", _("整数")
    NUMBER = "number", _("数值")
    BOOLEAN = "bool", _("是否")
    ENUM = "enum", _("单选")
    MULTI = "multi", _("多选")
    RANGE = "range", _("范围")
    DATE = "date", _("日期")
    REFERENCE = "ref", _("引用")


class Required(models.TextChoices):
    """Whether an application must fill a field in; imported records may lack any."""

    REQUIRED = "R", _("必填")
    CONDITIONAL = "C", _("有则填")
    OPTIONAL = "O", _("选填")


class Scope(models.TextChoices):
    """Who states a field: the applicant, or the outcome of the tests."""

    DECLARED = "declared", _("申请时声明")
    OUTCOME = "outcome", _("测试结果")


class Origin(models.TextChoices):
    """Whether a fact was published by the alliance or is proposed by this project."""

    PUBLISHED = "published", _("已公布")
    PROPOSED = "proposed", _("建议稿")


# Rising generations of 802.11, for "at least" conditions and for sorting.
GENERATIONS = ["802.11b", "802.11a", "802.11g", "802.11n", "802.11ac", "802.11ax", "802.11be"]
BANDS = ["2.4GHz", "5GHz", "6GHz"]
