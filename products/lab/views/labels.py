"""The label of a sample, for a printer: what it is, whose, and a code that leads to its order."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from members.people.models import User
from products.directory.views.devices import qr_of
from products.lab.views.access import find_order, lab_page


@require_GET
@lab_page
def show_label(request: HttpRequest, user: User, number: str, pk: Any) -> HttpResponseBase:
    """One label of 80 by 50 millimetres; the address in its code opens for the laboratory alone."""
    order = find_order(user, number)
    sample = get_object_or_404(order.samples.select_related("version__hardware", "version__firmware"), pk=pk)
    address = f"{settings.PUBLIC_URL}{reverse('lab-order', args=[order.number])}"
    context = {"order": order, "sample": sample, "qr": qr_of(address), "address": address}
    return render(request, "products/lab/label.html", context)
