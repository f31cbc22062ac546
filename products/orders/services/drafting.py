"""The applicant's part: drafting an application, changing it, and submitting it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from members.companies.models import Company
from members.companies.services import clean_uscc
from members.history.services import append_entry
from members.numbering.services import next_number
from members.people.models import User
from members.people.states import Role
from products.devices.models import Device
from products.devices.selectors import normal_text, specification_errors
from products.devices.services import change_device, clean_description, describe_device, fix_identity
from products.orders.errors import (
    AgreementMissing,
    ApplicantUnidentified,
    CompanyInactive,
    NotPermitted,
    OtherCompany,
    PlanEmpty,
    SpecificationIncomplete,
    TypeNotTestable,
)
from products.orders.models import Order
from products.orders.permissions import can_draft_order
from products.orders.selectors import PlannedItem, edition_for, preview_of, require_available
from products.orders.services.moves import begin_verb, move_order, require_text
from products.orders.states import Inclusion
from products.suites.models import Edition
from wapicert.texts import CODE, LONG, REASON, takes_text

VERSION_LENGTH = 60
TEXTS = ("name_zh", "name_en", "model", "manufacturer", "factory")
# In a declaration: that the device was registered with this application, and so far follows it.
OPENED = "opened_device"


@takes_text(hardware=LONG, firmware=LONG, features=CODE, chosen=CODE, product=LONG, remark=REASON)
@transaction.atomic
def draft_order(
    *,
    device: Device,
    actor: User,
    hardware: str,
    firmware: str,
    features: Mapping[str, bool],
    chosen: Iterable[str] = (),
    product: Mapping[str, Any] | None = None,
    opens_device: bool = False,
    edition: Edition | None = None,
    remark: str = "",
    has_consented_to_listing: bool = True,
) -> Order:
    """Open an application for a device under the next number, WT-<year>-0001 upwards without gaps.

    Only users of the device's company. Hardware and firmware may still be empty; a feature or an optional item that
    the edition does not offer is refused by name, and so is an edition that cannot be used. `product` is what the
    application says of the device otherwise than its record (texts, specification, predecessor): a registered device
    stays as it is, and another model is another device, opened as a copy. Only a device that was opened with this
    application (`opens_device`) follows it until it is handed in.
    """
    if not can_draft_order(actor, device.company):
        raise OtherCompany(field="device") if Role.VU in actor.role_codes else NotPermitted(field="device")
    declaration = {"hardware": _version(hardware, "hardware"), "firmware": _version(firmware, "firmware"),
                   "features": dict(features), "chosen": sorted(set(chosen))} | ({OPENED: True} if opens_device else {})
    order = Order(
        company=device.company, device=device, created_by=actor, declaration=declaration,
        edition=require_available(edition) if edition else None, remark=remark.strip(),
        has_consented_to_listing=has_consented_to_listing,
        is_demonstration=device.is_demonstration or device.company.is_demonstration,
    )
    if product is not None:
        order.device, order.declaration = _describe(order, declaration, product, actor)
    preview_of(order)
    order.number = _number()
    order.save(force_insert=True)
    append_entry(
        chain=order.chain, act="order.drafted", actor=actor, object_type="order", object_id=order.number,
        after={"stage": order.stage, "turn": order.turn, "row_version": order.row_version,
               "device": order.device_id, "declaration": order.declaration},
        rows=[order],
    )
    return order


@takes_text(hardware=LONG, firmware=LONG, features=CODE, chosen=CODE, product=LONG, remark=REASON)
@transaction.atomic
def change_draft(
    *,
    order: Order,
    actor: User,
    row_version: int | None = None,
    hardware: str | None = None,
    firmware: str | None = None,
    features: Mapping[str, bool] | None = None,
    chosen: Iterable[str] | None = None,
    product: Mapping[str, Any] | None = None,
    edition: Edition | None = None,
    remark: str | None = None,
    has_consented_to_listing: bool | None = None,
) -> Order:
    """Change what an applicant may still change, in draft or returned; None leaves a part as it is.

    Refuses what `draft_order` refuses; after submission the declaration is changed no more. What `product` says of the
    device is kept with the order, see `draft_order`.
    """
    order = begin_verb("change", order=order, actor=actor, row_version=row_version)
    order.edition = require_available(edition) if edition else order.edition
    given = {"hardware": _version(hardware, "hardware") if hardware is not None else None,
             "firmware": _version(firmware, "firmware") if firmware is not None else None,
             "features": dict(features) if features is not None else None,
             "chosen": sorted(set(chosen)) if chosen is not None else None}
    declaration = order.declaration | {key: value for key, value in given.items() if value is not None}
    if product is not None:
        order.device, declaration = _describe(order, declaration, product, actor)
    changes = _changes(order, declaration, remark, has_consented_to_listing)
    order.declaration = declaration
    preview_of(order)
    return move_order(order=order, verb="change", actor=actor,
                      changes={**changes, "edition": order.edition, "device": order.device},
                      note={**changes, "edition": order.edition.slug if order.edition else None,
                            "device": order.device_id})


@transaction.atomic
def submit_order(*, order: Order, actor: User, has_agreed: bool, row_version: int | None = None) -> Order:
    """Hand the application in: draft or returned → submitted, the turn passes to intake.

    From here on the order keeps its own copy of what was declared, device and company included, and the device its
    model; whatever is changed in their records later reaches this order only by another submission.

    Refuses, each by its field: a company that is inactive or has neither a valid 统一社会信用代码 nor a foreign
    identifier, a missing agreement, hardware or firmware, an incomplete specification, a type that is not tested, an
    edition that cannot be used, and a plan without items.
    """
    order = begin_verb("submit", order=order, actor=actor, row_version=row_version)
    require_identified(order.company)
    if not has_agreed:
        raise AgreementMissing(field="has_agreed")
    require_testable(order)
    fix_identity(device=order.device)
    copy = declared_by(order)
    changes = {"has_agreed": True, "submitted_at": timezone.now(), "submitted_declaration": copy}
    return move_order(order=order, verb="submit", actor=actor, changes=changes,
                      note={"has_agreed": True, "declaration": order.declaration, "submitted": copy})


def require_identified(company: Company) -> None:
    """Refuse a company that is inactive or that nothing identifies (GB 32100-2015)."""
    if not company.is_active:
        raise CompanyInactive(field="company")
    if company.uscc:
        clean_uscc(company.uscc)
    elif not company.foreign_identifier.strip():
        raise ApplicantUnidentified(field="uscc")


def require_testable(order: Order, edition: Edition | None = None) -> list[PlannedItem]:
    """The plan of an application that is complete; refuses what is missing, by its field."""
    for field in ("hardware", "firmware"):
        require_text(order.declaration[field], field=field, limit=VERSION_LENGTH)
    device_type = order.device.device_type
    if not device_type.testable:
        raise TypeNotTestable(field="device")
    if errors := specification_errors(device_type, order.product.specification):
        rows = [row | {"field": f"specification.{row['field']}"} for row in errors]
        raise SpecificationIncomplete(field=rows[0]["field"], rows=rows)
    plan = preview_of(order, require_available(edition or edition_for(order)))
    if not any(row.inclusion == Inclusion.IN for row in plan):
        raise PlanEmpty(field="features")
    return plan


def declared_by(order: Order) -> dict[str, Any]:
    """What the applicant declares and supplies, as it stands now; all of it is customer-supplied data."""
    product, company, device = order.product, order.company, order.device
    follows = device.predecessor
    return {
        **{name: value for name, value in order.declaration.items() if name not in ("product", OPENED)},
        "source": "submission",
        "specification": product.specification,
        "device": {"device_type": device.device_type.code, **{name: getattr(product, name) for name in TEXTS},
                   "predecessor": {"id": follows.pk, "model": follows.model} if follows else None},
        "company": {"number": company.number, "name_zh": company.name_zh, "name_en": company.name_en,
                    "uscc": company.uscc, "foreign_identifier": company.foreign_identifier,
                    "address_zh": company.address_zh, "address_en": company.address_en},
    }


def _describe(
    order: Order, declaration: dict[str, Any], product: Mapping[str, Any], actor: User
) -> tuple[Device, dict[str, Any]]:
    """The device that an application is for, and its declaration with what it says of the device by itself.

    A device that was opened with this application, and for which nothing else stands, follows it. Any other record
    stays: what differs is kept in the declaration, and another model opens another device.
    """
    device, kind = order.device, order.device.device_type
    bare = {name: value for name, value in declaration.items() if name != "product"}
    if declaration.get(OPENED) and device.fixed_at is None and not device.orders.exclude(pk=order.pk).exists():
        return change_device(device=device, actor=actor, **product), bare
    texts = {name: value for name, value in product.items() if name != "predecessor"}
    said = {name: getattr(order.product, name) for name in (*TEXTS, "specification")}
    said |= clean_description(device_type=kind, **texts)
    if said["model"] != device.model:
        copy = describe_device(company=device.company, device_type=kind, actor=actor,
                               predecessor=product.get("predecessor"), **said)
        return copy, bare | {OPENED: True}
    if product.get("predecessor", device.predecessor) != device.predecessor:
        device = change_device(device=device, actor=actor, predecessor=product["predecessor"])
    differs = any(value != getattr(device, name) for name, value in said.items())
    return device, bare | ({"product": said} if differs else {})


def _number() -> str:
    year = timezone.localdate().year
    return f"WT-{year}-{next_number(series='order', period=str(year)):04d}"


def _version(value: str, field: str) -> str:
    """A version's text as devices store it, which a draft may still leave empty."""
    text = normal_text(value)
    return require_text(text, field=field, limit=VERSION_LENGTH) if text else ""


def _changes(
    order: Order, declaration: dict[str, Any], remark: str | None, has_consented_to_listing: bool | None
) -> dict[str, Any]:
    """The columns that a change gives new values, by name."""
    wanted = {"declaration": declaration, "remark": remark.strip() if remark is not None else None,
              "has_consented_to_listing": has_consented_to_listing}
    return {name: value for name, value in wanted.items() if value is not None and value != getattr(order, name)}
