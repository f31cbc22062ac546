"""Refusals that concern open data."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict


class ReleaseInTheMaking(Conflict):
    """Two releases are never made at once."""

    code = "release_in_the_making"
    message = _("另一次开放数据发布正在进行。")
    remedy = _("请等它结束后再发布。")
