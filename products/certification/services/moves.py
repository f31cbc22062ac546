"""What every step of a certification shares: lock, check, move with its public event, and carry it to the listing."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.history.services import append_entry
from members.people.models import User
from members.people.services import require_no_conflict
from members.people.states import Role
from products.certification.errors import (
    AnotherValid,
    BasisChanged,
    ExplainerMayNotJudge,
    NotForDecision,
    ReasonMissing,
    ReportNotIssued,
    ReportUnderAmendment,
    RoleMissing,
    StaleCertification,
)
from products.certification.models import Certification, CertificationEvent
from products.certification.selectors import (
    PARTS,
    basis_of,
    changed_parts,
    devices_following,
    explainers_of,
    people_who_took_part,
)
from products.certification.states import TRANSITIONS, CertificationState
from products.devices.selectors import identities_of
from products.listings.services import set_listing_status
from products.listings.states import ListingStatus
from products.orders.models import Order
from products.orders.states import Stage
from products.reports.models import Report
from products.reports.selectors import issued_report, report_in_work
from wapicert.enumeration import enumerated
from wapicert.errors import Forbidden, VersionUnnamed
from wapicert.transitions import require_transition


def move(
    certification: Certification, verb: str, actor: User | None, fields: list[str], *, reason: str = "",
    public_reason: tuple[str, str] = ("", ""), on: date | None = None,
) -> Certification:
    """Write the step, its public event and history entry, and carry it to the listing."""
    before, state, now = certification.state, require_state(verb, certification), timezone.now()
    on = on or timezone.localdate(now)
    certification.state, certification.state_since = state, now
    certification.row_version += 1
    certification.save(update_fields=["state", "state_since", "row_version", *fields])
    event = CertificationEvent.objects.create(certification=certification, state=state, on=on, at=now, actor=actor,
                                              public_reason_zh=public_reason[0], public_reason_en=public_reason[1])
    note(certification, f"certification.{ACTS[verb]}", actor, before, reason=reason or public_reason[0], event=event,
         after={"state": state, "on": on,
                "listing": certification.listing.listing_number if certification.listing else None})
    if certification.listing and verb != "grant":
        set_listing_status(listing=certification.listing, status=ListingStatus(state), since=on, actor=actor,
                           reason_zh=public_reason[0], reason_en=public_reason[1])
    return certification


ACTS = {"grant": "granted", "refuse": "refused", "suspend": "suspended", "lift": "suspension_lifted",
        "withdraw": "withdrawn", "cancel": "cancelled", "expire": "expired",
        "supersede": "superseded", "restore": "supersession_undone"}


def note(
    certification: Certification, act: str, actor: User | None, before: str, *, after: dict[str, object], reason: str,
    event: CertificationEvent | None = None,
) -> None:
    """Append the step of a saved certification, with its public event, to the order's chain."""
    append_entry(chain=certification.order.chain, act=act, actor=actor, object_type="certification",
                 object_id=certification.pk, before={"state": before} if before else {}, after=after, reason=reason,
                 rows=[certification, *([event] if event else [])])


def lock(certification: Certification, row_version: int | None = None) -> Certification:
    """The certification as it stands, behind the lock of its order; raises StaleCertification."""
    Order.objects.select_for_update().get(certification=certification.pk)
    rows = Certification.objects.select_for_update(of=("self",)).select_related("order__company", "order__device",
                                                                                "report", "listing")
    locked = rows.get(pk=certification.pk)
    if row_version is not None and row_version != locked.row_version:
        raise StaleCertification(
            _("认证已被他人更新，现为“%(state)s”。") % {"state": locked.get_state_display()}, field="row_version",
            extra={"state": locked.state, "row_version": locked.row_version},
        )
    return locked


def require_role(actor: User, role: Role, order: Order) -> None:
    if role not in actor.role_codes:
        raise RoleMissing(_("只有%(role)s可以执行此操作。") % {"role": role.label}, extra={"roles": [role]})
    require_no_conflict(user=actor, company_id=order.company_id)


def require_state(verb: str, certification: Certification) -> CertificationState:
    """The state that the verb leads to; raises IllegalTransition."""
    label = CertificationState(certification.state).label
    return CertificationState(str(require_transition(TRANSITIONS, verb, certification.state, label).target))


def require_no_part(order: Order, actor: User, refusal: type[Forbidden]) -> None:
    """S6, then S3 or S4."""
    if actor.pk in explainers_of(order):
        raise ExplainerMayNotJudge(field="actor")
    if actor.pk in people_who_took_part(order):
        raise refusal(field="actor")


def require_stage(order: Order, *others: Stage) -> None:
    if order.stage not in (Stage.REPORTING, *others):
        raise NotForDecision(field="order", extra={"stage": order.stage})


def require_report(order: Order) -> Report:
    """The order's report in force; refused while there is none, and while another is in work to replace it."""
    report = issued_report(order)
    if report is None:
        raise ReportNotIssued(field="report")
    if report_in_work(order) is not None:
        raise ReportUnderAmendment(field="report")
    return report


def lock_device(order: Order) -> None:
    """Lock every order of the device, of those that it follows and of those that follow it, the oldest first.

    So two of them never become valid side by side, and two who lock them never wait for each other in a ring.
    """
    devices = identities_of(order.device) | devices_following(order.device)
    list(Order.objects.select_for_update().filter(device__in=devices).order_by("pk").values_list("pk"))


def require_none_valid(certifications: QuerySet[Certification]) -> None:
    """Raise AnotherValid with the number of the first of these valid certifications."""
    other = certifications.first()
    if other is not None and other.listing is not None:
        message = _("该产品已有另一有效的认证：%(number)s。") % {"number": other.listing.listing_number}
        raise AnotherValid(message, field="certification", extra={"number": other.listing.listing_number})


def require_as_read(order: Order, basis: str | None) -> None:
    """Raise BasisChanged unless the basis is still what the actor read (None: the caller read and acts at once).

    A page that does not say what its sender read is refused as such (VersionUnnamed).
    """
    if basis is None:
        return
    if not basis:
        raise VersionUnnamed(field="basis")
    if parts := changed_parts(basis, basis_of(order).fingerprint):
        names = enumerated(PARTS[part] for part in parts)
        message = _("您阅读之后有变化：%(parts)s。") % {"parts": names}
        raise BasisChanged(message, field="basis", extra={"changed": parts})


def require_text(text: str, field: str) -> str:
    kept = text.strip()
    if not kept:
        raise ReasonMissing(field=field)
    return kept
