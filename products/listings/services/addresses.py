"""Lets former addresses lead to the present ones."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from members.companies.models import Company
from members.history.services import append_entry
from members.people.models import User
from products.listings.errors import AddressInUse, AddressUnknown
from products.listings.models import FormerAddress, Listing
from products.listings.states import AddressKind
from products.suites.models import Edition


@transaction.atomic
def redirect_address(*, kind: AddressKind, former: str, present: str, actor: User | None) -> FormerAddress:
    """Let a number or slug that is no longer used lead to the one that took its place, for ever.

    Refuses a former one that something bears now or that leads elsewhere, and a present one that nothing bears.
    """
    model, column = ADDRESSED[kind]
    if not model.objects.filter(**{column: present}).exists():
        raise AddressUnknown(field="present")
    known = FormerAddress.objects.filter(kind=kind, former=former).first()
    if known is not None and known.present == present:
        return known
    if known is not None or model.objects.filter(**{column: former}).exists():
        raise AddressInUse(field="former")
    address = FormerAddress.objects.create(kind=kind, former=former, present=present)
    append_entry(chain="addresses", act="address.redirected", actor=actor, object_type=kind, object_id=former,
                 after={"present": present}, rows=[address])
    return address


# What bears an address, and the column that stands in it.
ADDRESSED: dict[AddressKind, tuple[Any, str]] = {
    AddressKind.LISTING: (Listing, "listing_number"),
    AddressKind.COMPANY: (Company, "number"),
    AddressKind.EDITION: (Edition, "slug"),
}
