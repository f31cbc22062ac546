"""Change control before publishing: which items a declaration gets under an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from members.people.models import User
from products.devices.models import DeviceType
from products.lab.views.access import lab_page
from products.orders.selectors import compute_plan
from products.orders.states import Inclusion
from products.suites.models import Applicability, Feature
from products.suites.selectors import editions_visible_to
from products.suites.states import Level


@require_GET
@lab_page
def try_declaration(request: HttpRequest, user: User, slug: str) -> HttpResponseBase:
    """The plan that a declaration gets under the edition, with the rule that decided on each item."""
    edition = get_object_or_404(editions_visible_to(user), slug=slug)
    kinds = list(DeviceType.objects.filter(
        pk__in=Applicability.objects.filter(item_version__edition=edition).values("device_type")).order_by("position"))
    kind = next((row for row in kinds if row.code == request.GET.get("type")), kinds[0] if kinds else None)
    deciding = Applicability.objects.filter(item_version__edition=edition, device_type=kind)
    features = list(Feature.objects.filter(pk__in=deciding.values("feature")).order_by("position"))
    optional = list(deciding.filter(level=Level.OPTIONAL).select_related("item_version").order_by(
        "item_version__position"))
    ticked, chosen = set(request.GET.getlist("feature")), set(request.GET.getlist("chosen"))
    rows = compute_plan(
        edition=edition, device_type=kind, specification=specification_for(features, ticked),
        features={row.key: row.key in ticked for row in features if row.asked},
        chosen=[row.item_version.code for row in optional if row.item_version.code in chosen],
    ) if kind else []
    context = {"edition": edition, "kinds": kinds, "kind": kind, "features": features, "ticked": ticked,
               "optional": optional, "chosen": chosen, "rows": rows,
               "planned": sum(row.inclusion == Inclusion.IN for row in rows)}
    return render(request, "products/lab/trial.html", context)


def specification_for(features: Iterable[Feature], ticked: set[str]) -> dict[str, Any]:
    """A specification from which exactly those derived features follow, as far as their rules allow that together."""
    found: dict[str, Any] = {}
    for feature in features:
        rule: Mapping[str, Any] | None = feature.derived_from
        if rule is None or feature.key not in ticked:
            continue
        if "equals" in rule:
            found[rule["field"]] = rule["equals"]
        else:
            found.setdefault(rule["field"], []).append(rule.get("has", rule.get("at_least")))
    return found
