"""An order keeps its own copy of what was submitted: whatever is changed in the device's record reaches no order."""

import pytest

from members.history.selectors import entries_of
from products.devices.models import Device
from products.devices.services import change_device
from products.orders import errors, services
from products.orders.selectors import changes_since
from products.orders.states import Stage
from tests.factories.orders import REVIEWED, SPECIFICATIONS, device, drafted, fresh, submitted

pytestmark = pytest.mark.django_db
SWAPS = [
    {"name_zh": "演示换掉的产品"}, {"name_en": "Demo swapped"}, {"manufacturer": "演示乙"}, {"factory": "演示二路"},
    {"specification": SPECIFICATIONS["SEN"] | {"bands": ["5GHz"]}},
]
KEPT = [Stage.SUBMITTED, Stage.DECLINED, Stage.ACCEPTED, Stage.TESTING, Stage.DECIDED, Stage.CLOSED, Stage.ON_HOLD,
        Stage.CANCELLED]


@pytest.mark.parametrize("swap", SWAPS)
def test_change_of_the_device_after_submission_is_not_what_is_accepted(swap, world):
    order = world.orders[Stage.SUBMITTED]
    read = order.product
    change_device(device=order.device, actor=world.cast.vendor, **swap)
    assert fresh(order).product == read
    accepted = services.accept_order(order=order, actor=world.cast.intake, review=REVIEWED,
                                     row_version=order.row_version)
    frozen = fresh(accepted).frozen_declaration
    assert fresh(accepted).product == read
    assert [frozen["device"][name] for name in ("name_zh", "name_en", "model", "manufacturer", "factory")] == [
        read.name_zh, read.name_en, read.model, read.manufacturer, read.factory]
    assert frozen["specification"] == read.specification


@pytest.mark.parametrize("stage", KEPT)
def test_another_change_of_the_record_renames_no_order(stage, world):
    order = world.orders[stage]
    read = order.product
    Device.objects.filter(pk=order.device_id).update(name_zh="演示换名", model="DEMO-SWAP", specification={})
    assert fresh(order).product == read


@pytest.mark.parametrize("stage", KEPT)
def test_application_for_another_model_of_a_registered_device_opens_another_device(stage, world):
    order, cast = world.orders[stage], world.cast
    before = Device.objects.values().get(pk=order.device_id)
    draft = drafted(cast, device=order.device, product={"model": "XH-TH-200", "name_zh": "演示另一产品"})
    assert Device.objects.values().get(pk=order.device_id) == before
    assert draft.device_id != order.device_id
    assert (draft.device.model, draft.device.name_zh, draft.device.specification) == (
        "XH-TH-200", "演示另一产品", order.device.specification)
    assert fresh(order).product.model == before["model"]


@pytest.mark.parametrize("swap", SWAPS)
def test_application_that_describes_a_registered_device_otherwise_keeps_that_to_itself(swap, world):
    order, cast = world.orders[Stage.CLOSED], world.cast
    before = Device.objects.values().get(pk=order.device_id)
    draft = drafted(cast, device=order.device, product={"model": order.device.model, **swap})
    name, value = next(iter(swap.items()))
    assert Device.objects.values().get(pk=order.device_id) == before
    assert (draft.device_id, getattr(draft.product, name)) == (order.device_id, value)
    handed_in = services.submit_order(order=draft, actor=cast.vendor, has_agreed=True)
    assert getattr(fresh(handed_in).product, name) == value
    assert Device.objects.get(pk=order.device_id).name_zh == before["name_zh"]


def test_change_of_the_model_in_a_draft_that_opened_its_device_corrects_it(world):
    cast = world.cast
    draft = drafted(cast, device=device(cast), opens_device=True)
    changed = services.change_draft(order=draft, actor=cast.vendor, product={"model": "DEMO-RIGHT"})
    assert (changed.device_id, fresh(changed).device.model) == (draft.device_id, "DEMO-RIGHT")


def test_correcting_the_model_of_a_returned_application_makes_a_new_copy(world):
    cast = world.cast
    order = drafted(cast, device=device(cast, model="DEMO-WR0NG"), opens_device=True)
    services.submit_order(order=order, actor=cast.vendor, has_agreed=True)
    read = fresh(order)
    services.return_order(order=order, actor=cast.intake, reason="演示：型号有误")
    services.change_draft(order=order, actor=cast.vendor, product={"model": "DEMO-RIGHT"})
    again = fresh(services.submit_order(order=order, actor=cast.vendor, has_agreed=True))
    assert (again.device_id, again.device.model, again.product.model) == (read.device_id, "DEMO-RIGHT", "DEMO-RIGHT")
    assert [row["field"] for row in changes_since(again, read.row_version)] == ["device.model"]
    assert [entry.after["submitted"]["device"]["model"] for entry in entries_of(order.chain)
            if entry.act == "order.submitted"] == ["DEMO-WR0NG", "DEMO-RIGHT"]


@pytest.mark.parametrize("verb", ["accept", "return", "decline"])
def test_judging_a_version_that_was_not_the_one_read_says_what_changed(verb, world):
    cast, order = world.cast, submitted(world.cast)
    read = order.row_version
    services.return_order(order=order, actor=cast.intake, reason="演示：请补正")
    services.change_draft(order=order, actor=cast.vendor, firmware="2.0.0", product={
        "specification": SPECIFICATIONS["SEN"] | {"bands": ["5GHz"]}})
    services.submit_order(order=order, actor=cast.vendor, has_agreed=True)
    acts = {"accept": lambda **more: services.accept_order(review=REVIEWED, **more),
            "return": lambda **more: services.return_order(reason="演示", **more),
            "decline": lambda **more: services.decline_order(reason="演示", **more)}
    with pytest.raises(errors.StaleOrder) as refusal:
        acts[verb](order=order, actor=cast.intake, row_version=read)
    rows = {row["field"]: (row["before"], row["after"]) for row in refusal.value.rows}
    assert (refusal.value.status, fresh(order).stage) == (412, Stage.SUBMITTED)
    assert rows == {"firmware": ("1.0.0", "2.0.0"), "specification.bands": (["2.4GHz"], ["5GHz"])}


def test_order_without_model_says_none_from_draft_to_acceptance(world):
    cast = world.cast
    order = submitted(cast, device=device(cast, model=None))
    accepted = services.accept_order(order=order, actor=cast.intake, review=REVIEWED, row_version=order.row_version)
    assert (accepted.product.model, accepted.frozen_declaration["device"]["model"]) == (None, None)
    assert accepted.product.called == "演示温湿度传感器"
