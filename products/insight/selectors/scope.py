"""Which orders and which days a figure of the laboratory looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from members.companies.models import Company
from products.devices.models import DeviceType
from products.suites.models import Edition


@dataclass(frozen=True)
class Scope:
    """Days in UTC+8, both included, and one device type, edition or company; None is no bound."""

    since: date | None = None
    until: date | None = None
    device_type: DeviceType | None = None
    edition: Edition | None = None
    company: Company | None = None

    def orders(self, path: str = "") -> Q:
        """The orders that are meant, seen from a model whose way to the order is `path`, as `plan_item__order__`."""
        wanted = {"device__device_type": self.device_type, "edition": self.edition, "company": self.company}
        return Q(**{f"{path}{name}": row for name, row in wanted.items() if row is not None})

    def days(self, field: str) -> Q:
        """The days, of a field that holds one."""
        first = Q(**{f"{field}__gte": self.since}) if self.since else Q()
        return first & Q(**{f"{field}__lte": self.until}) if self.until else first

    def moments(self, field: str) -> Q:
        """The days, of a field that holds a moment; an index on it can be used."""
        first = Q(**{f"{field}__gte": _midnight(self.since)}) if self.since else Q()
        return first & Q(**{f"{field}__lt": _midnight(self.until + timedelta(days=1))}) if self.until else first


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
