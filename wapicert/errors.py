"""The base of every refusal of the domain: a stable code, a sentence for people, the field and the remedy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A request that the rules refuse.

    `code` is stable and part of the API contract; `message` says the reason and `remedy` what to do, both as
    lazily translated text in the reader's language; `field` names the input at fault (None: the whole form);
    `rows` holds one error per row of a batch. `status` is the HTTP status of the answer; `retry_after`, in seconds, is
    when the same request has a chance again, for what was asked too often.
    """

    code = "refused"
    status = 409
    message: Any = ""
    remedy: Any = ""
    retry_after: int | None = None

    def __init__(
        self,
        message: Any = None,
        *,
        field: str | None = None,
        remedy: Any = None,
        rows: list[dict[str, Any]] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.message = self.message if message is None else message
        self.remedy = self.remedy if remedy is None else remedy
        self.field = field
        self.rows = rows or []
        self.extra = extra or {}
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class InvalidInput(DomainError):
    """What was sent is wrong in itself (422), whatever the state of things."""

    code = "invalid_input"
    status = 422


class Forbidden(DomainError):
    """An insider lacks the right, or a separation of duties forbids it (403)."""

    code = "forbidden"
    status = 403


class Conflict(DomainError):
    """The state of things does not allow it now (409)."""

    code = "conflict"
    status = 409


class Removed(DomainError):
    """It was here and is kept no longer; its digests stand in the history (410)."""

    code = "removed"
    status = 410
    message = _("该文件已按保存期限删除，其名称与摘要仍在记录中。")
    remedy = _("历史中写明了删除的日期；如有自行保存的副本，可用摘要核对。")


class Stale(DomainError):
    """Somebody else saved in between (412 by API; pages show what was saved)."""

    code = "stale"
    status = 412


class VersionUnnamed(DomainError):
    """A form that does not say which version its sender read (428): nobody binds the alliance to what was not read."""

    code = "version_unnamed"
    status = 428
    message = _("未说明您所读的版本。")
    remedy = _("请刷新页面，核对现有内容后重新操作。")


class Unavailable(DomainError):
    """A part of the site is away (503), its database or its counters: nothing was done, and it may be asked again."""

    code = "unavailable"
    status = 503
    retry_after = 30
    message = _("网站的一部分暂时无法使用，本次操作没有完成。")
    remedy = _("请保留所填内容，一分钟后重试；如仍不成功，请告知联盟秘书处。")


class StorageFull(DomainError):
    """A disk of the server is full (507): nothing was saved, and the same may be sent again once there is room."""

    code = "storage_full"
    status = 507
    message = _("服务器的存储空间已满，本次操作没有完成。")
    remedy = _("请保留文件与所填内容，稍后重试；如仍不成功，请告知联盟秘书处。")
