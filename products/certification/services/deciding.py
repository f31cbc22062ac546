"""Recommends and decides; a granted device is listed in the same transaction."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.access.services import require_signature
from members.people.models import User
from members.people.states import Role
from products.certification.errors import (
    AlreadyRecommended,
    DeciderTookPart,
    DoesNotConform,
    NotConsented,
    RecommendationOutdated,
    ReviewerTookPart,
)
from products.certification.models import Certification
from products.certification.selectors import is_outdated, valid_certifications_after
from products.certification.services.documents import ask_for_certificate
from products.certification.services.following import supersede_predecessors
from products.certification.services.moves import (
    lock,
    lock_device,
    move,
    note,
    require_as_read,
    require_no_part,
    require_none_valid,
    require_report,
    require_role,
    require_stage,
    require_state,
    require_text,
)
from products.certification.states import CertificationState
from products.listings.services import list_device
from products.orders.models import Order
from products.orders.services import record_decision, reopen_decision, set_turn
from products.orders.states import Party, Stage
from products.reports.models import Report
from products.reports.selectors import is_conforming
from products.reports.services import require_standing
from wapicert.texts import REASON, takes_text


@takes_text(reason=REASON)
@transaction.atomic
def recommend(
    *, order: Order, actor: User, recommends_grant: bool, reason: str = "", basis: str | None = None,
) -> Certification:
    """Recommend to grant or not, on the issued report.

    Refuses whoever is no reviewer or took part in the order (S3, S6), an order without an issued report, one of whose
    basis something is open or changed since `basis` was read, and one that has its recommendation; not to grant needs
    a reason. A recommendation, or a refusal, on a report that was amended or withdrawn since is given anew: the order
    goes back to be decided.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    require_role(actor, Role.RV, order)
    require_no_part(order, actor, ReviewerTookPart)
    certification = Certification.objects.select_for_update().filter(order=order).first()
    was_refused = _require_outdated(certification)
    require_stage(order, *([Stage.DECIDED, Stage.CLOSED] if was_refused else []))
    report = require_report(order)
    if recommends_grant and not is_conforming(report):
        raise DoesNotConform(field="recommends_grant")
    require_standing(order, report)
    require_as_read(order, basis)
    text = reason.strip() if recommends_grant else require_text(reason, "reason")
    if was_refused:
        set_turn(order=reopen_decision(order=order, actor=actor), party=Party.DECISION)
    return _record(certification or Certification(order=order, row_version=0), report, actor, recommends_grant, text)


def _require_outdated(certification: Certification | None) -> bool:
    """Whether the order was refused on a report that was amended since; refuses what still stands."""
    if certification is None:
        return False
    if not is_outdated(certification):
        if certification.state == CertificationState.REFUSED:
            raise AlreadyRecommended(
                _("该委托已决定不予授予。"), field="order",
                remedy=_("如报告有误，请由授权签字人更正报告；更正后的报告签发后可重新评定。"))
        raise AlreadyRecommended(field="order")
    return certification.state == CertificationState.REFUSED


def _record(
    certification: Certification, report: Report, actor: User, recommends_grant: bool, text: str
) -> Certification:
    """Write the recommendation; what was decided on an earlier report stays in the history."""
    before, now = certification.state, timezone.now()
    certification.report, certification.state, certification.state_since = report, CertificationState.RECOMMENDED, now
    certification.recommends_grant, certification.recommendation = recommends_grant, text
    certification.reviewed_by, certification.reviewed_at = actor, now
    certification.decided_by = certification.decided_at = None
    certification.decision_reason = ""
    certification.row_version += 1
    certification.save()
    note(certification, "certification.recommended", actor, before, reason=text,
         after={"state": certification.state, "recommends_grant": recommends_grant, "report": report.number})
    return certification


@takes_text(reason=REASON)
@transaction.atomic
def decide(
    *, certification: Certification, actor: User, grant: bool, reason: str = "", password: str,
    second_factor: str = "", row_version: int | None = None, basis: str | None = None,
) -> Certification:
    """Grant and list the device, or refuse with a reason; the order is decided.

    Refuses whoever is no decision maker or took part in the order (S4, S6), a wrong password or second factor, an order
    whose report is no longer in force, whatever changed since `basis` was read, and a grant for a report that does not
    conform, with an open point about its basis or without the vendor's consent to the listing. To grant against the
    recommendation needs a reason as well, and nothing is granted to a device while one that follows it is certified.
    """
    lock_device(certification.order)
    certification = lock(certification, row_version)
    verb = "grant" if grant else "refuse"
    require_role(actor, Role.DM, certification.order)
    require_state(verb, certification)
    require_no_part(certification.order, actor, DeciderTookPart)
    require_stage(certification.order)
    report = require_report(certification.order)
    if certification.report_id != report.pk:
        raise RecommendationOutdated(field="report")
    if grant:
        require_grantable(certification.order, report)
    require_as_read(certification.order, basis)
    needs_reason = not (grant and certification.recommends_grant)
    text = require_text(reason, "reason") if needs_reason else reason.strip()
    require_signature(user=actor, password=password, second_factor=second_factor)
    certification.decided_by, certification.decided_at, certification.decision_reason = actor, timezone.now(), text
    fields = ["decided_by", "decided_at", "decision_reason"]
    if grant:
        fields += _list(certification, actor)
    move(certification, verb, actor, fields, reason=text)
    record_decision(order=certification.order, actor=actor)
    if grant:
        supersede_predecessors(certification=certification, actor=actor)
        ask_for_certificate()
    return certification


def require_grantable(order: Order, report: Report) -> None:
    """The basis of a grant, which is also that of lifting a suspension: conforming, standing, consented to."""
    if not is_conforming(report):
        raise DoesNotConform(field="grant")
    require_standing(order, report)
    require_none_valid(valid_certifications_after(order))
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
