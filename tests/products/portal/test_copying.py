"""Applying again with a registered device: it is copied, never renamed; a product without a model says so."""

import pytest
from django.urls import reverse

from products.devices.models import Device
from products.orders.models import Order
from products.orders.states import Stage
from tests.products.portal.test_application import new, typed
from tests.products.reading import beside

pytestmark = pytest.mark.django_db


def again(device):
    return reverse("portal-apply-device", args=[device.pk])


@pytest.mark.parametrize("change", [{"model": "XH-TH-200"}, {"name_zh": "演示换名"}, {"spec_bands": ["5GHz"]}])
@pytest.mark.parametrize("verb", ["save", "submit"])
def test_draft_for_a_registered_device_leaves_it_and_its_orders_as_they_were(as_vendor, world, change, verb):
    device = world.order.device
    before, shown = Device.objects.values().get(pk=device.pk), world.order.product
    data = typed(model=device.model, verb=verb) | change
    answer = as_vendor.post(again(device), data)
    assert answer.status_code == 302, answer.content.decode()
    assert Device.objects.values().get(pk=device.pk) == before
    assert Order.objects.get(pk=world.order.pk).product == shown
    made = Order.objects.order_by("-pk")[0]
    assert (made.device_id == device.pk) is ("model" not in change)
    assert made.product.name_zh == data["name_zh"]
    page = as_vendor.get(reverse("portal-order", args=[made.number])).content.decode()
    assert data["model"] in page


def test_application_without_model_is_handed_in_and_shown_as_not_stated(as_vendor, world):
    answer = as_vendor.post(new(), typed(model="", has_no_model="on"))
    order = Order.objects.order_by("-pk")[0]
    assert (answer.status_code, order.stage, order.product.model) == (302, Stage.SUBMITTED, None)
    for address in (answer.url, reverse("portal"), reverse("portal-apply")):
        page = as_vendor.get(address).content.decode()
        assert "未载明" in page
        assert "None" not in page


@pytest.mark.parametrize(("model", "ticked"), [("", {}), ("DEMO-1", {"has_no_model": "on"}), ("未标注", {})])
def test_application_says_a_model_or_that_there_is_none(as_vendor, world, model, ticked):
    before = Order.objects.count()
    answer = as_vendor.post(new(), typed(model=model, **ticked))
    assert (answer.status_code, beside(answer, "model") != "", Order.objects.count()) == (422, True, before)


@pytest.mark.parametrize("address", [again, lambda device: new()])
def test_application_declares_which_product_it_follows(as_vendor, world, address):
    device = world.order.device
    itself = as_vendor.post(again(device), typed(model=device.model, predecessor=device.pk))
    assert (itself.status_code, beside(itself, "predecessor") != "") == (422, True)
    answer = as_vendor.post(address(device), typed(model="XH-TH-200", predecessor=device.pk))
    made = Order.objects.order_by("-pk")[0]
    assert (answer.status_code, made.device.predecessor_id) == (302, device.pk)
    assert made.submitted_declaration["device"]["predecessor"] == {"id": device.pk, "model": device.model}
