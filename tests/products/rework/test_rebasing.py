"""An order in testing goes on by another edition: proposed, consented to, kept and changed items told apart."""

import pytest
from django.utils import timezone

from members.history.models import Entry
from members.notices.models import Notice
from products.orders import errors
from products.orders.models import PlanItem, Rebase
from products.orders.selectors import counts_of_changes, plan_changes
from products.orders.services import allow_drop, refuse_drop, refuse_rebase
from products.reports.selectors import snapshot_of
from products.results.models import Slot
from products.results.selectors import chain_of
from products.results.states import SlotState
from products.rework.services import fail_rework, propose_rebase, rebase_order
from products.suites.models import Applicability, Edition, ItemVersion
from tests.factories import catalogue as suites
from tests.factories import orders, results
from tests.factories import rework as build
from tests.factories.api import Api
from wapicert.errors import Forbidden

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def edition(cast):
    return suites.newer_edition(cast)


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
    # A proposal while the rework ran used to be possible, though nobody could answer it.
    with pytest.raises(errors.RebaseNotPossible):
        propose(order, edition, cast)
    other = propose(orders.in_testing(cast), edition, cast)
    for who in ("stranger", "intake", "verifier"):
        with pytest.raises(Forbidden):
            rebase_order(rebase=other, actor=getattr(cast, who))


def test_plan_changes_to_the_own_edition_keep_everything(cast):
    order = orders.in_testing(cast)
    counts = counts_of_changes(plan_changes(order, order.edition))
    assert counts == {"kept": order.plan.filter(inclusion="in").count(), "changed": 0, "new": 0, "removed": 0}


def test_api_proposes_consents_once_and_tells_what_becomes_of_each_item(cast, edition):
    order = orders.in_testing(cast)
    results.verified(order, cast, ["IOP-01", "IOP-07"])
    path, sent = f"orders/{order.number}/rebases/", {"edition": edition.slug, "reason": "演示：新版实施"}
    made = Api(cast.intake).post(path, sent)
    assert (made.status_code, made.json()["state"], made.json()["to_edition"], made.json()["answered_by"]) == (
        201, "proposed", edition.slug, None)
    again = Api(cast.intake).post(path, sent)
    assert (again.status_code, again.json()["code"]) == (409, "rebase_not_possible")
    assert Api(cast.stranger).post(f"{path}{made.json()['id']}/consent/", {}).status_code == 404
    answered = Api(cast.vendor).post(f"{path}{made.json()['id']}/consent/", {}).json()
    kinds = {line["item"]: line["kind"] for line in answered["lines"]}
    assert (answered["state"], kinds["IOP-01"], kinds["IOP-07"], kinds["IOP-NEW"]) == (
        "consented", "changed", "kept", "new")
    assert Api(cast.vendor).post(f"{path}{made.json()['id']}/refuse/", {"reason": "演示"}).json()["code"] == (
        "rebase_answered")
    assert [row["id"] for row in Api(cast.vendor).get(path).json()["results"]] == [made.json()["id"]]
    assert Api(cast.vendor).get(f"orders/{order.number}/").json()["edition"] == edition.slug


@pytest.fixture
def failing(cast):
    """An order in testing whose rework of IOP-08, which the newer edition does not know, closed as failed."""
    order = orders.in_testing(cast)
    results.verified(order, cast, ["IOP-08"], verdicts={"IOP-08": "FAIL"})
    fail_rework(rework=build.of(order), actor=cast.verifier, reason="演示：未改善")
    return orders.fresh(order)


@pytest.mark.parametrize("how", ["older", "own", "unrelated", "retired"])
def test_rebase_goes_to_a_newer_edition_that_is_in_force_only(cast, edition, catalogue, how):
    order = orders.in_testing(cast)
    targets = {"older": catalogue.predecessor, "own": order.edition, "unrelated": edition, "retired": edition}
    if how == "unrelated":
        Edition.objects.filter(pk=edition.pk).update(predecessor=None)
    if how == "retired":
        Edition.objects.filter(pk=edition.pk).update(ends_on=timezone.localdate())
    with pytest.raises((errors.RebaseBackwards, errors.RebaseNotPossible, errors.EditionNotAvailable)):
        propose(order, Edition.objects.get(pk=targets[how].pk), cast)
    assert not Rebase.objects.exists()


def test_rebase_that_was_proposed_backwards_before_is_not_consented_to(cast, catalogue):
    order = orders.in_testing(cast)
    rebase = Rebase.objects.create(order=order, from_edition=order.edition, to_edition=catalogue.predecessor,
                                   reason="演示", proposed_by=cast.intake)
    with pytest.raises(errors.RebaseBackwards):
        rebase_order(rebase=rebase, actor=cast.vendor)
    assert orders.fresh(order).edition == order.edition


def test_rebase_that_drops_what_failed_waits_for_the_quality_manager_and_is_told_everywhere(
    cast, edition, failing, client
):
    rebase = propose(failing, edition, cast)
    assert rebase.dropped == ["IOP-08"]
    assert Notice.objects.filter(recipient=cast.quality, event="order.rebase_drops_failure").count() == 1
    with pytest.raises(errors.RebaseDropsFailure) as refusal:
        rebase_order(rebase=rebase, actor=cast.vendor)
    assert refusal.value.extra == {"items": ["IOP-08"]}
    client.force_login(cast.quality)
    address = f"/lab/orders/{failing.number}/rebase/"
    assert "不再计入" in client.get(address).content.decode()
    assert failing.number in client.get("/lab/?queue=rebase").content.decode()
    empty = client.post(address, {"verb": "allow", "rebase": rebase.pk, "reason": " "})
    assert (empty.status_code, Rebase.objects.get().drop_allowed_by) == (422, None)
    sent = client.post(address, {"verb": "allow", "rebase": rebase.pk, "reason": "演示：新版无此项"})
    assert sent.status_code == 302
    assert Notice.objects.filter(recipient=cast.vendor, event="order.rebase_drop_allowed").count() == 1
    order = rebase_order(rebase=rebase, actor=cast.vendor)
    told = "\n".join(snapshot_of(order)["deviations"])
    for part in ("IOP-08", "演示：新版无此项", cast.quality.staff_number, edition.label_zh):
        assert part in told
    entry = Entry.objects.get(chain=order.chain, act="order.rebase_drop_allowed")
    assert (entry.after["dropped_failures"], entry.reason) == (["IOP-08"], "演示：新版无此项")
    client.force_login(cast.intake)
    assert "演示：新版无此项" in client.get(f"/lab/orders/{order.number}/").content.decode()


@pytest.mark.parametrize("who", ["intake", "vendor", "tester", "verifier", "signatory", "decider"])
def test_dropping_what_failed_is_decided_by_the_quality_manager_alone(cast, edition, failing, who):
    rebase = propose(failing, edition, cast)
    for act in (allow_drop, refuse_drop):
        with pytest.raises(Forbidden):
            act(rebase=rebase, reason="演示", actor=getattr(cast, who))
    assert Rebase.objects.get().waits_for_quality


def test_quality_manager_who_refuses_leaves_the_order_with_its_edition(cast, edition, failing):
    rebase = propose(failing, edition, cast)
    refuse_drop(rebase=rebase, reason="演示：须如实报告", actor=cast.quality)
    for act in (allow_drop, refuse_drop):
        with pytest.raises(errors.RebaseAnswered):
            act(rebase=rebase, reason="演示", actor=cast.quality)
    with pytest.raises(errors.RebaseAnswered):
        rebase_order(rebase=rebase, actor=cast.vendor)
    assert (Rebase.objects.get().state, orders.fresh(failing).edition) == ("refused", failing.edition)


def test_failure_after_the_proposal_is_not_dropped_by_the_consent(cast, edition):
    order = orders.in_testing(cast)
    rebase = propose(order, edition, cast)
    results.verified(order, cast, ["IOP-08"], verdicts={"IOP-08": "FAIL"})
    fail_rework(rework=build.of(order), actor=cast.verifier, reason="演示：未改善")
    assert rebase.dropped == []
    with pytest.raises(errors.RebaseDropsFailure):
        rebase_order(rebase=rebase, actor=cast.vendor)
    assert Rebase.objects.get().state == "proposed"


def test_item_that_failed_and_would_only_be_optional_is_dropped_too(cast, edition):
    order = orders.in_testing(cast)
    results.verified(order, cast, ["IOP-07"], verdicts={"IOP-07": "FAIL"})
    fail_rework(rework=build.of(order), actor=cast.verifier, reason="演示：未改善")
    rows = Applicability.objects.filter(item_version__edition=edition, item_version__code="IOP-07")
    rows.update(level="O", feature=None)
    assert propose(order, edition, cast).dropped == ["IOP-07"]
