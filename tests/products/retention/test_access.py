"""Who gets what at the addresses of holds and departures: one table, complete by a walk, and what the pages show."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from members.access.services import note_sign_in
from members.access.states import SignInKind
from members.history.models import Entry
from members.people.services import set_active
from members.people.states import Role
from products.retention.models import Departure, Hold
from products.retention.services import apply_retention, place_hold, request_departure, request_lifting
from products.retention.urls import urlpatterns
from tests.factories import orders, people

pytestmark = pytest.mark.django_db
PEOPLE = ["vendor", "stranger", "intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor",
          "approver", "auditor", "admin"]
# By name: the arguments, what is sent (None: it is read), and what each person gets; others get 404.
TABLE = {
    "holds": ([], None, {"quality": 200, "decider": 200, "auditor": 200}),
    "hold-act": (["hold", "confirm"], {}, {"decider": 302, "quality": 403, "auditor": 403}),
    "departures": ([], None, {"admin": 200, "quality": 200, "auditor": 200}),
    "departure-act": (["departure", "confirm"], {}, {"quality": 302, "admin": 403, "auditor": 403}),
}
# What is sent to pages that also take an act.
POSTS = {
    "holds": ({"kind": "user", "key": "S-tester", "reason": "演示：调查"},
              {"quality": 302, "decider": 403, "auditor": 403}),
    "departures": ({"user": "tester2", "reason": "演示：已离职"}, {"admin": 302, "quality": 403, "auditor": 403}),
}


@pytest.fixture
def world(cast):
    """A hold and a departure that wait for their second person, and somebody who left."""
    people.person("admin2", Role.AD)
    hold = place_hold(company=cast.company_a, reason="演示：诉讼", actor=cast.quality)
    for user in (cast.editor, cast.tester2):
        set_active(user=user, is_active=False, actor=cast.admin)
    departure = request_departure(user=cast.editor, reason="演示：已离职", actor=cast.admin)
    request_lifting(hold=hold, reason="演示：结案", actor=cast.quality)
    return {"hold": hold.pk, "departure": departure.pk, "tester2": cast.tester2.pk}


def test_table_names_every_address():
    assert {pattern.name for pattern in urlpatterns} == TABLE.keys()


def asked(client, cast, world, name, who, body):
    args = [world.get(part, part) for part in TABLE[name][0]]
    if who != "nobody":
        client.force_login(getattr(cast, who))
    if body is None:
        return client.get(reverse(name, args=args))
    return client.post(reverse(name, args=args), {key: world.get(value, value) for key, value in body.items()})


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("who", ["nobody", *(who for who in PEOPLE if who != "editor")])
def test_each_person_gets_what_the_table_says(client, cast, world, name, who):
    _args, body, allowed = TABLE[name]
    before = Entry.objects.count()
    answer = asked(client, cast, world, name, who, body)
    expected = 302 if who == "nobody" else allowed.get(who, 404)
    assert answer.status_code == expected
    if who == "nobody" or expected != 302:
        assert Entry.objects.count() == before


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("who", ["nobody", *(who for who in PEOPLE if who != "editor")])
def test_placing_and_asking_are_for_whom_the_table_says(client, cast, world, name, who):
    body, allowed = POSTS[name]
    before = (Hold.objects.count(), Departure.objects.count())
    answer = asked(client, cast, world, name, who, body)
    assert answer.status_code == (302 if who == "nobody" else allowed.get(who, 404))
    added = who != "nobody" and answer.status_code == 302
    assert Hold.objects.count() + Departure.objects.count() == sum(before) + added


@pytest.mark.parametrize(("name", "verb"), [("hold-act", "burn"), ("departure-act", "burn")])
def test_unknown_verb_does_not_exist(client, cast, world, name, verb):
    client.force_login(cast.quality)
    pk = world[{"hold-act": "hold", "departure-act": "departure"}[name]]
    assert client.post(reverse(name, args=[pk, verb])).status_code == 404


def test_page_of_holds_shows_what_stands_and_what_goes(client, cast, catalogue, world):
    client.force_login(cast.quality)
    page = client.get(reverse("holds")).content.decode()
    for text in ("演示：诉讼", "演示：结案", cast.company_a.number, "登录记录", "183 天", "撤回申请"):
        assert text in page
    # Whoever asked does not find the button of the second person.
    assert ">确认解除<" not in page
    client.force_login(cast.decider)
    assert ">确认解除<" in client.get(reverse("holds")).content.decode()
    client.force_login(cast.auditor)
    page = client.get(reverse("holds")).content.decode()
    assert ("演示：诉讼" in page, ">确认解除<" in page, "设立保全" in page) == (True, False, False)


def test_page_of_holds_tells_what_went_last(client, cast):
    note_sign_in(kind=SignInKind.SIGNED_IN, user=cast.tester)
    client.force_login(cast.auditor)
    assert "最近的处理" not in client.get(reverse("holds")).content.decode()
    apply_retention(now=timezone.now() + timedelta(days=200))
    page = client.get(reverse("holds"))
    assert [(row["kind"], row["count"]) for row in page.context["removals"]] == [("登录记录", 1)]
    assert "最近的处理" in page.content.decode()


@pytest.mark.parametrize(("kind", "key"), [("order", "WT-0000-0000"), ("company", "x"), ("user", "x")])
def test_unknown_number_is_refused_beside_its_field(client, cast, kind, key):
    client.force_login(cast.quality)
    answer = client.post(reverse("holds"), {"kind": kind, "key": key, "reason": "演示"})
    assert (answer.status_code, "没有这个编号的委托、企业或人员" in answer.content.decode()) == (422, True)
    assert not Hold.objects.exists()


def test_draft_of_an_applicant_is_not_found_by_its_number(client, cast, catalogue):
    draft = orders.drafted(cast)
    client.force_login(cast.quality)
    assert client.post(reverse("holds"), {"kind": "order", "key": draft.number, "reason": "演示"}).status_code == 422


def test_form_lifts_with_a_reason_alone(client, cast, world):
    hold = place_hold(user=cast.tester, reason="演示：调查", actor=cast.quality)
    client.force_login(cast.quality)
    address = reverse("hold-act", args=[hold.pk, "lift"])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "演示：结案"}).status_code == 302
    hold.refresh_from_db()
    assert hold.lift_reason == "演示：结案"
