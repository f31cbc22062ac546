"""Refusals that concern repeated requests and the version that a client saw."""

from django.utils.translation import gettext_lazy as _

from wapicert.errors import DomainError, InvalidInput


class KeyReused(InvalidInput):
    """Same Idempotency-Key, other body."""

    code = "idempotency_key_reused"
    message = _("该Idempotency-Key已用于另一请求。")
    remedy = _("请为每个新请求使用新的键。")


class KeyMalformed(InvalidInput):
    """An Idempotency-Key that cannot be kept."""

    code = "idempotency_key_malformed"
    message = _("Idempotency-Key须为1至128个可打印的ASCII字符。")
    remedy = _("请使用随机生成的UUID。")


class VersionMissing(DomainError):
    """A change without If-Match (RFC 6585, 428): nobody may overwrite what they have not seen."""

    code = "precondition_required"
    status = 428
    message = _("缺少If-Match请求头。")
    remedy = _("请先读取该对象，并把答复中的ETag原样放入If-Match。")


class VersionMalformed(InvalidInput):
    """If-Match does not hold one entity tag of this API."""

    code = "if_match_malformed"
    message = _("If-Match须为本接口给出的一个ETag，例如 \"3\"。")
    remedy = _("请先读取该对象，并把答复中的ETag原样放入If-Match。")
