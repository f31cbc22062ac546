"""Who gets in where in the portal: one table, complete by a walk over the addresses."""

import pytest
from django.urls import reverse

from members.history.models import Entry
from products.portal.urls import urlpatterns

pytestmark = pytest.mark.django_db
STAFF = ["intake", "tester", "verifier", "signatory", "reviewer", "decider", "quality", "editor", "approver",
         "auditor", "admin"]
# Pages that every member has; what they show is the member's own.
OWN = {"portal", "portal-webhooks", "portal-apply", "portal-company", "portal-certifications",
       "portal-loans"}
# Pages that depend on a type of device alone.
BY_TYPE = {"portal-apply-new", "portal-apply-preview"}
# What belongs to one company: the arguments of its address in the world.
BELONGING = {
    "portal-apply-device": lambda world: [world.draft.device_id],
    "portal-order": lambda world: [world.order.number],
    "portal-archive": lambda world: [world.order.number],
    "portal-order-edit": lambda world: [world.draft.number],
    "portal-order-cancel": lambda world: [world.draft.number],
    "portal-waiver": lambda world: [world.order.number, world.waiver.pk],
    "portal-rebase": lambda world: [world.order.number, 0, "refuse"],
    "portal-webhook-act": lambda world: [world.webhook.pk, "end"],
    "portal-rework": lambda world: [world.rework.number],
    "portal-rework-abandon": lambda world: [world.rework.number],
    "portal-rework-message": lambda world: [world.rework.number],
    "portal-file": lambda world: [world.file.pk],
    "portal-report": lambda world: [world.report.pk],
    "portal-certificate": lambda world: [world.certification.listing.listing_number],
}
FILES = {"portal-file", "portal-report", "portal-archive", "portal-certificate"}
POSTS = {"portal-apply-preview", "portal-waiver", "portal-webhook-act", "portal-rework-abandon",
         "portal-rework-message", "portal-rebase"}


def address(name, world):
    return reverse(name, args=["SEN"] if name in BY_TYPE else BELONGING.get(name, lambda world: [])(world))


def ask(client, name, world):
    return (client.post if name in POSTS else client.get)(address(name, world), {"reason": "演示"})


def test_table_names_every_address_of_the_portal():
    assert {pattern.name for pattern in urlpatterns} == OWN | BY_TYPE | BELONGING.keys()


@pytest.mark.parametrize("name", sorted(OWN | BY_TYPE | BELONGING.keys()))
def test_address_of_the_portal_is_for_members_alone(client, world, name):
    answer = ask(client, name, world)
    assert (answer.status_code, "/accounts/login/" in answer.get("Location", "")) == (302, True)
    for who in STAFF:
        client.force_login(getattr(world.cast, who))
        assert ask(client, name, world).status_code == 404, who


@pytest.mark.parametrize("name", sorted(BELONGING))
def test_address_of_another_company_does_not_exist(client, world, name):
    before = Entry.objects.count()
    client.force_login(world.cast.stranger)
    assert client.get(address(name, world)).status_code in ({404, 405} if name in POSTS else {404})
    assert client.post(address(name, world), {"reason": "演示"}).status_code in (404, 405)
    if name in POSTS:
        assert ask(client, name, world).status_code == 404
    assert Entry.objects.count() == before


@pytest.mark.parametrize("name", sorted(OWN | BY_TYPE))
def test_own_page_of_a_stranger_shows_nothing_of_another_company(client, world, name):
    client.force_login(world.cast.stranger)
    page = ask(client, name, world).content.decode()
    leaks = [world.order.number, world.rework.number, world.order.device.model, world.report.number, "演示甲",
             world.cast.company_a.uscc, world.certification.listing.listing_number]
    assert [word for word in leaks if word in page] == []


@pytest.mark.parametrize("name", sorted((OWN | BELONGING.keys()) - POSTS - FILES))
def test_page_of_the_portal_opens_for_its_member(as_vendor, world, name):
    answer = ask(as_vendor, name, world)
    assert answer.status_code == 200
    assert "演示" in answer.content.decode()


@pytest.mark.parametrize(("name", "starts"), [("portal-file", b"\xd4\xc3"), ("portal-report", b"%PDF")])
def test_file_of_the_own_company_is_sent_as_stored(as_vendor, world, name, starts):
    stored = world.file if name == "portal-file" else world.report.file
    answer = ask(as_vendor, name, world)
    content = b"".join(answer.streaming_content)
    assert content.startswith(starts)
    assert len(content) == stored.size
