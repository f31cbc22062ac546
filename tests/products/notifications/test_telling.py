"""Whoever has to know is told: in the site, by mail in their language, with a link that leads to the act."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.template.loader import get_template
from django.utils import translation

from members.history.models import Chain
from members.history.selectors import chains_untold
from members.history.services import note_told
from members.notices.models import Notice
from members.notices.rendering import words_of
from members.notices.services import send_mails
from members.people.models import User
from members.people.services import declare_conflict
from products.notifications import services
from products.notifications.services import tell_people
from products.orders.services import decline_order
from tests.factories import certification, orders, rework
from tests.products.notifications.cases import CASES, WHY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
VARIABLE = re.compile(r"{{ (\w+) }}")


def told(event):
    return set(Notice.objects.filter(event=event).values_list("recipient__username", flat=True))


@pytest.fixture(autouse=True)
def _what_was_done_before(cast):
    """The cast's own roles were told long ago."""
    note_told(chains_untold())


@pytest.mark.parametrize("event", CASES)
def test_whoever_an_act_concerns_is_told_in_whole_words_and_led_to_the_page(cast, client, event):
    act, people = CASES[event]
    act(cast)
    tell_people()
    assert told(event) == people
    for notice in Notice.objects.filter(event=event).select_related("recipient"):
        assert left_out(notice) == set()
        client.force_login(notice.recipient)
        answer = client.get(notice.address, follow=True)
        assert answer.status_code == 200, f"{notice.recipient} is led to {notice.address}"


def left_out(notice):
    """What the words name and the notice does not say, in either language."""
    named = {name for part in ("subject", "body")
             for name in VARIABLE.findall(get_template(f"emails/{notice.event}/{part}.txt").template.source)}
    missing = set()
    for language, ending in (("zh-hans", "_zh"), ("en", "_en")):
        with translation.override(language):
            words = words_of(notice)
        assert "{" not in words.subject + words.body
        given = {name: notice.facts.get(name, notice.facts.get(f"{name}{ending}")) for name in named}
        missing |= {f"{name} ({language})" for name, value in given.items() if value in (None, "")}
    return missing


@pytest.mark.parametrize(("event", "build"), [
    ("order.returned", orders.returned), ("rework.finding_sent", rework.with_vendor),
    ("order.accepted", orders.accepted)])
def test_notice_says_what_happened_whose_turn_it_is_and_by_when(cast, event, build):
    build(cast)
    tell_people()
    words = words_of(Notice.objects.get(event=event))
    assert "现由贵单位处理" in words.body
    assert re.search(r"请在 20\d\d-\d\d-\d\d 前办理。", words.body)


@pytest.mark.parametrize(("event", "build", "reason"), [
    ("order.returned", orders.returned, "演示：请补充型号照片"),
    ("certification.refused", certification.refused, "演示：不予授予"),
    ("certification.suspended", certification.suspended, "演示：抽查"),
    ("order.held", CASES["order.held"][0], WHY)])
def test_reason_stands_on_a_line_of_its_own(cast, event, build, reason):
    build(cast)
    tell_people()
    assert f"\n原因：{reason}" in words_of(Notice.objects.get(event=event)).body


def test_acts_are_told_once_however_often_the_clock_rings(cast):
    orders.returned(cast)
    assert tell_people() > 0
    before = Notice.objects.count()
    assert (tell_people(), Notice.objects.count()) == (0, before)
    orders.declined(cast)
    assert tell_people() > 0


def test_worker_that_dies_in_the_middle_has_told_nothing_and_the_next_tells_all(cast, monkeypatch):
    orders.returned(cast)
    kept = services.note_told

    def die(chains):
        if any(chain.name.startswith("order:") for chain in chains):
            raise KeyboardInterrupt
        return kept(chains)

    with monkeypatch.context() as dying:
        dying.setattr(services, "note_told", die)
        with pytest.raises(KeyboardInterrupt):
            tell_people()
    assert told("order.returned") == set()
    tell_people()
    assert told("order.returned") == {"vendor"}


def test_worker_that_comes_second_tells_nothing_twice(cast):
    order = orders.returned(cast)
    chain = Chain.objects.get(name=order.chain)
    entries = services.entries_untold([chain], services.TOLD)[order.chain]
    tell_people()
    before = Notice.objects.count()
    assert services._tell_chain(chain, entries) == 0
    assert Notice.objects.count() == before


def test_notice_that_cannot_be_written_keeps_its_chain_waiting_and_no_other(cast, monkeypatch):
    first, second = orders.returned(cast), orders.submitted(cast, "AP")
    decline_order(order=second, actor=cast.intake, reason=WHY)
    broken, whole = services.matter_of, Chain.objects.get(name=first.chain)

    def fail(entry):
        if entry.chain == first.chain:
            raise ValueError(entry.act)
        return broken(entry)

    with monkeypatch.context() as failing:
        failing.setattr(services, "matter_of", fail)
        tell_people()
    assert (told("order.returned"), told("order.declined")) == (set(), {"vendor"})
    tell_people()
    assert told("order.returned") == {"vendor"}
    whole.refresh_from_db()
    assert whole.told == whole.length


def test_whoever_declared_a_conflict_or_left_is_told_nothing_of_the_company(cast):
    declare_conflict(user=cast.verifier, company=cast.company_a, reason=WHY, actor=cast.quality)
    User.objects.filter(pk=cast.quality.pk).update(is_active=False)
    CASES["exclusion.proposed"][0](cast)
    tell_people()
    assert told("exclusion.proposed") == set()


def test_nobody_of_another_company_is_told(cast):
    certification.suspended(cast)
    tell_people()
    assert not Notice.objects.filter(recipient=cast.stranger, facts__what__icontains="WT-").exists()


@pytest.mark.parametrize(("language", "subject"), [
    ("", "【WAPI产业联盟】请补正：申请 {what} / Please correct application {what}"),
    ("zh-hans", "【WAPI产业联盟】请补正：申请 {what}"),
    ("en", "【WAPI产业联盟】Please correct application {what}")])
def test_mail_is_in_the_readers_language_or_in_both(cast, settings, language, subject):
    settings.PUBLIC_URL = "https://wapi.example.cn"
    User.objects.filter(pk=cast.vendor.pk).update(email="vendor@example.cn", language=language)
    order = orders.returned(cast)
    tell_people()
    send_mails()
    sent = next(one for one in mail.outbox if "/edit/" in one.body)
    assert sent.subject == subject.format(what=f"{order.number} · {order.device.model}")
    assert sent.body.count(f"https://wapi.example.cn/my/orders/{order.number}/edit/") == (1 if language else 2)
    assert sent.body.count("演示：请补充型号照片") == (1 if language else 2)


def test_language_that_a_person_chooses_is_the_one_of_their_mails(cast, client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert User.objects.get(pk=cast.vendor.pk).language == ""
    client.force_login(cast.vendor)
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert User.objects.get(pk=cast.vendor.pk).language == "en"
    client.post("/i18n/setlang/", {"language": "xx", "next": "/"})
    assert User.objects.get(pk=cast.vendor.pk).language == "en"
