"""Features on which conditional items depend: those an applicant is asked, and those that the specification shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from products.devices.models import DeviceType
from products.devices.states import GENERATIONS
from products.suites.models import Applicability, Edition, Feature


def asked_features(edition: Edition, device_type: DeviceType) -> list[Feature]:
    """What an applicant is asked for this type: features on which an item of the edition depends. One query."""
    deciding = Applicability.objects.filter(item_version__edition=edition, device_type=device_type)
    return list(Feature.objects.filter(asked=True, pk__in=deciding.values("feature")).order_by("position"))


def asked_by_type(edition: Edition) -> dict[int, list[Feature]]:
    """The same for all device types, by their id. Two queries."""
    deciding = Applicability.objects.filter(item_version__edition=edition, feature__asked=True)
    pairs = set(deciding.values_list("device_type_id", "feature_id"))
    features = list(Feature.objects.filter(asked=True).order_by("position"))
    return {device_type: [feature for feature in features if (device_type, feature.pk) in pairs]
            for device_type, _feature in pairs}


def derived_features(specification: Mapping[str, Any]) -> dict[str, bool]:
    """Every feature that is not asked, by key, as the specification shows it. One query.

    A field that the specification lacks shows nothing, hence False.
    """
    rules = Feature.objects.filter(derived_from__isnull=False).values_list("key", "derived_from")
    return {key: follows(rule, specification) for key, rule in rules if rule is not None}


def follows(rule: Mapping[str, Any], specification: Mapping[str, Any]) -> bool:
    """Whether a rule holds: `has` (among the values, or the one value), `equals`, or `at_least` by generation.

    The same key may hold a list for one type and a single value for another, as `power` does for sensors.
    """
    value = specification.get(rule["field"])
    values = value if isinstance(value, list) else [value]
    if "has" in rule:
        return rule["has"] in values
    if "at_least" in rule:
        return any(_rank(entry) >= _rank(rule["at_least"]) >= 0 for entry in values)
    # 1 is not true here, although Python holds them equal.
    return type(value) is type(rule["equals"]) and value == rule["equals"]


def _rank(generation: object) -> int:
    """The place among the generations of 802.11; -1 for none of them."""
    return GENERATIONS.index(generation) if isinstance(generation, str) and generation in GENERATIONS else -1
