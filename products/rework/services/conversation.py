"""What laboratory and vendor say to each other beside finding and answer; nothing said is changed or taken back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from members.notices.services import notify, notify_company
from members.people.models import User
from products.results.models import Attempt
from products.rework.errors import ReworkEnded
from products.rework.models import Message, Rework
from products.rework.permissions import can_answer_finding, can_write_message
from products.rework.services.moves import lock_rework, note, require_right, require_text
from products.rework.states import RUNNING
from wapicert.texts import STORY, takes_text

LENGTH = 4000


@takes_text(text=STORY)
@transaction.atomic
def write_message(*, rework: Rework, actor: User, text: str) -> Message:
    """Say something in a running rework; the other side is told.

    Testers, verifiers and intake on one side, users of the company on the other. Whoever explains on the laboratory's
    side takes no part in the decision (S6). Refuses an empty text and a rework that has ended.
    """
    require_right(can_write_message(actor, rework), roles="TE, VE, IN, VU")
    order, locked = lock_rework(rework, None)
    if locked.state not in RUNNING:
        raise ReworkEnded(field="state", extra={"state": locked.state})
    message = Message.objects.create(rework=locked, round=locked.round, text=require_text(text, "text")[:LENGTH],
                                     written_by=actor, written_at=timezone.now(),
                                     is_vendors=can_answer_finding(actor, rework))
    note(order, locked, "rework.message_written", actor, after={"message": message.pk, "round": locked.round})
    facts = {"number": locked.number, "order": order.number, "model": order.product.called}
    key = f"message-{message.pk}"
    if message.is_vendors:
        testers = Attempt.objects.filter(plan_item__order=order).order_by().values("recorded_by")
        signers = locked.findings.values("sent_by")
        people = User.objects.filter(pk__in=testers) | User.objects.filter(pk__in=signers)
        notify(people=people.distinct(), event="rework.message", key=key, facts=facts,
               address=f"/lab/orders/{order.number}/rework/")
    else:
        notify_company(company=order.company, event="rework.message", key=key, facts=facts,
                       address=f"/my/rework/{locked.number}/")
    return message
