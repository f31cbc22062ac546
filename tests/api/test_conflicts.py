"""S9: whoever declared a conflict of interest with the company acts on nothing of it, at no endpoint that acts."""

from __future__ import annotations

import pytest
from django.db import transaction

from members.people.models import User
from members.people.services import declare_conflict
from tests.api.test_access import CASES, STAFF
from tests.api.worlds import WORLDS
from tests.factories.api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
# These move nothing of a company's; what an auditor may send changes nothing.
OF_NO_ORDER = {"api-files", "api-plan-preview", "api-failure-acknowledge"}
ACTS = [(case, who) for case in CASES if case.method != "get" and case.name not in OF_NO_ORDER
        for who in STAFF if case.expected[who] < 300 and case.expected["auditor"] >= 300]


@pytest.mark.parametrize("world", sorted({case.world for case, _who in ACTS}))
def test_staff_with_a_declared_conflict_are_refused_every_act(cast, world):
    built, accepted = WORLDS[world](cast), []
    for case, who in ACTS:
        if case.world != world:
            continue
        person = User.objects.get(pk=getattr(cast, who).pk)
        with transaction.atomic():
            declare_conflict(user=person, company=cast.company_a, reason="演示：曾任职", actor=person)
            answer = Api(User.objects.get(pk=person.pk)).send(
                case.method, case.path(built), case.body(built), version=case.version(built), form=case.form)
            transaction.set_rollback(True)
        if answer.status_code != 403:
            accepted.append((case.name, who, answer.status_code))
    assert accepted == []
