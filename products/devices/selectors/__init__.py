"""Reads of devices: who sees which, how a type is described, and what is wrong with a description."""

from products.devices.selectors.specification import (
    clean_specification,
    declared_fields,
    merged_fields,
    specification_errors,
    specification_fields,
)
from products.devices.selectors.visibility import devices_visible_to, identities_of, normal_text

__all__ = [
    "clean_specification",
    "declared_fields",
    "devices_visible_to",
    "identities_of",
    "merged_fields",
    "normal_text",
    "specification_errors",
    "specification_fields",
]
