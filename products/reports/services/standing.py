"""Asks, at every signature and decision anew, whether an order's results and report stand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from products.orders.models import Order
from products.reports.errors import BasisOpen
from products.reports.models import Report
from products.reports.selectors import open_points


def require_standing(order: Order, report: Report) -> None:
    """Raise BasisOpen with one row per open point; called behind the order's lock, which every such act takes."""
    points = open_points(order, report)
    if not points:
        return
    rows = [{"field": "basis", "code": point.code, "message": point.message, "remedy": point.remedy}
            for point in points]
    raise BasisOpen(_("尚有未决事项：%(points)s。") % {"points": _("；").join(point.message for point in points)},
                    remedy="".join(dict.fromkeys(point.remedy for point in points)), field="basis", rows=rows,
                    extra={"points": [point.code for point in points]})
