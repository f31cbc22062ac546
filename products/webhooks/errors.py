"""Refusals that concern webhooks."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import Conflict, Forbidden, InvalidInput


class AddressRefused(InvalidInput):
    """Only a public https address is called."""

    code = "webhook_address_refused"
    message = _("地址不能用作 Webhook。")
    remedy = _("请填写以 https:// 开头的公网地址，不带用户名、密码与片段。")


class EventsMissing(InvalidInput):
    """A webhook without events would never be called."""

    code = "webhook_events_missing"
    message = _("请至少选择一种事件。")


class TooManyWebhooks(Conflict):
    """A company has as many as it may."""

    code = "too_many_webhooks"
    message = _("每个单位最多登记五个 Webhook。")
    remedy = _("请先停止不再使用的。")


class WebhookEnded(Conflict):
    """What was ended stays ended; what is in use need not be enabled."""

    code = "webhook_ended"
    message = _("此 Webhook 的状态不允许此操作。")
    remedy = _("已停止的请重新登记；正在使用的无需启用。")


class NotYourCompany(Forbidden):
    """Only users of the company keep its webhooks."""

    code = "webhook_not_yours"
    message = _("只有本单位的用户可以登记 Webhook。")
