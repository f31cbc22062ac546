"""A person who left is found nowhere any more but under the staff number; the history stays what it was."""

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client

from members.access.models import FactorReset, SignIn
from members.access.services import accept_invitation, invitation_link, invite, request_reset
from members.companies.models import Contact
from members.history.models import Entry
from members.history.selectors import faults_in_history
from members.history.services import append_entry
from members.notices.models import Notice
from members.notices.rendering import words_of
from members.notices.services import notify
from members.people.errors import AccountAnonymised, ReasonMissing
from members.people.models import User
from members.people.services import confirm_role, issue_token, set_active
from members.people.states import Role
from members.requests.models import Answer
from products.equipment.models import Loan
from products.equipment.services import return_tool
from products.orders.models import Order
from products.orders.services import return_order
from products.retention import errors
from products.retention.models import Departure
from products.retention.services import confirm_departure, place_hold, refuse_departure, request_departure
from products.subscriptions.models import Subscription
from tests.factories import equipment, orders, people, reports, results
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NAME, LOGIN, MAIL = "欧阳锦瑟", "jinse.ouyang", "jinse.ouyang@members.example"


@pytest.fixture
def admin2(cast):
    return people.person("admin2", Role.AD)


def invited(cast, admin2, *, company=None, roles=(Role.TE,)):
    """Somebody who came by invitation and signs in by the page, so that every table knows them that would."""
    row = invite(email=MAIL, name=NAME, username=LOGIN, staff_number="G-0815", roles=list(roles), company=company,
                 actor=cast.admin)
    user = accept_invitation(token=invitation_link(row).rstrip("/").rsplit("/", 1)[1], password=PASSWORD)
    for grant in user.role_grants.all():
        confirm_role(grant=grant, actor=admin2)
    browser = Client()
    assert browser.post("/accounts/login/", {"login": LOGIN, "password": PASSWORD}).status_code == 302
    assert browser.get("/accounts/me/").status_code == 200
    return User.objects.get(pk=user.pk)


def leave_traces(cast, user):
    """A row in every table that may name the person, besides what comes with the account."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    EmailAddress.objects.create(user=user, email=MAIL)
    issue_token(user=user, label=f"{NAME}的脚本", actor=user)
    request_reset(user=user, reason="演示：手机遗失", actor=cast.admin)
    notify(people=[user, cast.intake], event="rework.message", key="7", facts={"who": NAME, "text": f"请联系{NAME}"})
    Answer.objects.create(user=cast.intake, key="a", request_digest="0", status=200, body={"by": {"name": NAME}})
    Answer.objects.create(user=cast.intake, key="b", request_digest="0", status=200, body={"by": "演示他人"})
    Subscription.objects.create(email=MAIL, language="zh-hans", target="search", words="x")
    Contact.objects.create(company=cast.company_a, name=NAME, phone="13800000000", email=MAIL)
    LogEntry.objects.create(user=cast.admin, content_type=ContentType.objects.get_for_model(User), object_id=user.pk,
                            object_repr=NAME, action_flag=2)
    loan = equipment.lent(cast, contact=NAME) if user.company_id else equipment.lent(
        cast, company=None, person=user, contact="")
    return_tool(loan=loan, actor=cast.intake, condition="外观完好")


def left(cast, user):
    return set_active(user=user, is_active=False, actor=cast.admin)


def places_of(*texts):
    """Every column of every table that holds one of the texts, plain or as JSON writes it."""
    wanted = {*texts, *(json.dumps(text)[1:-1] for text in texts)}
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            names = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            for name in names:
                column = f"LOWER(CAST({connection.ops.quote_name(name)} AS TEXT))"
                for text in wanted:
                    cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} WHERE {column} LIKE %s LIMIT 1",
                                   [f"%{text.lower()}%".replace("\\", "\\\\") if connection.vendor == "postgresql"
                                    else f"%{text.lower()}%"])
                    if cursor.fetchone():
                        found.add(f"{table}.{name}")
    return found


@pytest.mark.parametrize("is_vendor", [False, True])
def test_name_login_and_mail_are_found_nowhere_any_more(cast, admin2, is_vendor, capsys):
    user = invited(cast, admin2, company=cast.company_a if is_vendor else None, roles=[] if is_vendor else [Role.TE])
    leave_traces(cast, user)
    known = places_of(NAME, LOGIN, MAIL)
    assert {"members_user.name", "members_user.username", "members_invitation.email", "members_notice.facts",
            "members_answer.body", "members_apitoken.label", "members_contact.name", "django_admin_log.object_repr",
            "products_subscription.email", "account_emailaddress.email"} <= known
    # The history never knew more than the staff number.
    assert not {place for place in known if place.startswith("members_entry")}
    before = {entry.pk: entry.hash for entry in Entry.objects.all()}

    row = request_departure(user=left(cast, user), reason="演示：已离职", actor=cast.admin)
    confirm_departure(departure=row, actor=admin2)
    assert places_of(NAME, LOGIN, MAIL, "13800000000") == set()
    user.refresh_from_db()
    assert (user.name, user.username, user.email, user.staff_number, user.is_active, user.last_login) == (
        "离职人员 G-0815", "left-G-0815", "", "G-0815", False, None)
    assert not user.has_usable_password()
    assert user.role_grants.count() == 1
    assert [rows.count() for rows in (
        SignIn.objects.filter(user=user), Authenticator.objects.filter(user=user), user.api_tokens.all(),
        FactorReset.objects.filter(user=user), Notice.objects.filter(recipient=user))] == [0, 0, 0, 0, 0]
    assert Notice.objects.get(recipient=cast.intake, event="rework.message").facts == {
        "who": "离职人员 G-0815", "text": "请联系离职人员 G-0815"}
    assert list(Answer.objects.values_list("key", flat=True)) == ["b"]
    loan = Loan.objects.get()
    assert (loan.contact if is_vendor else loan.borrower) == "离职人员 G-0815"

    # Nothing that was written before was touched, and the whole still proves itself.
    assert {pk: value for pk, value in Entry.objects.values_list("pk", "hash") if pk in before} == before
    assert list(faults_in_history()) == []
    call_command("verify_history")
    entry = Entry.objects.get(act="user.anonymised")
    assert (entry.object_id, entry.actor_staff_number, entry.after["requested_by"]) == (
        "G-0815", "S-admin2", "S-admin")
    # The log is kept for its six months, and tells of nobody.
    assert entry.after["removed"]["sign_ins"] == SignIn.objects.filter(user=None).count() > 0


def test_issued_report_alone_keeps_the_name_that_it_prints(cast, catalogue, admin2):
    report = reports.issued(cast)
    person, snapshot, digest = report.compiled_by, report.snapshot, report.file.sha256
    name = person.name
    order = Order.objects.get(pk=report.order_id)
    order.stage = "closed"
    order.save(update_fields=["stage"])
    append_entry(chain=order.chain, act="order.closed", actor=None, object_type="order", object_id=order.number,
                 rows=[order])
    assert {"members_user.name", "products_report.snapshot"} <= places_of(name)
    row = request_departure(user=left(cast, person), reason="演示：已离职", actor=cast.admin)
    confirm_departure(departure=row, actor=admin2)
    assert places_of(name) == {"products_report.snapshot"}
    report.refresh_from_db()
    assert (report.snapshot, report.file.sha256) == (snapshot, digest)
    call_command("verify_storage")
    call_command("verify_history")


def test_request_tells_whoever_may_confirm_by_number_alone(cast, admin2):
    request_departure(user=left(cast, cast.tester2), reason="演示：已离职", actor=cast.admin)
    told = Notice.objects.filter(event="retention.departure_requested")
    assert {notice.recipient for notice in told} == {cast.admin, admin2, cast.quality}
    assert told[0].facts == {"staff_number": "S-tester2", "by": "S-admin", "reason": "演示：已离职"}
    assert "S-tester2" in words_of(told[0]).subject


def test_log_of_sign_ins_tells_of_somebody_who_left(cast, admin2, client):
    user = invited(cast, admin2)
    client.force_login(cast.auditor)
    assert NAME in client.get("/people/sign-ins/").content.decode()
    confirm_departure(departure=request_departure(user=left(cast, user), reason="演示：已离职", actor=cast.admin),
                      actor=admin2)
    page = client.get("/people/sign-ins/").content.decode()
    assert ("已离职的人员" in page, NAME in page, "没有这个账户" in page) == (True, False, False)


def test_acts_stay_under_the_staff_number(cast, catalogue, admin2, client):
    order = orders.submitted(cast)
    return_order(order=order, actor=cast.intake, reason="演示：补正")
    Order.objects.filter(pk=order.pk).update(stage="cancelled")
    row = request_departure(user=left(cast, cast.intake), reason="演示：已离职", actor=cast.admin)
    confirm_departure(departure=row, actor=cast.quality)
    client.force_login(cast.auditor)
    page = client.get(f"/lab/orders/{order.number}/history/").content.decode()
    assert ("离职人员 S-intake" in page, "演示intake" in page) == (True, False)


def test_namesake_keeps_name_and_notices(cast, admin2):
    user = invited(cast, admin2)
    namesake = people.person("other", Role.TE)
    User.objects.filter(pk=namesake.pk).update(name=NAME)
    notify(people=[cast.intake], event="rework.message", key="7", facts={"who": NAME})
    confirm_departure(departure=request_departure(user=left(cast, user), reason="演示：已离职", actor=cast.admin),
                      actor=admin2)
    assert places_of(NAME) == {"members_user.name", "members_notice.facts"}
    assert places_of(LOGIN, MAIL) == set()


@pytest.mark.parametrize("who", ["vendor", "intake", "tester", "signatory", "decider", "quality", "auditor"])
def test_request_is_refused_to_everybody_but_another_administrator(cast, admin2, who):
    left(cast, cast.tester2)
    with pytest.raises(errors.DepartureNotYours):
        request_departure(user=cast.tester2, reason="演示", actor=getattr(cast, who))
    with pytest.raises(errors.DepartureNotYours):
        request_departure(user=cast.admin, reason="演示", actor=cast.admin)
    assert not Departure.objects.exists()


def test_confirmation_takes_a_second_person_who_may(cast, admin2):
    row = request_departure(user=left(cast, cast.tester2), reason="演示：已离职", actor=cast.admin)
    for who in (cast.admin, cast.decider, cast.auditor, cast.tester, cast.vendor):
        with pytest.raises(errors.DepartureNotYours):
            confirm_departure(departure=row, actor=who)
    for who in (cast.decider, cast.auditor, cast.tester, cast.vendor):
        with pytest.raises(errors.DepartureNotYours):
            refuse_departure(departure=row, actor=who)
    assert User.objects.get(pk=cast.tester2.pk).name == "演示tester2"
    confirm_departure(departure=row, actor=cast.quality)
    for verb in (confirm_departure, refuse_departure):
        with pytest.raises(errors.DepartureDecided):
            verb(departure=row, actor=admin2)


def test_quality_manager_who_came_back_decides_nothing_about_the_own_account(cast):
    row = request_departure(user=left(cast, cast.quality), reason="演示：已离职", actor=cast.admin)
    back = set_active(user=User.objects.get(pk=cast.quality.pk), is_active=True, actor=cast.admin)
    assert Role.QM in back.role_codes
    for verb in (confirm_departure, refuse_departure):
        with pytest.raises(errors.DepartureNotYours):
            verb(departure=row, actor=back)
    assert Departure.objects.get().decided_at is None


def test_request_may_be_taken_back_and_made_anew(cast, admin2):
    row = request_departure(user=left(cast, cast.tester2), reason="演示：已离职", actor=cast.admin)
    with pytest.raises(errors.DepartureOpen):
        request_departure(user=cast.tester2, reason="演示：已离职", actor=admin2)
    assert refuse_departure(departure=row, actor=cast.admin).is_confirmed is False
    assert User.objects.get(pk=cast.tester2.pk).name == "演示tester2"
    request_departure(user=cast.tester2, reason="演示：已离职", actor=cast.admin)


def test_request_refuses_reasons_that_are_empty_or_name_the_person(cast, admin2):
    user = left(cast, invited(cast, admin2))
    with pytest.raises(ReasonMissing):
        request_departure(user=user, reason=" ", actor=cast.admin)
    for text in (f"{NAME}已离职", f"账户{LOGIN.upper()}", MAIL):
        with pytest.raises(errors.NameInReason):
            request_departure(user=user, reason=text, actor=cast.admin)


def test_whoever_may_still_sign_in_is_not_made_anonymous(cast, admin2):
    with pytest.raises(errors.StillActive):
        request_departure(user=cast.tester2, reason="演示", actor=cast.admin)
    row = request_departure(user=left(cast, cast.tester2), reason="演示：已离职", actor=cast.admin)
    set_active(user=cast.tester2, is_active=True, actor=cast.admin)
    with pytest.raises(errors.StillActive):
        confirm_departure(departure=row, actor=admin2)


def test_account_made_anonymous_is_never_opened_again(cast, admin2):
    row = request_departure(user=left(cast, cast.tester2), reason="演示：已离职", actor=cast.admin)
    confirm_departure(departure=row, actor=admin2)
    with pytest.raises(AccountAnonymised):
        set_active(user=cast.tester2, is_active=True, actor=cast.admin)
    with pytest.raises(errors.DepartureDecided):
        request_departure(user=cast.tester2, reason="演示", actor=cast.admin)


def loan_of(cast):
    return equipment.lent(cast, company=None, person=cast.tester, contact="").person


def result_on_a_running_order(cast):
    results.recorded(orders.in_testing(cast), cast, codes=["IOP-01"])
    return cast.tester


def report_in_work(cast):
    report = reports.compiled(cast)
    Order.objects.filter(pk=report.order_id).update(stage="closed")
    return report.compiled_by


@pytest.mark.parametrize("arrange", [loan_of, result_on_a_running_order, report_in_work])
def test_open_duties_are_in_the_way_and_named(cast, catalogue, arrange):
    person = arrange(cast)
    with pytest.raises(errors.DutiesOpen) as refusal:
        request_departure(user=left(cast, person), reason="演示：已离职", actor=cast.admin)
    assert [duty["numbers"] for duty in refusal.value.extra["duties"]]
    assert refusal.value.extra["duties"][0]["numbers"][0] in str(refusal.value)


@pytest.mark.parametrize("of", ["user", "company", "order"])
def test_hold_is_in_the_way(cast, catalogue, admin2, of):
    order = orders.submitted(cast)
    row = request_departure(user=left(cast, cast.vendor), reason="演示：已离职", actor=cast.admin)
    target = {"user": cast.vendor, "company": cast.company_a, "order": order}[of]
    place_hold(**{of: target}, reason="演示：诉讼", actor=cast.quality)
    with pytest.raises(errors.UnderHold):
        confirm_departure(departure=row, actor=admin2)
    assert User.objects.get(pk=cast.vendor.pk).anonymised_at is None

