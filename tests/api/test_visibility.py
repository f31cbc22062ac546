"""Rows stay hidden from people whose role is not confirmed, who belong to no company or another, and from visitors."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from members.access.selectors import invitations_visible_to
from members.access.services import invite
from members.people.models import User
from members.people.services import grant_role
from members.people.states import Role
from products.certification.selectors import certifications_visible_to
from products.devices.selectors import devices_visible_to
from products.equipment.selectors import loans_visible_to
from products.files.selectors import files_visible_to
from products.files.services import store_file
from products.orders.selectors import orders_visible_to
from products.reports.selectors import reports_visible_to
from products.results.selectors import exclusions_visible_to, rigs_visible_to
from products.results.services import propose_exclusion, register_rig
from products.webhooks.selectors import webhooks_visible_to
from products.webhooks.services import register_webhook
from products.webhooks.states import Event
from tests.api.worlds import ITEM, upload
from tests.factories import certification, equipment, orders, people, reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def lend(cast: SimpleNamespace) -> None:
    """One tool to company A, another to one of the staff, which is no company's loan."""
    equipment.reserved(cast)
    equipment.reserved(cast, "YS-101", company=None, person=cast.tester2, contact="")


def store(cast: SimpleNamespace) -> None:
    """One file of company A, another of the laboratory, which is no company's."""
    store_file(upload=upload(), actor=cast.vendor)
    store_file(upload=upload("other.log"), actor=cast.tester)


def waive(cast: SimpleNamespace) -> None:
    """A waiver proposed to company A."""
    propose_exclusion(order=orders.in_testing(cast), item=ITEM, kind="WAIVER", reason="演示", actor=cast.tester)


def keep_rig(cast: SimpleNamespace) -> None:
    register_rig(number="RIG-1", name_zh="演示测试台", responsible=cast.tester, days=9, tools=[equipment.tool(None)],
                 actor=cast.tester)


def keep_webhook(cast: SimpleNamespace) -> None:
    register_webhook(url="https://hooks.example.com/wapi", events=[Event.ORDER_MOVED], actor=cast.vendor)


def invite_to_both(cast: SimpleNamespace) -> None:
    """One person of company A, another of the staff."""
    known: dict[str, Any] = {"email": "new@example.com", "name": "演示新人", "actor": cast.admin}
    invite(**known, username="new", staff_number="S-new", company=cast.company_a, roles=[])
    invite(**known, username="new2", staff_number="S-new2", company=None, roles=["TE"])


# Each selector with what makes rows, and who sees exactly one of them.
TABLE: dict[Callable[..., Any], tuple[Callable[[SimpleNamespace], Any], str]] = {
    orders_visible_to: (orders.submitted, "vendor"),
    devices_visible_to: (orders.device, "vendor"),
    exclusions_visible_to: (waive, "vendor"),
    reports_visible_to: (reports.issued, "vendor"),
    certifications_visible_to: (certification.granted, "vendor"),
    loans_visible_to: (lend, "vendor"),
    files_visible_to: (store, "vendor"),
    webhooks_visible_to: (keep_webhook, "vendor"),
    invitations_visible_to: (invite_to_both, "intake"),
    rigs_visible_to: (keep_rig, "tester"),
}
OPEN_TO_VISITORS = [orders_visible_to, devices_visible_to, exclusions_visible_to]


def unconfirmed(cast: SimpleNamespace) -> User:
    """Of company A, with a role that no second person has confirmed."""
    person = people.person("unconfirmed", company=cast.company_a)
    grant_role(user=person, role=Role.VU, actor=cast.admin)
    return person


def of_no_company(cast: SimpleNamespace) -> User:
    """A user of a company by role, of none by account."""
    return people.person("unattached", Role.VU)


@pytest.mark.parametrize("selector", TABLE, ids=lambda selector: selector.__name__)
def test_only_a_confirmed_role_at_a_company_shows_rows(cast, selector):
    make, witness = TABLE[selector]
    nobodies = [unconfirmed(cast), of_no_company(cast), cast.stranger]
    make(cast)
    assert selector(getattr(cast, witness)).count() == 1
    assert [list(selector(person)) for person in nobodies] == [[], [], []]


@pytest.mark.parametrize("selector", OPEN_TO_VISITORS, ids=lambda selector: selector.__name__)
def test_visitor_who_has_not_signed_in_sees_no_rows(cast, selector):
    TABLE[selector][0](cast)
    assert list(selector(AnonymousUser())) == []


def test_invitations_are_shown_to_administrators_and_those_of_companies_to_intake(cast):
    invite_to_both(cast)
    seen = {name: {row.username for row in invitations_visible_to(person)}
            for name, person in vars(cast).items() if isinstance(person, User)}
    assert (seen.pop("admin"), seen.pop("intake")) == ({"new", "new2"}, {"new"})
    assert set().union(*seen.values()) == set()
