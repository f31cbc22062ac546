"""The second factor: who must have one, what is refused without it, how often a code counts, who resets a lost one."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as steps
from django.core.management import call_command
from django.test import Client

from members.access.errors import FactorLocked, FactorWrong, NoFactorToReset, ResetDecided, ResetNotYours, ResetOpen
from members.access.models import FactorReset
from members.access.services import confirm_reset, refuse_reset, request_reset, require_signature
from members.history.models import Entry
from members.notices.models import Notice
from members.people.errors import PasswordWrong, ReasonMissing
from members.people.services import issue_token
from members.people.states import Role
from tests.factories import people, reports
from tests.factories.api import Api
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = generate_totp_secret()
SETUP = "/accounts/2fa/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def signatory(cast):
    people.give_factor(cast.signatory, SECRET)
    return cast.signatory


def codes():
    """The codes that count now, the oldest first."""
    return [format_hotp_value(hotp_value(SECRET, step)) for step in steps()]


def sign_in(username, code=None):
    client = Client()
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    if code:
        client.post("/accounts/2fa/authenticate/", {"code": code})
    return client


@pytest.mark.parametrize("who", ["signatory", "decider", "admin"])
@pytest.mark.parametrize("address", ["/home/", "/lab/", "/admin/", "/accounts/me/", "/my/", "/"])
def test_person_of_such_a_role_without_factor_is_led_to_set_one_up(cast, who, address):
    client = sign_in(who)
    assert client.get(address).url == SETUP
    assert client.post(address).url == SETUP
    assert "请先设置第二因素" in client.get(SETUP).content.decode()


def test_api_refuses_the_session_and_the_token_of_who_has_no_factor(cast):
    _token, secret = issue_token(user=cast.signatory, label="测试台")
    for client, headers in ((sign_in("signatory"), {}), (Client(), {"Authorization": f"Token {secret}"})):
        answer = client.get("/api/v1/devices/", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("who", ["tester", "verifier", "quality", "vendor", "auditor"])
def test_person_of_another_role_needs_none(cast, who):
    assert sign_in(who).get("/accounts/me/").status_code == 200


def test_session_opened_before_the_factor_was_used_is_asked_for_it(client, cast, signatory):
    client.force_login(signatory)
    assert client.get("/lab/?queue=held").url == "/accounts/2fa/reauthenticate/?next=/lab/%3Fqueue%3Dheld"
    assert client.post("/accounts/2fa/reauthenticate/?next=/lab/", {"code": codes()[1], "next": "/lab/"}).url == "/lab/"
    assert client.get("/lab/").status_code == 200


def test_sign_in_takes_each_code_once_and_each_recovery_code_once(
        cast, signatory, django_capture_on_commit_callbacks):
    assert sign_in("signatory").get("/lab/").status_code == 302
    newest = codes()[2]
    assert sign_in("signatory", newest).get("/lab/").status_code == 200
    for code in (newest, codes()[0], "000000", ""):
        assert sign_in("signatory", code).get("/lab/").status_code == 302, code
    client = sign_in("decider")
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, list(steps())[1]))})
    recovery = Authenticator.objects.get(user=cast.decider, type="recovery_codes").wrap().get_unused_codes()[3]
    assert [sign_in("decider", recovery).get("/lab/").status_code for _time in range(2)] == [200, 302]


def test_secret_sealed_under_another_key_fits_no_code(settings, cast, signatory):
    settings.SECRET_KEY = "another" * 10
    assert [sign_in("signatory", code).get("/lab/").status_code for code in codes()] == [302, 302, 302]


def test_password_does_not_open_the_removal_and_the_last_factor_of_such_a_role_stays(cast, signatory):
    client = sign_in("signatory", codes()[0])
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    assert client.get("/accounts/2fa/totp/deactivate/").url.startswith("/accounts/2fa/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/deactivate/").url.startswith("/accounts/2fa/reauthenticate/")
    client.post("/accounts/2fa/reauthenticate/", {"code": codes()[1]})
    assert "请先添加另一个" in client.post("/accounts/2fa/totp/deactivate/").content.decode()
    assert Authenticator.objects.filter(user=signatory, type="totp").exists()


def test_signature_asks_for_password_and_for_a_code_that_was_not_used(cast, signatory, settings):
    require_signature(user=signatory, password=PASSWORD, second_factor=codes()[0])
    for code in (codes()[0], "", "000000", "a:b:c"):
        with pytest.raises(FactorWrong):
            require_signature(user=signatory, password=PASSWORD, second_factor=code)
    with pytest.raises(PasswordWrong):
        require_signature(user=signatory, password="guess", second_factor=codes()[1])
    require_signature(user=signatory, password=PASSWORD, second_factor=f" {codes()[1]} ")
    require_signature(user=cast.quality, password=PASSWORD)
    settings.PASSWORD_TRIES = 1
    with pytest.raises(FactorWrong):
        require_signature(user=signatory, password=PASSWORD)
    with pytest.raises(FactorLocked):
        require_signature(user=signatory, password=PASSWORD, second_factor=codes()[2])


@pytest.mark.usefixtures("catalogue")
def test_programs_authorise_with_a_code_and_not_without(cast, signatory):
    report = reports.checked(cast)
    path, found = f"reports/{report.pk}/authorise/", []
    for second_factor in ({}, {"second_factor": "000000"}, {"second_factor": codes()[1]}):
        answer = Api(signatory).post(path, {"password": PASSWORD, **second_factor}, version=report.row_version)
        found.append((answer.status_code, answer.json().get("code"), answer.json().get("field")))
    assert found == [(403, "second_factor_wrong", "second_factor")] * 2 + [(200, None, None)]


def test_lost_factor_is_reset_by_two_others_with_notice_and_history(cast, signatory):
    second = people.person("admin2", Role.AD)
    inside = sign_in("signatory", codes()[0])
    reset = request_reset(user=signatory, reason="手机遗失，本人到场", actor=cast.admin)
    for nobody in (cast.admin, signatory, cast.decider, cast.auditor):
        with pytest.raises(ResetNotYours):
            confirm_reset(reset=reset, actor=nobody)
    with pytest.raises(ResetOpen):
        request_reset(user=signatory, reason="再次", actor=second)
    assert Notice.objects.filter(event="access.reset_requested", recipient__in=[second, cast.quality]).count() == 2
    confirm_reset(reset=reset, actor=cast.quality)
    assert not Authenticator.objects.exists()
    assert inside.get("/accounts/me/").url.startswith("/accounts/login/")
    assert Notice.objects.filter(recipient=signatory, event="access.factors_reset").count() == 1
    entry = Entry.objects.get(act="factor.reset")
    assert (entry.actor_id, entry.after["requested_by"], entry.reason) == (
        cast.quality.pk, cast.admin.staff_number, "手机遗失，本人到场")
    with pytest.raises(ResetDecided):
        refuse_reset(reset=reset, actor=second)


@pytest.mark.parametrize(("actor", "reason", "refusal"), [
    ("signatory", "丢失", ResetNotYours), ("quality", "丢失", ResetNotYours), ("tester", "丢失", ResetNotYours),
    ("admin", " ", ReasonMissing)])
def test_request_reset_refuses(cast, signatory, actor, reason, refusal):
    with pytest.raises(refusal):
        request_reset(user=signatory, reason=reason, actor=getattr(cast, actor))
    assert not FactorReset.objects.exists()


def test_nobody_asks_for_or_decides_about_the_own_reset(cast, signatory):
    with pytest.raises(ResetNotYours):
        request_reset(user=cast.admin, reason="丢失", actor=cast.admin)
    Authenticator.objects.update(user=cast.quality)
    own = request_reset(user=cast.quality, reason="丢失", actor=cast.admin)
    for decide in (confirm_reset, refuse_reset):
        with pytest.raises(ResetNotYours):
            decide(reset=own, actor=cast.quality)
    assert FactorReset.objects.get().decided_at is None


def test_reset_of_nothing_is_refused_and_a_refused_one_leaves_the_factor(cast, signatory):
    with pytest.raises(NoFactorToReset):
        request_reset(user=cast.decider, reason="丢失", actor=cast.admin)
    refuse_reset(reset=request_reset(user=signatory, reason="丢失", actor=cast.admin), actor=cast.admin)
    assert Authenticator.objects.filter(user=signatory).exists()


def test_command_resets_where_no_second_person_is_left(cast, signatory):
    call_command("reset_second_factor", "signatory", reason="两名管理员均丢失")
    assert not Authenticator.objects.exists()
    assert Entry.objects.get(act="factor.reset").actor_id is None


def test_page_asks_and_decides(client, cast, signatory, settings):
    settings.SECOND_FACTOR = "off"
    page = "/people/factors/"
    client.force_login(cast.admin)
    assert "本站没有要求第二因素" in client.get(page).content.decode()
    assert client.post(page, {"user": signatory.pk, "reason": ""}).status_code == 422
    assert client.post(page, {"user": signatory.pk, "reason": "手机遗失"}).url == page
    reset = FactorReset.objects.get()
    assert client.post(f"{page}resets/{reset.pk}/confirm/").status_code == 403
    client.force_login(cast.quality)
    assert "确认重置" in client.get(page).content.decode()
    assert client.post(f"{page}resets/{reset.pk}/forget/").status_code == 404
    assert client.post(f"{page}resets/{reset.pk}/confirm/").url == page
    assert not Authenticator.objects.exists()
