"""Refusals that concern evidence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wapicert.errors import InvalidInput


class PhotographExpected(InvalidInput):
    """Device photographs are pictures."""

    code = "photograph_expected"
    message = _("样品照片须为PNG或JPEG图片。")
    remedy = _("请选择照片文件。")
