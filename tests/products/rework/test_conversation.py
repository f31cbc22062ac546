"""What the sides say to each other, whom that tells, reminders, and what a scope is suggested to hold."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members.history.selectors import entries_of
from members.notices.models import Notice
from products.results.services import add_evidence
from products.rework import errors, services
from products.rework.models import Message, Reason, Rework
from products.rework.selectors import items_to_decide, participants_in, reworks_overdue
from products.rework.states import ScopeChoice
from tests.api.worlds import upload
from tests.factories import results
from tests.factories import rework as build
from wapicert.errors import Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def told(event):
    return set(Notice.objects.filter(event=event).values_list("recipient", flat=True))


def test_message_tells_the_other_side_and_stays_as_it_was(cast):
    rework = build.with_vendor(cast)
    services.write_message(rework=rework, actor=cast.intake, text="演示：何时可答复？")
    assert (cast.vendor.pk in told("rework.message"), cast.stranger.pk in told("rework.message")) == (True, False)
    Notice.objects.all().delete()
    services.write_message(rework=rework, actor=cast.vendor, text="演示：下周。")
    assert told("rework.message") == {cast.tester.pk}
    assert list(Message.objects.values_list("is_vendors", "text")) == [
        (False, "演示：何时可答复？"), (True, "演示：下周。")]
    assert cast.intake.pk in participants_in(rework.order)
    for sql in ("UPDATE products_rework_message SET text = 'forged'", "DELETE FROM products_rework_message"):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_message_is_refused_to_others_without_words_and_after_the_end(cast):
    rework = build.opened(cast)
    for who in ("stranger", "signatory", "auditor", "admin"):
        with pytest.raises(Forbidden):
            services.write_message(rework=rework, actor=getattr(cast, who), text="演示")
    with pytest.raises(errors.TextMissing):
        services.write_message(rework=rework, actor=cast.tester, text=" ")
    services.abandon_rework(rework=rework, actor=cast.vendor, reason="演示")
    with pytest.raises(errors.ReworkEnded):
        services.write_message(rework=rework, actor=cast.tester, text="演示")


def test_reminders_are_written_once_per_stage_of_lateness(cast, settings):
    rework, now = build.with_vendor(cast), timezone.now()
    settings.REWORK_VENDOR_DAYS = 10
    found = []
    for days in (1, 6, 7, 11, 12):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            found.append((services.remind_reworks(), reworks_overdue().count()))
    assert found == [(0, 0), (1, 0), (0, 0), (1, 1), (0, 1)]
    assert Notice.objects.filter(recipient=cast.vendor, event="rework.reminder").count() == 2
    assert Notice.objects.filter(recipient=cast.intake, event="rework.reminder").count() == 1
    assert Rework.objects.get(pk=rework.pk).reminded == 2


def test_scope_suggests_what_shares_parent_or_reason_with_a_failure_and_nothing_else(cast):
    order = results.with_failed_item(cast)
    sibling = next(item.code for item in results.planned(order) if item.code.startswith("FUN-RT-")
                   and item.code != build.CODE)
    results.verified(order, cast, [sibling, "IOP-07"])
    rework = build.of(order)
    assert {row.plan_item.code: row.suggestion for row in items_to_decide(order)} == {
        "IOP-01": ScopeChoice.KEEP, "IOP-07": ScopeChoice.KEEP, build.CODE: ScopeChoice.REPEAT,
        sibling: ScopeChoice.REPEAT}
    Reason.objects.filter(code=build.REASON).update(typical_items=["IOP-07"])
    build.send(rework, cast)
    assert {row.plan_item.code: row.related for row in items_to_decide(order)}["IOP-07"] == (build.CODE,)


def test_evidence_added_after_a_finding_went_out_is_not_what_was_sent(cast, client):
    rework = build.opened(cast)
    before = add_evidence(order=rework.order, upload=upload("before.log"), actor=cast.tester, item=build.CODE)
    build.send(rework, cast)
    sent = entries_of(rework.order.chain).filter(act="rework.finding_sent").last().after["evidence"]
    assert sent == [before.file.sha256]
    later = add_evidence(order=rework.order, upload=upload("later.log", b"later\n"), actor=cast.tester,
                         item=build.CODE)
    client.force_login(cast.vendor)
    page = client.get(f"/my/rework/{rework.number}/").content.decode()
    assert (before.file.name in page, later.file.name in page) == (True, False)
    client.force_login(cast.tester)
    page = client.get(f"/lab/orders/{rework.order.number}/rework/").content.decode()
    assert (later.file.name in page, page.count("对方未收到")) == (True, 1)
