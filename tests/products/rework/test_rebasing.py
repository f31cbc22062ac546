"""An order in testing goes on by another edition: proposed, consented to, kept and changed items told apart."""

import pytest

from members.history.models import Entry
from members.notices.models import Notice
from products.orders import errors
from products.orders.models import PlanItem, Rebase
from products.orders.selectors import counts_of_changes, plan_changes
from products.orders.services import propose_rebase, refuse_rebase
from products.results.models import Slot
from products.results.selectors import chain_of
from products.results.states import SlotState
from products.rework.services import rebase_order
from products.suites.models import ItemVersion
from products.suites.services import approve_edition, publish_edition
from tests.factories import catalogue as suites
from tests.factories import orders, results
from tests.factories import rework as build
from wapicert.errors import Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def edition(cast):
    """IOP-01 says something else, IOP-08 is gone, IOP-NEW is new."""
    data = suites.draft_data()
    data["editions"][0]["mandatory"] = False
    data["items"] = [row for row in data["items"] if row["code"] != "IOP-08"]
    suites.item_of(data, "IOP-01")["requirement_zh"] += "（演示：更严）"
    data["items"].append(suites.item_of(data, "IOP-07") | {"code": "IOP-NEW", "parent": None})
    draft = suites.draft_edition(editor=cast.editor, data=data)
    approve_edition(edition=draft, actor=cast.approver)
    return publish_edition(edition=draft, actor=cast.approver)


def propose(order, edition, cast, **changes):
    values = {"order": order, "edition": edition, "reason": "演示：新版实施", "actor": cast.intake, **changes}
    return propose_rebase(**values)


def slot(order, code):
    return Slot.objects.get(plan_item__order=order, plan_item__code=code)


def test_consent_keeps_what_says_the_same_and_asks_again_for_what_changed(cast, edition):
    order = orders.in_testing(cast)
    first = results.verified(order, cast, ["IOP-01", "IOP-07", "IOP-08"])
    old = ItemVersion.objects.get(edition=order.edition, code="IOP-01")
    rebase = propose(order, edition, cast)
    assert Notice.objects.filter(recipient=cast.vendor, event="order.rebase_proposed").count() == 1
    assert orders.fresh(order).edition != edition
    order = rebase_order(rebase=rebase, actor=cast.vendor)
    assert (order.edition, order.edition_fingerprint) == (edition, edition.fingerprint)
    kinds = {line["item"]: line["kind"] for line in Rebase.objects.get().lines}
    assert {code: kinds[code] for code in ("IOP-01", "IOP-07", "IOP-08", "IOP-NEW")} == {
        "IOP-01": "changed", "IOP-07": "kept", "IOP-08": "removed", "IOP-NEW": "new"}
    assert (slot(order, "IOP-01").state, slot(order, "IOP-01").verdict) == (SlotState.RECONFIRM, "PASS")
    assert (slot(order, "IOP-07").state, slot(order, "IOP-07").effective) == (SlotState.VERIFIED, first[1])
    assert slot(order, "IOP-NEW").state == SlotState.TODO
    gone = PlanItem.objects.get(order=order, code="IOP-08")
    assert (gone.inclusion, [link.attempt for link in chain_of(gone)]) == ("out", [first[2]])
    line = next(line for line in Rebase.objects.get().lines if line["item"] == "IOP-01")
    assert line["before"] == old.pk
    entry = Entry.objects.get(chain=order.chain, act="order.rebased")
    assert (entry.after["changed"], entry.after["new"], entry.after["removed"]) == (["IOP-01"], ["IOP-NEW"], ["IOP-08"])
    again = results.verified(order, cast, ["IOP-01"])[0]
    assert slot(order, "IOP-01").effective == again


def test_refused_proposal_leaves_the_order_and_may_be_made_again(cast, edition):
    order = orders.in_testing(cast)
    rebase = propose(order, edition, cast)
    with pytest.raises(errors.RebaseNotPossible):
        propose(order, edition, cast)
    with pytest.raises(errors.ReasonMissing):
        refuse_rebase(rebase=rebase, reason=" ", actor=cast.vendor)
    refuse_rebase(rebase=rebase, reason="演示：按原版完成", actor=cast.vendor)
    with pytest.raises(errors.RebaseAnswered):
        rebase_order(rebase=rebase, actor=cast.vendor)
    assert orders.fresh(order).edition == order.edition
    propose(order, edition, cast)


def test_rebase_is_refused_to_others_and_while_a_rework_runs(cast, edition):
    order = build.opened(cast).order
    for who in ("vendor", "tester", "quality"):
        with pytest.raises(Forbidden):
            propose(order, edition, cast, actor=getattr(cast, who))
    rebase = propose(order, edition, cast)
    with pytest.raises(errors.RebaseNotPossible):
        rebase_order(rebase=rebase, actor=cast.vendor)
    other = propose(orders.in_testing(cast), edition, cast)
    for who in ("stranger", "intake", "verifier"):
        with pytest.raises(Forbidden):
            rebase_order(rebase=other, actor=getattr(cast, who))


def test_plan_changes_to_the_own_edition_keep_everything(cast):
    order = orders.in_testing(cast)
    counts = counts_of_changes(plan_changes(order, order.edition))
    assert counts == {"kept": order.plan.filter(inclusion="in").count(), "changed": 0, "new": 0, "removed": 0}
