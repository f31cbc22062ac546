"""Who may keep a company's webhooks: its users, as long as their role counts."""

from __future__ import annotations

import pytest

from members.people.models import User
from members.people.services import revoke_role
from products.webhooks.errors import NotYourCompany
from products.webhooks.models import Webhook
from products.webhooks.services import end_webhook, register_webhook
from products.webhooks.states import Event
from tests.factories import people

pytestmark = pytest.mark.django_db


def register(actor: User) -> Webhook:
    return register_webhook(url="https://hooks.example.com/wapi", events=[Event.ORDER_MOVED], actor=actor)


def test_person_whose_role_does_not_count_registers_none_and_ends_none(cast):
    hook = register(cast.vendor)
    roleless = people.person("roleless", company=cast.company_a)
    revoke_role(grant=cast.vendor.role_grants.get(), actor=cast.admin)
    for person in (roleless, User.objects.get(pk=cast.vendor.pk)):
        with pytest.raises(NotYourCompany):
            register(person)
        with pytest.raises(NotYourCompany):
            end_webhook(webhook=hook, actor=person)
    assert [row.ended_at for row in Webhook.objects.all()] == [None]


def test_user_of_another_company_ends_none(cast):
    hook = register(cast.vendor)
    with pytest.raises(NotYourCompany):
        end_webhook(webhook=hook, actor=cast.stranger)
    assert end_webhook(webhook=hook, actor=cast.vendor).ended_at is not None
