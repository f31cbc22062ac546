"""Who gets what at every address of the door: one table, complete by a walk through the addresses."""

from __future__ import annotations

import pytest
from django.urls import reverse

from members.access.models import FactorReset
from members.access.services import invite
from members.access.urls import library, urlpatterns
from members.history.models import Entry

pytestmark = pytest.mark.django_db
PEOPLE = ["vendor", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor", "approver",
          "auditor", "admin"]
KEEPERS = ["admin", "quality", "auditor"]
# By name: the arguments, what is sent (None: it is read), whom it is for, and what they get; others get 404.
TABLE = {
    "invitations": ([], None, ["admin", "intake"], 200),
    "invitation": (["invitation", "revoke"], {}, ["admin", "intake"], 302),
    # For whoever holds the link; without one there is nothing, signed in or not.
    "open-account": (["token"], None, [], 302),
    "own-address": ([], None, PEOPLE, 200),
    "sessions": ([], None, PEOPLE, 200),
    "sessions-end-others": ([], {}, PEOPLE, 302),
    # Nobody's session: what there is for its owner stands in test_sessions.
    "session-end": ([0], {}, [], 302),
    "sign-ins": ([], None, ["admin", "auditor"], 200),
    "factors": ([], None, KEEPERS, 200),
    "factor-reset": (["reset", "refuse"], {}, ["admin", "quality"], 302),
}
# Lets them in to look, and refuses the act.
READERS = {"factor-reset": ["auditor"]}


def test_table_names_every_address():
    # Those of the sign-in library stand in test_own_account.
    assert {pattern.name for pattern in urlpatterns if pattern not in library} == TABLE.keys()


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("who", ["nobody", *PEOPLE])
def test_each_person_gets_what_the_table_says(client, cast, name, who):
    args, body, allowed, status = TABLE[name]
    reset = FactorReset.objects.create(user=cast.signatory, reason="演示", requested_by=cast.admin)
    invitation = invite(email="new@example.com", name="演示新人", username="new", staff_number="", roles=[],
                        company=cast.company_a, actor=cast.admin)
    parts = {"reset": reset.pk, "invitation": invitation.pk}
    address = reverse(name, args=[parts.get(part, part) for part in args])
    if who != "nobody":
        client.force_login(getattr(cast, who))
    before = Entry.objects.count()
    answer = client.get(address) if body is None else client.post(address, body)
    expected = status if who in allowed else 403 if who in READERS.get(name, []) else 404
    is_public = name == "open-account"
    assert answer.status_code == (302 if who == "nobody" and not is_public else expected)
    if who not in allowed:
        assert Entry.objects.count() == before
    if who == "nobody" and not is_public:
        assert answer.url == f"/accounts/login/?next={address}"
