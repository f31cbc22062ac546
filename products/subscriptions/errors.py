"""Refusals that concern subscriptions."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, InvalidInput


class NothingToFollow(InvalidInput):
    """A subscription needs a device, a company or words to search for."""

    code = "nothing_to_follow"
    message = _("没有指明要订阅的设备、企业或搜索词。")
    remedy = _("请从设备页、企业页或搜索结果进入订阅。")


class TooManyAsked(Conflict):
    """Confirmation mails go to one address, and are asked for from one place, only so often a day."""

    code = "too_many_asked"
    status = 429
    message = _("今天的订阅请求已达上限。")
    remedy = _("请明天再试；已发出的确认邮件仍然有效。")


class LinkInvalid(InvalidInput):
    """A link that was cut, changed, ran out, or whose subscription is gone."""

    code = "link_invalid"
    status = 404
    message = _("链接无效或已过期。")
    remedy = _("请使用邮件中的完整链接，或重新订阅。")
