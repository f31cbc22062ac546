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


@takes_text(hardware=LONG, firmware=LONG, features=CODE, chosen=CODE, remark=REASON)
@transaction.atomic
def draft_order(
    *,
    device: Device,
    actor: User,
    hardware: str,
    firmware: str,
    features: Mapping[str, bool],
    chosen: Iterable[str] = (),
    edition: Edition | None = None,
    remark: str = "",
    has_consented_to_listing: bool = True,
) -> Order:
    """Open an application for a device under the next number, WT-<year>-0001 upwards without gaps.

    Only users of the device's company. Hardware and firmware may still be empty; a feature or an optional item that
    the edition does not offer is refused by name, and so is an edition that cannot be used.
    """
    if not can_draft_order(actor, device.company):
        raise OtherCompany(field="device") if Role.VU in actor.role_codes else NotPermitted(field="device")
    declaration = {"hardware": _version(hardware, "hardware"), "firmware": _version(firmware, "firmware"),
                   "features": dict(features), "chosen": sorted(set(chosen))}
    order = Order(
        number=_number(), company=device.company, device=device, created_by=actor, declaration=declaration,
        edition=require_available(edition) if edition else None, remark=remark.strip(),
        has_consented_to_listing=has_consented_to_listing,
        is_demonstration=device.is_demonstration or device.company.is_demonstration,
    )
    preview_of(order)
    order.save(force_insert=True)
    append_entry(
        chain=order.chain, act="order.drafted", actor=actor, object_type="order", object_id=order.number,
        after={"stage": order.stage, "turn": order.turn, "row_version": order.row_version,
               "device": device.pk, "declaration": declaration},
        rows=[order],
    )
    return order


@takes_text(hardware=LONG, firmware=LONG, features=CODE, chosen=CODE, remark=REASON)
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
    edition: Edition | None = None,
    remark: str | None = None,
    has_consented_to_listing: bool | None = None,
) -> Order:
    """Change what an applicant may still change, in draft or returned; None leaves a part as it is.

    Refuses what `draft_order` refuses; after submission the declaration is changed no more.
    """
    order = begin_verb("change", order=order, actor=actor, row_version=row_version)
    order.edition = require_available(edition) if edition else order.edition
    given = {"hardware": _version(hardware, "hardware") if hardware is not None else None,
             "firmware": _version(firmware, "firmware") if firmware is not None else None,
             "features": dict(features) if features is not None else None,
             "chosen": sorted(set(chosen)) if chosen is not None else None}
    declaration = order.declaration | {key: value for key, value in given.items() if value is not None}
    changes = _changes(order, declaration, remark, has_consented_to_listing)
    order.declaration = declaration
    preview_of(order)
    return move_order(order=order, verb="change", actor=actor, changes={**changes, "edition": order.edition},
                      note={**changes, "edition": order.edition.slug if order.edition else None})


@transaction.atomic
def submit_order(*, order: Order, actor: User, has_agreed: bool, row_version: int | None = None) -> Order:
    """Hand the application in: draft or returned → submitted, the turn passes to intake.

    Refuses, each by its field: a company that is inactive or has neither a valid 统一社会信用代码 nor a foreign
    identifier, a missing agreement, hardware or firmware, an incomplete specification, a type that is not tested, an
    edition that cannot be used, and a plan without items.
    """
    order = begin_verb("submit", order=order, actor=actor, row_version=row_version)
    require_identified(order.company)
    if not has_agreed:
        raise AgreementMissing(field="has_agreed")
    require_testable(order)
    moment = timezone.now()
    return move_order(order=order, verb="submit", actor=actor, changes={"has_agreed": True, "submitted_at": moment},
                      note={"has_agreed": True, "declaration": order.declaration})


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
    device = order.device
    if not device.device_type.testable:
        raise TypeNotTestable(field="device")
    if errors := specification_errors(device.device_type, device.specification):
        rows = [row | {"field": f"specification.{row['field']}"} for row in errors]
        raise SpecificationIncomplete(field=rows[0]["field"], rows=rows)
    plan = preview_of(order, require_available(edition or edition_for(order)))
    if not any(row.inclusion == Inclusion.IN for row in plan):
        raise PlanEmpty(field="features")
    return plan


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
