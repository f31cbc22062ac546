"""A measured value over the versions of one device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db.models import CharField, F, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from products.devices.models import Device
from products.insight.selectors.scope import Scope
from products.results.selectors import attempts_counting
from products.suites.models import Measurement
from products.suites.states import FROZEN, MeasurementType

# A drawing of more would show nothing.
MOST = 60


@dataclass(frozen=True)
class Point:
    """One measured value: of which version, by which test of which order, and what it came to."""

    hardware: str
    firmware: str
    order: str
    test: str
    value: float
    verdict: str
    performed_at: datetime


def measurements_numbered() -> QuerySet[Measurement]:
    """Everything measured as a number, once per item and key, as the newest published edition words it."""
    rows = Measurement.objects.filter(type=MeasurementType.NUMBER, item_version__edition__status__in=FROZEN
                                      ).select_related("item_version")
    by_age = rows.order_by(F("item_version__edition__available_on").asc(nulls_first=True))
    newest = {(row.item_version.code, row.key): row.pk for row in by_age}
    return rows.filter(pk__in=newest.values()).order_by("item_version__position", "position")


def devices_named(text: str) -> QuerySet[Device]:
    """Devices whose model contains the text, those named exactly so first."""
    rows = Device.objects.filter(model__icontains=text).select_related("company").order_by("model", "pk")
    return rows.filter(model__iexact=text) if rows.filter(model__iexact=text).exists() else rows


def values_over_versions(device: Device, measurement: Measurement, scope: Scope) -> list[Point]:
    """The newest MOST values that count, oldest first; scope bounds the day of the test. One query.

    Values of an edition that asked for another unit are left out: one axis has one unit.
    """
    rows = attempts_counting().filter(
        scope.moments("performed_at"), scope.orders("plan_item__order__"), plan_item__order__device=device,
        plan_item__item_version__item=measurement.item_version.item_id, values__has_key=measurement.key,
    ).alias(unit=Cast(KeyTextTransform("unit", KeyTransform(measurement.key, "values")), CharField())).filter(
        unit=measurement.unit,
    ).select_related("plan_item__order", "version__hardware", "version__firmware").order_by("-performed_at", "-pk")
    points = []
    for row in rows[:MOST]:
        try:
            value = Decimal(row.values[measurement.key]["value"])
        except InvalidOperation:
            continue
        points.append(Point(row.version.hardware.version, row.version.firmware.version, row.plan_item.order.number,
                            f"{row.ordinal}.{row.revision}", float(value), row.verdict, row.performed_at))
    return points[::-1]
