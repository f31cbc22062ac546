"""The door in a real browser: setting up a second factor, a passkey from end to end, and its pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as steps
from playwright.sync_api import Page, expect

from members.access.models import Invitation
from members.access.services import (
    invitation_link,
    invite,
    note_sign_in,
    request_reset,
    revoke_invitation,
    unseal,
)
from members.access.states import SignInKind
from members.history.models import Entry
from members.people.models import User
from members.people.states import Role
from products.reports.models import Report
from tests.browser.conftest import open_place
from tests.browser.places import DOORS, Place
from tests.factories import catalogue, people, reports
from tests.factories.people import PASSWORD
from tests.factories.seeds import seed


@pytest.fixture
def world(transactional_db: None, settings: Any) -> SimpleNamespace:
    """The cast on a site that asks for second factors, and a report that waits for its signatory."""
    settings.SECOND_FACTOR = "required"
    return seed("the door in a browser", build)


def build() -> SimpleNamespace:
    cast = people.cast()
    catalogue.load()
    return SimpleNamespace(cast=cast, report=reports.checked(cast))


def code(step: int = 1, who: str = "signatory") -> str:
    """A code that counts now: 0 the last, 1 this, 2 the next."""
    sealed = Authenticator.objects.get(type="totp", user__username=who).data["secret"]
    return format_hotp_value(hotp_value(unseal(sealed), list(steps())[step]))


def set_up_authenticator(page: Page) -> None:
    """From the page that a person without a second factor is led to, to the recovery codes."""
    page.locator('main a[href="/accounts/2fa/totp/activate/"]').click()
    secret = page.locator("#secret").inner_text()
    page.locator("#id_code").fill(format_hotp_value(hotp_value(secret, list(steps())[1])))
    page.locator("main form button.primary").click()


def add_virtual_authenticator(page: Page) -> None:
    """A security key of the browser's own, which answers at once."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True}})


def test_signatory_sets_up_an_authenticator_and_signs_in_with_it(open_page, world, sign_in):
    page = open_page("/accounts/login/", java_script_enabled=False)
    sign_in(page, "signatory")
    page.goto("/lab/")
    assert page.url.endswith("/accounts/2fa/")
    set_up_authenticator(page)
    assert page.locator(".chip code").count() == 10
    page.goto("/lab/")
    assert page.url.endswith("/lab/")
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert unseal(kept) not in kept
    assert Entry.objects.filter(act="factor.added", actor_id=world.cast.signatory.pk).count() == 1
    other = open_page("/accounts/login/", java_script_enabled=False)
    sign_in(other, "signatory")
    assert other.url.endswith("/accounts/2fa/authenticate/")
    other.locator("#id_code").fill("000000")
    other.locator("main form button.primary").first.click()
    expect(other.locator(".refusals")).to_be_visible()
    other.locator("#id_code").fill(code(2))
    other.locator("main form button.primary").first.click()
    other.wait_for_url("**/lab/")


def test_passkey_is_added_and_confirms_an_authorisation(open_page, world, sign_in):
    page = open_page("/accounts/login/")
    add_virtual_authenticator(page)
    sign_in(page, "signatory")
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("#passkey-add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    report = f"/lab/orders/{world.report.order.number}/report/"
    page.goto(report)
    page.locator("#authorise_password").fill(PASSWORD)
    page.locator('form[action$="/authorise/"] button').click()
    expect(page.locator("#authorise_second_factor_error")).to_contain_text("验证码不正确")
    page.locator(".help a[href*='reauthenticate']").first.click()
    page.locator("#passkey-use").click()
    page.wait_for_url(f"**{report}")
    page.locator("#authorise_password").fill(PASSWORD)
    page.locator('form[action$="/authorise/"] button').click()
    expect(page.locator(".messages")).to_contain_text("已记录")
    assert Report.objects.get(pk=world.report.pk).authorised_by == world.cast.signatory
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    sign_in(page, "signatory")
    page.locator("#passkey-use").click()
    page.wait_for_url("**/lab/")
    assert page.console_errors == [] or all("status of 403" in line for line in page.console_errors)


def test_pages_of_the_door_have_no_barriers_and_fit_the_screen(open_page, world, sign_in, examine, live_server):
    page = open_page("/accounts/login/")
    add_virtual_authenticator(page)
    sign_in(page, "signatory")
    page.goto("/accounts/2fa/webauthn/add/")
    page.locator("#passkey-add").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")
    parts, found = {"key": Authenticator.objects.get(type="webauthn").pk}, []
    first, new, *rest = [place for place in DOORS if not place.who]

    def look(on: Page, place: Place) -> None:
        for language in ("zh-hans", "en"):
            on.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
            found.extend(open_place(on, place, place.path.format(**parts)) + examine(on, place.name, language))

    look(page, new)
    page.goto("/accounts/2fa/")
    set_up_authenticator(page)
    page.wait_for_url("**/accounts/2fa/")
    for place in rest:
        look(page, place)
    half = open_page("/accounts/login/")
    sign_in(half, "signatory")
    look(half, first)
    assert found == []


def test_pages_of_whoever_keeps_the_door_have_no_barriers(cast, examine_all):
    people.give_factor(cast.signatory, generate_totp_secret())
    request_reset(user=cast.signatory, reason="演示：手机遗失", actor=people.person("admin2", Role.AD))
    for name in ("演示甲", "演示乙"):
        row = invite(email="new@example.com", name=name, username=name, staff_number=name, company=None,
                     roles=[Role.TE, Role.VE], actor=cast.admin)
        note_sign_in(kind=SignInKind.LOCKED, user=cast.tester)
    revoke_invitation(invitation=row, actor=cast.admin)
    token = invitation_link(Invitation.objects.get(closed_at=None)).split("/")[-2]
    assert examine_all([place for place in DOORS if place.who], {"token": token}, cast) == []


def test_invited_person_opens_the_account_by_the_link(cast, open_page):
    row = invite(email="new@example.com", name="演示甲", username="new", staff_number="D-1", company=None,
                 roles=[Role.TE], actor=cast.admin)
    page = open_page(f"/invitations/{invitation_link(row).split('/')[-2]}/")
    for field in ("#id_password", "#id_again"):
        page.locator(field).fill(PASSWORD)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/accounts/login/")
    assert User.objects.get(username="new").check_password(PASSWORD)
