"""The rows of open data: exactly what is public about each listing, read in pieces; and the releases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from products.listings.models import Listing
from products.open_data.models import Release
from products.open_data.states import ReleaseState
from products.reports.models import Report
from products.reports.states import ReportState

PIECE = 2000
# A release that was not finished by then was broken off with its worker.
LONGEST = timedelta(hours=2)
PUBLIC_REPORTS = (ReportState.ISSUED, ReportState.REPLACED, ReportState.WITHDRAWN)


class Column(NamedTuple):
    """A documented column: name, type (string, date, boolean, list or json) and meaning."""

    name: str
    type: str
    meaning: Any


COLUMNS = [
    Column("listing_number", "string", _("名录编号，永久不变")),
    Column("source", "string", _("来源：tested_here 本系统测试；published_before 本系统启用前已公布")),
    Column("source_title", "string", _("此前公布的条目：刊载它的出版物")),
    Column("company_number", "string", _("企业编号")),
    Column("company_name_zh", "string", _("企业中文名称")),
    Column("company_name_en", "string", _("企业英文名称")),
    Column("company_name_en_confirmed", "boolean", _("英文名称是否经企业确认")),
    Column("device_type", "string", _("设备类型代码")),
    Column("device_subtype_zh", "string", _("来源所载的细分类型")),
    Column("name_zh", "string", _("产品中文名称")),
    Column("name_en", "string", _("产品英文名称")),
    Column("model", "string", _("型号")),
    Column("bands", "list", _("频段")),
    Column("generation", "string", _("802.11代际")),
    Column("hardware", "string", _("受测硬件版本")),
    Column("firmware", "string", _("受测固件版本")),
    Column("edition", "string", _("测试项目版本")),
    Column("categories_passed", "list", _("通过的测试类别")),
    Column("listed_on", "date", _("列入日期；此前公布的条目为来源所载的通过日期")),
    Column("status", "string", _("公开状态；此前公布的条目没有状态")),
    Column("status_since", "date", _("状态起始日期")),
    Column("status_reason_zh", "string", _("状态的公开原因（中文）")),
    Column("status_reason_en", "string", _("状态的公开原因（英文）")),
    Column("use_zh", "string", _("应用场景（中文）")),
    Column("use_en", "string", _("应用场景（英文）")),
    Column("specification", "json", _("规格：键与值，键见设备类型接口")),
    Column("published_facts", "json", _("来源原文所载的其他事实")),
    Column("rework_as_published", "json", _("来源所载的整改")),
    Column("reports", "json", _("测试报告：编号、状态、签发日期、SHA-256与SM3摘要")),
    Column("is_demonstration", "boolean", _("是否为演示数据")),
    Column("url", "string", _("永久地址")),
]
NAMES = [column.name for column in COLUMNS]


def public_rows() -> Iterator[dict[str, Any]]:
    """Every listing in the order of its number's record, one dictionary each; null is what was not published.

    One statement reads the listings, so that all rows are of one moment; memory holds a piece at a time.
    """
    listings = Listing.objects.select_related("company", "device_type", "edition", "report").defer(
        "report__snapshot").order_by("id").iterator(chunk_size=PIECE)
    while piece := list(islice(listings, PIECE)):
        reports = _reports_by_order({row.report.order_id for row in piece if row.report})
        for row in piece:
            yield _row(row, reports.get(row.report.order_id, []) if row.report else [])


def _row(row: Listing, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """One listing's public facts, by COLUMNS."""
    derived = {
        "company_number": row.company.number, "company_name_zh": row.company.name_zh,
        "company_name_en": row.company.name_en or None, "company_name_en_confirmed": row.company.name_en_confirmed,
        "device_type": row.device_type.code if row.device_type else None,
        "edition": row.edition.slug if row.edition else None,
        "reports": reports, "url": f"{settings.PUBLIC_URL}/products/{row.listing_number}/",
    }
    return {name: derived[name] if name in derived else _stated(getattr(row, name)) for name in NAMES}


def _stated(value: Any) -> Any:
    return None if value == "" else value.isoformat() if hasattr(value, "isoformat") else value


def _reports_by_order(orders: set[int]) -> dict[int, list[dict[str, Any]]]:
    """The reports that were ever issued, newest first, by order."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    reports = Report.objects.filter(order__in=orders, state__in=PUBLIC_REPORTS).order_by("-issued_at")
    for order, number, state, on, sha256, sm3 in reports.values_list(
        "order_id", "number", "state", "issued_on", "file__sha256", "file__sm3"
    ):
        found[order].append({"number": number, "state": state, "issued_on": on.isoformat() if on else None,
                             "sha256": sha256, "sm3": sm3})
    return found


def releases_published() -> QuerySet[Release]:
    """The releases that anybody may fetch, newest first, with their files."""
    return Release.objects.filter(state=ReleaseState.PUBLISHED).prefetch_related("files")


def releases_broken_off() -> QuerySet[Release]:
    """Those that failed, and those whose worker was lost."""
    lost = Q(state=ReleaseState.MAKING, started_at__lt=timezone.now() - LONGEST)
    return Release.objects.filter(lost | Q(state=ReleaseState.FAILED))


def release_that_failed() -> Release | None:
    """The newest release, where it broke off; the next one that is published removes it."""
    published = releases_published().order_by("-id").first()
    newest_published = published.pk if published else 0
    return releases_broken_off().filter(pk__gt=newest_published).order_by("-id").first()
