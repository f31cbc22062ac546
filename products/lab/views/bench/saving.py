"""What the bench's script asks for: saving a few rows at a time, and what colleagues saved meanwhile."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from members.people.models import User
from members.requests.errors import KeyMalformed
from members.requests.services import answer_once
from products.lab.views.access import find_order, lab_page
from products.lab.views.bench.grid import prepared, takes_results
from products.orders.models import Order
from products.results.selectors import changes_since, cursor_of, grid_of
from products.results.serializers import AttemptIn
from products.results.services import record_attempts
from wapicert.canonical import plain
from wapicert.errors import DomainError, InvalidInput

LARGEST_BATCH = 200
LONGEST_KEY = 128


class BatchMalformed(InvalidInput):
    """A body that the bench's script would never send."""

    code = "batch_malformed"
    message = _("提交的数据格式不正确。")
    remedy = _("请刷新页面后重试；未保存的填写保留在本机。")


@require_POST
@lab_page
def save_rows(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """Record a small batch: JSON `{"rows": […], "since": cursor}` with an Idempotency-Key, whole or not at all.

    The answer holds what changed since the cursor, one's own rows among it. A refused batch names its faults by row
    and saved nothing; sent again with the same key, a saved one is not saved again.
    """
    order = find_order(user, number)
    try:
        rows, since = _body(request)
        key = request.headers.get("Idempotency-Key", "")
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= LONGEST_KEY:
            raise KeyMalformed(field="Idempotency-Key")

        def act() -> tuple[int, Any]:
            return 201, {"saved": [row.pk for row in record_attempts(order=order, rows=rows, actor=user)]}

        asked = {"path": request.path, "rows": plain({"rows": rows})}
        status, body, _again = answer_once(user=user, key=key, request=asked, act=act)
    except DomainError as error:
        return refused(error)
    return JsonResponse({**body, **changed_rows(request, user, order, since)}, status=status)


@require_GET
@lab_page
def show_changes(request: HttpRequest, user: User, number: str) -> HttpResponseBase:
    """The rows that changed since `?since=`, or 304: asked every few seconds, so nothing costs a single short query."""
    order = find_order(user, number)
    tag = quote_etag(f"{cursor_of(order)}-{get_language()}")
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return JsonResponse(changed_rows(request, user, order, since_of(request)),
                        headers={"ETag": tag, "Cache-Control": "no-cache"})


def changed_rows(request: HttpRequest, user: User, order: Order, since: int) -> dict[str, Any]:
    """The cursor, the rows touched after `since` as HTML with the name of who touched them."""
    changes = changes_since(order, since)
    rows = grid_of(order, changes.codes) if changes.codes and not changes.is_outdated else []
    takes = takes_results(user, order)
    shown = {
        row.code: {"by": changes.people[row.code], "html": render_to_string(
            "products/lab/bench_rows.html", {"rows": prepared([row], takes), "order": order}, request)}
        for row in rows
    }
    return {"cursor": changes.cursor, "rows": shown, "is_outdated": changes.is_outdated}


def refused(error: DomainError) -> HttpResponse:
    """What a service refused, for the script to put beside its rows."""
    return JsonResponse({"code": error.code, "message": error.message, "remedy": error.remedy, "field": error.field,
                         "rows": error.rows}, status=error.status)


def is_script(request: HttpRequest) -> bool:
    """Whether the bench's script asks, which wants rows instead of a page."""
    return request.headers.get("Accept") == "application/json"


def since_of(request: HttpRequest) -> int:
    """The cursor that a form carries; 0 where it carries none that makes sense."""
    since = request.POST.get("since", "") or request.GET.get("since", "")
    return int(since) if since.isdecimal() and len(since) < 12 else 0


def _body(request: HttpRequest) -> tuple[list[dict[str, Any]], int]:
    """The rows, each of the shape that the API takes, and the cursor; raises BatchMalformed."""
    try:
        body = json.loads(request.body)
    except ValueError:
        raise BatchMalformed(field="rows") from None
    rows: Any
    rows, since = (body.get("rows"), body.get("since")) if isinstance(body, dict) else (None, None)
    is_batch = isinstance(rows, list) and len(rows) <= LARGEST_BATCH and all(isinstance(row, dict) for row in rows)
    if not is_batch or type(since) is not int or since < 0:
        raise BatchMalformed(field="rows")
    shape = AttemptIn(data=rows, many=True)
    if not shape.is_valid():
        wrong: Any = shape.errors
        raise BatchMalformed(field="rows", rows=[
            {"row": nth, "item": str(rows[nth].get("item")), "field": name, "code": fault.code, "message": str(fault),
             "remedy": ""}
            for nth, faults in wrong.items() for name, found in faults.items() for fault in _flat(found)])
    return list(shape.validated_data), since


def _flat(found: Any) -> list[Any]:
    """Every fault below a field."""
    if isinstance(found, dict):
        return [fault for part in found.values() for fault in _flat(part)]
    return [fault for part in found for fault in (_flat(part) if isinstance(part, dict | list) else [part])]
