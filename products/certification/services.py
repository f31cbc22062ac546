"""Recommends, decides, and moves a certification; the public listing follows in the same transaction."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.history.services import append_entry
from members.people.models import User
from members.people.services import require_password
from members.people.states import Role
from products.certification.errors import (
    AlreadyRecommended,
    DeciderTookPart,
    DoesNotConform,
    ExplainerMayNotJudge,
    NotConsented,
    NotForDecision,
    ReasonMissing,
    RecommendationOutdated,
    ReportNotIssued,
    ReviewerTookPart,
    RoleMissing,
    StaleCertification,
)
from products.certification.models import Certification, CertificationEvent
from products.certification.selectors import certifications_due, explainers_of, is_outdated, people_who_took_part
from products.certification.states import TRANSITIONS, CertificationState
from products.listings.services import list_device, set_listing_status
from products.listings.states import ListingStatus
from products.orders.models import Order
from products.orders.services import record_decision
from products.orders.states import Stage
from products.reports.models import Report
from products.reports.selectors import issued_report
from products.reports.states import Conclusion, ReportState
from wapicert.errors import Forbidden
from wapicert.transitions import require_transition

EXPIRY_REASON = ("有效期届满。", "The period of validity has ended.")


@transaction.atomic
def recommend(*, order: Order, actor: User, recommends_grant: bool, reason: str = "") -> Certification:
    """Recommend to grant or not, on the issued report.

    Refuses whoever is no reviewer or took part in the order (S3, S6), an order without an issued report, and one that
    has its recommendation; not to grant needs a reason. A recommendation on a report that was withdrawn since is
    given anew.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    _require_role(actor, Role.RV)
    _require_no_part(order, actor, ReviewerTookPart)
    certification = Certification.objects.select_for_update().filter(order=order).first()
    if certification is not None and not is_outdated(certification):
        raise AlreadyRecommended(field="order")
    report = _require_report(order)
    if recommends_grant and report.conclusion != Conclusion.CONFORMS:
        raise DoesNotConform(field="recommends_grant")
    text = reason.strip() if recommends_grant else _require_text(reason, "reason")
    now = timezone.now()
    certification = certification or Certification(order=order, row_version=0)
    certification.report, certification.state, certification.state_since = report, CertificationState.RECOMMENDED, now
    certification.recommends_grant, certification.recommendation = recommends_grant, text
    certification.reviewed_by, certification.reviewed_at = actor, now
    certification.row_version += 1
    certification.save()
    _note(certification, "certification.recommended", actor, "", reason=text,
          after={"state": certification.state, "recommends_grant": recommends_grant, "report": report.number})
    return certification


@transaction.atomic
def decide(
    *, certification: Certification, actor: User, grant: bool, reason: str = "", password: str,
    row_version: int | None = None,
) -> Certification:
    """Grant and list the device, or refuse with a reason; the order is decided.

    Refuses whoever is no decision maker or took part in the order (S4, S6), a wrong password, an order whose report is
    no longer in force, and a grant for a report that does not conform or without the vendor's consent to the listing.
    """
    certification = _lock(certification, row_version)
    verb = "grant" if grant else "refuse"
    _require_role(actor, Role.DM)
    _require_state(verb, certification)
    _require_no_part(certification.order, actor, DeciderTookPart)
    report = _require_report(certification.order)
    if certification.report_id != report.pk:
        raise RecommendationOutdated(field="report")
    text = reason.strip() if grant else _require_text(reason, "reason")
    if grant:
        _require_grantable(certification.order, report)
    require_password(user=actor, password=password)
    certification.decided_by, certification.decided_at, certification.decision_reason = actor, timezone.now(), text
    fields = ["decided_by", "decided_at", "decision_reason"]
    if grant:
        fields += _list(certification, actor)
    _move(certification, verb, actor, fields, reason=text)
    record_decision(order=certification.order, actor=actor)
    return certification


def _require_grantable(order: Order, report: Report) -> None:
    if report.conclusion != Conclusion.CONFORMS:
        raise DoesNotConform(field="grant")
    if not order.has_consented_to_listing:
        raise NotConsented(field="grant")


def _list(certification: Certification, actor: User) -> list[str]:
    """List the device from today on; returns the fields that were set."""
    today = timezone.localdate()
    certification.listing = list_device(order=certification.order, report=certification.report, on=today, actor=actor)
    certification.valid_from, certification.valid_until = today, last_day(today)
    return ["listing", "valid_from", "valid_until"]


def last_day(first: date) -> date | None:
    """The last day of validity by settings.CERTIFICATION_YEARS; None where the scheme sets no end."""
    if not settings.CERTIFICATION_YEARS:
        return None
    year = first.year + settings.CERTIFICATION_YEARS
    is_leap_day = (first.month, first.day) == (2, 29)
    anniversary = first.replace(year=year, day=28) if is_leap_day else first.replace(year=year)
    return anniversary if is_leap_day else date.fromordinal(anniversary.toordinal() - 1)


def suspend_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    row_version: int | None = None,
) -> Certification:
    """Suspend a valid certification; the listing shows it at once, with date and public reason."""
    return _step("suspend", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 row_version=row_version)


def lift_suspension(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    row_version: int | None = None,
) -> Certification:
    """Make a suspended certification valid again; refused while its report is withdrawn."""
    return _step("lift", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 row_version=row_version)


def withdraw_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    row_version: int | None = None,
) -> Certification:
    """Withdraw a certification for good (撤销): the alliance ends it."""
    return _step("withdraw", certification, actor, public_reason=(public_reason_zh, public_reason_en),
                 password=password, row_version=row_version)


def cancel_certification(
    *, certification: Certification, actor: User, public_reason_zh: str, password: str, public_reason_en: str = "",
    row_version: int | None = None,
) -> Certification:
    """Cancel a certification for good (注销): its holder gave it up."""
    return _step("cancel", certification, actor, public_reason=(public_reason_zh, public_reason_en), password=password,
                 row_version=row_version)


def expire_certifications(*, today: date | None = None) -> int:
    """Expire what is past its last day; each in a transaction of its own, harmless when run twice. Returns how many."""
    ids = list(certifications_due(today or timezone.localdate()).values_list("pk", flat=True))
    return sum(_expire(pk, today or timezone.localdate()) for pk in ids)


@transaction.atomic
def _expire(pk: int, today: date) -> bool:
    certification = _lock(Certification(pk=pk))
    if not certifications_due(today).filter(pk=pk).exists():
        return False
    _move(certification, "expire", None, [], public_reason=EXPIRY_REASON, on=today)
    return True


@transaction.atomic
def _step(
    verb: str, certification: Certification, actor: User, *, public_reason: tuple[str, str], password: str,
    row_version: int | None,
) -> Certification:
    certification = _lock(certification, row_version)
    _require_role(actor, Role.DM)
    _require_state(verb, certification)
    if verb == "lift" and certification.report.state != ReportState.ISSUED:
        raise ReportNotIssued(field="report")
    zh = _require_text(public_reason[0], "public_reason_zh")
    require_password(user=actor, password=password)
    return _move(certification, verb, actor, [], public_reason=(zh, public_reason[1].strip()))


def _move(
    certification: Certification, verb: str, actor: User | None, fields: list[str], *, reason: str = "",
    public_reason: tuple[str, str] = ("", ""), on: date | None = None,
) -> Certification:
    """Write the step, its public event and history entry, and carry it to the listing."""
    before, state, now = certification.state, _require_state(verb, certification), timezone.now()
    on = on or timezone.localdate(now)
    certification.state, certification.state_since = state, now
    certification.row_version += 1
    certification.save(update_fields=["state", "state_since", "row_version", *fields])
    CertificationEvent.objects.create(certification=certification, state=state, on=on, at=now, actor=actor,
                                      public_reason_zh=public_reason[0], public_reason_en=public_reason[1])
    _note(certification, f"certification.{ACTS[verb]}", actor, before, reason=reason or public_reason[0],
          after={"state": state, "on": on,
                 "listing": certification.listing.listing_number if certification.listing else None})
    if certification.listing and verb != "grant":
        set_listing_status(listing=certification.listing, status=ListingStatus(state), since=on, actor=actor,
                           reason_zh=public_reason[0], reason_en=public_reason[1])
    return certification


ACTS = {"grant": "granted", "refuse": "refused", "suspend": "suspended", "lift": "suspension_lifted",
        "withdraw": "withdrawn", "cancel": "cancelled", "expire": "expired"}


def _note(
    certification: Certification, act: str, actor: User | None, before: str, *, after: dict[str, object], reason: str
) -> None:
    append_entry(chain=certification.order.chain, act=act, actor=actor, object_type="certification",
                 object_id=certification.pk, before={"state": before} if before else {}, after=after, reason=reason)


def _lock(certification: Certification, row_version: int | None = None) -> Certification:
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


def _require_role(actor: User, role: Role) -> None:
    if not actor.is_active or role not in actor.role_codes:
        raise RoleMissing(_("只有%(role)s可以执行此操作。") % {"role": role.label}, extra={"roles": [role]})


def _require_state(verb: str, certification: Certification) -> CertificationState:
    """The state that the verb leads to; raises IllegalTransition."""
    label = CertificationState(certification.state).label
    return CertificationState(str(require_transition(TRANSITIONS, verb, certification.state, label).target))


def _require_no_part(order: Order, actor: User, refusal: type[Forbidden]) -> None:
    """S6, then S3 or S4."""
    if actor.pk in explainers_of(order):
        raise ExplainerMayNotJudge(field="actor")
    if actor.pk in people_who_took_part(order):
        raise refusal(field="actor")


def _require_report(order: Order) -> Report:
    if order.stage != Stage.REPORTING:
        raise NotForDecision(field="order", extra={"stage": order.stage})
    report = issued_report(order)
    if report is None:
        raise ReportNotIssued(field="report")
    return report


def _require_text(text: str, field: str) -> str:
    kept = text.strip()
    if not kept:
        raise ReasonMissing(field=field)
    return kept
