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

from products.certification.models import CertificationEvent
from products.certification.states import PRIVATE_STATES
from products.listings.models import Listing
from products.open_data.models import Release
from products.open_data.states import ReleaseState
from products.orders.models import ReceivedVersion
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
    Column("tested_versions", "json", _("受测版本：成对的硬件与固件")),
    Column("history", "json", _("状态历史：状态、日期与公开原因，由早到晚")),
    Column("reports", "json", _("测试报告：编号、状态、结论、签发日期、所替代的报告、SHA-256与SM3摘要")),
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
        orders = {row.report.order_id for row in piece if row.report}
        reports, versions = _reports_by_order(orders), _versions_by_order(orders)
        history = _history_by_listing([row.pk for row in piece if row.status])
        for row in piece:
            order = row.report.order_id if row.report else None
            yield _row(row, {"reports": reports.get(order, []), "tested_versions": versions.get(order, []),
                             "history": history.get(row.pk, [])})


def _row(row: Listing, beside: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """One listing's public facts, by COLUMNS; `beside` holds what stands in other tables."""
    derived = beside | {
        "company_number": row.company.number, "company_name_zh": row.company.name_zh,
        "company_name_en": row.company.name_en or None, "company_name_en_confirmed": row.company.name_en_confirmed,
        "device_type": row.device_type.code if row.device_type else None,
        "edition": row.edition.slug if row.edition else None,
        "url": f"{settings.PUBLIC_URL}/products/{row.listing_number}/",
    }
    return {name: derived[name] if name in derived else _stated(getattr(row, name)) for name in NAMES}


def _stated(value: Any) -> Any:
    return None if value == "" else value.isoformat() if hasattr(value, "isoformat") else value


Lists = dict[int | None, list[dict[str, Any]]]


def _reports_by_order(orders: set[int]) -> Lists:
    """The reports that were ever issued, newest first, by order."""
    found: Lists = defaultdict(list)
    reports = Report.objects.filter(order__in=orders, state__in=PUBLIC_REPORTS).order_by("-issued_at")
    for order, number, state, conclusion, on, replaces, sha256, sm3 in reports.values_list(
        "order_id", "number", "state", "conclusion", "issued_on", "replaces__number", "file__sha256", "file__sm3"
    ):
        found[order].append({"number": number, "state": state, "conclusion": conclusion, "issued_on": _stated(on),
                             "replaces": replaces, "sha256": sha256, "sm3": sm3})
    return found


def _versions_by_order(orders: set[int]) -> Lists:
    """The pairs of versions that were tested, in the order of receipt, by order."""
    found: Lists = defaultdict(list)
    versions = ReceivedVersion.objects.filter(order__in=orders).order_by("ordinal")
    for order, hardware, firmware in versions.values_list("order_id", "hardware__version", "firmware__version"):
        found[order].append({"hardware": hardware, "firmware": firmware})
    return found


def _history_by_listing(listings: list[int]) -> Lists:
    """The public steps of each certification, oldest first, by listing."""
    found: Lists = defaultdict(list)
    events = CertificationEvent.objects.filter(certification__listing__in=listings).exclude(state__in=PRIVATE_STATES)
    for listing, state, on, zh, en in events.order_by("id").values_list(
        "certification__listing_id", "state", "on", "public_reason_zh", "public_reason_en"
    ):
        found[listing].append({"status": state, "on": _stated(on), "reason_zh": _stated(zh), "reason_en": _stated(en)})
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
