"""Which devices a person sees, and how names of models and versions are written."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from members.people.models import User
from members.people.states import BUSINESS_ROLES, Role
from products.devices.models import Device

# Full-width signs stand this far behind their ASCII twins; the blank has a place of its own.
FULL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}


def devices_visible_to(user: User | AnonymousUser) -> QuerySet[Device]:
    """All devices for the laboratory and its auditor, those of the own company for vendors, none for others."""
    devices = Device.objects.select_related("company", "device_type")
    if not user.is_authenticated:
        return devices.none()
    if user.role_codes & (BUSINESS_ROLES | {Role.AU}):
        return devices
    if Role.VU in user.role_codes and user.company_id is not None:
        return devices.filter(company_id=user.company_id)
    return devices.none()


def normal_text(text: str) -> str:
    """A model or version as it is stored and compared: ASCII width, single blanks, none at the ends."""
    return " ".join(text.translate(FULL_WIDTH).split())


def identities_of(device: Device) -> set[int]:
    """The ids of the device and of all that it follows by its company's declaration: what one certification replaces.

    The same model in words is not the same device. One query per predecessor.
    """
    found, following = {device.pk}, device.predecessor_id
    while following is not None and following not in found:
        found.add(following)
        following = Device.objects.values_list("predecessor_id", flat=True).get(pk=following)
    return found
