"""Problem details (RFC 9457) for every refusal of the API."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler

from wapicert.errors import DomainError
from wapicert.room import as_refusal
from wapicert.texts import as_refusal as refused_text

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)
# DRF's own refusals in the codes of this API.
CODES = {"permission_denied": "forbidden"}

# What Django itself raises; of two that fit, the first counts.
FROM_DJANGO: dict[type[Exception], dict[str, Any]] = {
    Http404: {"code": "not_found", "http_status": 404, "detail": exceptions.NotFound.default_detail,
              "remedy": _("请核对地址与编号；无权查看的内容同样显示为不存在。")},
    PermissionDenied: {"code": "forbidden", "http_status": 403, "detail": exceptions.PermissionDenied.default_detail},
    RequestDataTooBig: {"code": "body_too_large", "http_status": 413, "detail": _("请求正文过大。"),
                        "remedy": _("请分批发送。")},
    SuspiciousOperation: {"code": "bad_request", "http_status": 400, "detail": _("请求不符合HTTP要求。"),
                          "remedy": _("请核对请求的格式与大小后重新发送。")},
}


def problem(
    *, code: str, http_status: int, detail: Any = "", field: str | None = None, remedy: Any = "",
    errors: list[dict[str, Any]] | None = None, **more: Any,
) -> Response:
    """A problem document: `type`, `title`, `status`, `detail`, `code`, `field`, `remedy`, `errors`.

    `errors` holds one entry per fault of the body or per row of a batch: `field`, `code`, `message`, and where it
    applies `row` (from 0), `item` and `remedy`. What does not apply is null.
    """
    body = {
        "type": f"/api/docs/#{code}",
        "title": code,
        "status": http_status,
        "code": code,
        "detail": str(detail),
        "field": field,
        "remedy": str(remedy) or None,
        "errors": [{key: _shown(value) for key, value in row.items()} for row in errors or []],
        **{key: _shown(value) for key, value in more.items()},
    }
    return Response(body, status=http_status, content_type=CONTENT_TYPE)


def _shown(value: Any) -> Any:
    """Lazily translated text as text; everything else as it is."""
    return value if value is None or isinstance(value, (bool, int, float, list, dict)) else str(value)


def field_errors(detail: Any, prefix: str = "") -> list[dict[str, Any]]:
    """DRF's nested errors as a flat list of field, code and message; where the body is a list each has its `row`."""
    if isinstance(detail, list) and any(isinstance(value, (dict, list)) for value in detail):
        detail = dict(enumerate(detail))
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _errors_at(key, value, prefix)]
    if isinstance(detail, list):
        return [row for value in detail for row in field_errors(value, prefix)]
    code = str(getattr(detail, "code", "invalid"))
    return [{"field": prefix.rstrip(".") or None, "code": code, "message": str(detail)}]


def _errors_at(key: Any, value: Any, prefix: str) -> list[dict[str, Any]]:
    """The errors below one name, or below one row (from 0) of a body that is a list."""
    if isinstance(key, int) and not prefix:
        return [{"row": key, **row} for row in field_errors(value)]
    return field_errors(value, f"{prefix}{_step(key)}")


def _step(key: Any) -> str:
    """One step of the way to a field; what concerns the whole object has no name."""
    return "" if key == "non_field_errors" else f"{key}."


def _refused_shape(error: exceptions.ValidationError) -> Response:
    """422 that names the first fault and lists them all."""
    errors = field_errors(error.detail)
    return problem(
        code="invalid_input",
        http_status=status.HTTP_422_UNPROCESSABLE_ENTITY,
        detail=errors[0]["message"] if errors else "",
        field=errors[0]["field"] if errors else None,
        errors=errors,
    )


def _refused_by_framework(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's answer in our shape, with its headers (WWW-Authenticate, Allow, Retry-After)."""
    response = default_handler(exception, context)
    if response is None:
        return None
    code = str(getattr(getattr(exception, "detail", None), "code", getattr(exception, "default_code", "error")))
    answer = problem(
        code=CODES.get(code, code),
        http_status=response.status_code,
        detail=getattr(exception, "detail", ""),
        remedy=getattr(exception, "remedy", ""),
    )
    for header, value in response.items():
        if header != "Content-Type":
            answer[header] = value
    return answer


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Domain errors, a full disk, what is away and DRF's own as problems; None for a fault of ours (500)."""
    exception = refused_text(exception) or exception
    if (missing := as_refusal(exception)) is not None and not isinstance(exception, DomainError):
        logger.error("Refused for want of a part of the site: %s", missing.code, exc_info=exception)
        exception = missing
    if isinstance(exception, DomainError):
        answer = problem(
            code=exception.code,
            http_status=exception.status,
            detail=exception.message,
            field=exception.field,
            remedy=exception.remedy,
            errors=exception.rows,
            **exception.extra,
        )
        if exception.retry_after is not None:
            answer["Retry-After"] = str(exception.retry_after)
        return answer
    if isinstance(exception, exceptions.ValidationError):
        return _refused_shape(exception)
    known = next((row for kind, row in FROM_DJANGO.items() if isinstance(exception, kind)), None)
    return problem(**known) if known else _refused_by_framework(exception, context)
