"""What has run out, kind by kind: rows whose time began before a moment, without what is held."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from members.access.models import Invitation, SignIn
from members.history.models import Entry
from members.notices.models import Notice
from members.people.models import ApiToken
from members.requests.models import Answer as KeptAnswer
from products.certification.models import Certification, ReplacedCertificate
from products.certification.states import CertificationState
from products.equipment.models import Loan
from products.equipment.states import LoanState
from products.failures.models import Acknowledgement
from products.files.models import StoredFile
from products.orders.models import Order
from products.orders.states import ENDED, Stage
from products.reports.models import Report
from products.results.models import Evidence, ImportJob
from products.retention.selectors.holding import Held
from products.rework.models import Answer
from products.subscriptions.models import OutgoingMail, Subscription
from products.subscriptions.selectors import MOST_TRIES as MAIL_TRIES
from products.suites.models import DraftSheet
from products.webhooks.models import Delivery
from products.webhooks.states import MOST_TRIES


def files_of(orders: QuerySet[Order]) -> Q:
    """Files of these orders: evidence, what vendors attached to answers, and imported results."""
    keys = orders.order_by().values("pk")
    attached = Answer.files.through.objects.filter(answer__rework__order__in=keys)
    return (Q(pk__in=Evidence.objects.filter(order__in=keys).values("file"))
            | Q(pk__in=ImportJob.objects.filter(order__in=keys).values("file"))
            | Q(pk__in=attached.values("storedfile")))


def _present() -> QuerySet[StoredFile]:
    """Files that may be removed at all: neither gone already nor issued."""
    issued = Q(pk__in=Report.objects.filter(file__isnull=False).values("file")) | Q(
        pk__in=Certification.objects.filter(certificate__isnull=False).values("certificate")) | Q(
        pk__in=ReplacedCertificate.objects.values("file"))
    return StoredFile.objects.filter(removed_at=None).exclude(issued)


def order_files(before: datetime, held: Held) -> QuerySet[StoredFile]:
    """Files of orders that ended before, and whose listing was not in force since; none that another order uses."""
    in_force = Q(state__in=[CertificationState.VALID, CertificationState.SUSPENDED]) | Q(state_since__gte=before)
    ended = Order.objects.filter(stage__in=ENDED, stage_since__lt=before).exclude(held.of_orders).exclude(
        pk__in=Certification.objects.filter(in_force).values("order"))
    others = Order.objects.exclude(pk__in=ended.order_by().values("pk"))
    return _present().filter(files_of(ended)).exclude(files_of(others))


def sheets(before: datetime, held: Held) -> QuerySet[StoredFile]:
    """Files of results that name no order, and sheets of draft editions; all stay while an order or company is held,
    since such a file may be about any of them.
    """
    if held.orders or held.companies:
        return StoredFile.objects.none()
    used = Q(pk__in=ImportJob.objects.filter(order=None).values("file")) | Q(
        pk__in=DraftSheet.objects.values("file"))
    return _present().filter(used, uploaded_at__lt=before).exclude(files_of(Order.objects.all()))


def loose_files(before: datetime, held: Held) -> QuerySet[StoredFile]:
    """Files that were uploaded and belong to nothing."""
    used = files_of(Order.objects.all()) | Q(pk__in=ImportJob.objects.values("file")) | Q(
        pk__in=DraftSheet.objects.values("file"))
    return _present().filter(uploaded_at__lt=before).exclude(used).exclude(
        Q(company_id__in=held.companies) | Q(uploaded_by_id__in=held.people))


def drafts(before: datetime, held: Held) -> QuerySet[Order]:
    """Applications that were never handed in and that nobody has changed since; none on which a hold ever stood."""
    chain = Concat(Value("order:"), OuterRef("number"), output_field=CharField())
    changed = Entry.objects.filter(chain=chain, at__gte=before)
    rows = Order.objects.filter(stage__in=[Stage.DRAFT, Stage.CANCELLED], submitted_at=None, created_at__lt=before)
    return rows.exclude(held.of_orders).filter(holds=None).exclude(Exists(changed))


def loans(before: datetime, held: Held) -> QuerySet[Loan]:
    """Loans that are over and still name who took the tool along."""
    over = Q(state=LoanState.RETURNED, returned_at__lt=before) | Q(state=LoanState.CANCELLED, due_on__lt=before.date())
    return Loan.objects.filter(over).exclude(contact="").exclude(
        Q(company_id__in=held.companies) | Q(person_id__in=held.people))


def notices(before: datetime, held: Held) -> QuerySet[Notice]:
    """Notices, read or not."""
    return Notice.objects.filter(created_at__lt=before).exclude(held.of_people("recipient"))


def mails(before: datetime, held: Held) -> QuerySet[OutgoingMail]:
    """Mails to subscribers that went out or were given up."""
    return OutgoingMail.objects.filter(
        Q(sent_at__lt=before) | Q(sent_at=None, tries__gte=MAIL_TRIES, created_at__lt=before))


def unconfirmed(before: datetime, held: Held) -> QuerySet[Subscription]:
    """Subscriptions that nobody confirmed."""
    return Subscription.objects.filter(confirmed_at=None, asked_at__lt=before)


def deliveries(before: datetime, held: Held) -> QuerySet[Delivery]:
    """Deliveries that were taken or given up, or whose webhook has ended."""
    over = Q(delivered_at__isnull=False) | Q(tries__gte=MOST_TRIES) | Q(webhook__ended_at__isnull=False)
    return Delivery.objects.filter(over, occurred_at__lt=before).exclude(webhook__company_id__in=held.companies)


def answers(before: datetime, held: Held) -> QuerySet[KeptAnswer]:
    """Answers that are kept for repeated requests."""
    return KeptAnswer.objects.filter(created_at__lt=before).exclude(held.of_people())


def acknowledgements(before: datetime, held: Held) -> QuerySet[Acknowledgement]:
    """Notes on failures; the history keeps them too."""
    return Acknowledgement.objects.filter(at__lt=before)


def sign_ins(before: datetime, held: Held) -> QuerySet[SignIn]:
    """Lines of the log of sign-ins, those of nobody included."""
    return SignIn.objects.filter(at__lt=before).exclude(held.of_people())


def sessions(before: datetime, held: Held) -> QuerySet[UserSession]:
    """Where people were signed in, once the session is over."""
    living = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gte=before)
    rows: QuerySet[UserSession] = UserSession.objects.exclude(Exists(living)).exclude(held.of_people())
    return rows


def tokens(before: datetime, held: Held) -> QuerySet[ApiToken]:
    """Keys for programs that were revoked or have expired; those of rigs stay with their rig."""
    over = Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return ApiToken.objects.filter(over, rig=None).exclude(held.of_people())


def invitations(before: datetime, held: Held) -> QuerySet[Invitation]:
    """Invitations that were accepted or revoked, and those whose link has run out."""
    over = Q(closed_at__lt=before) | Q(closed_at=None, sent_at__lt=before - timedelta(days=settings.INVITATION_DAYS))
    return Invitation.objects.filter(over).exclude(
        Q(company_id__in=held.companies) | Q(user_id__in=held.people))
