"""Refusals that concern figures."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import InvalidInput


class FigureFilterInvalid(InvalidInput):
    """A figure was asked for with a filter that means nothing."""

    code = "figure_filter_invalid"
    message = _("筛选条件不正确。")
    remedy = _("请按接口文档填写，或去掉该条件。")
