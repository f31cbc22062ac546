"""Applying: the plan shows itself while declaring, every refusal stands beside its field, and nothing typed is lost."""

import pytest
from django.urls import reverse

from members.companies.models import Company
from members.people.states import Role
from products.devices.models import Device, DeviceType
from products.devices.selectors import specification_fields
from products.orders.models import Order
from products.orders.services import change_draft, return_order, submit_order
from products.orders.states import Stage
from products.portal.forms import OWN_COLUMNS, shown_value
from products.suites.selectors import asked_features
from tests.factories.orders import SPECIFICATIONS
from tests.factories.people import person
from tests.products.reading import beside, boxes, lost

pytestmark = pytest.mark.django_db


def typed(device_type="SEN", **changes):
    """Everything that a whole application holds."""
    fields = [row for row in specification_fields(DeviceType.objects.get(code=device_type))
              if row.key not in OWN_COLUMNS]
    specification = SPECIFICATIONS[device_type]
    data = {f"spec_{row.key}": shown_value(row, specification[row.key]) for row in fields if row.key in specification}
    return data | {
        "name_zh": "演示湿度传感器", "name_en": "Demo hygrometer", "model": "DEMO-NEW-1", "manufacturer": "演示制造",
        "factory": "演示市演示路2号", "hardware": "V2", "firmware": "2.1", "remark": "演示：请尽快",
        "has_consented_to_listing": "on", "has_agreed": "on", "verb": "submit", **changes,
    }


def new(code="SEN"):
    return reverse("portal-apply-new", args=[code])


def test_start_names_each_type_and_leads_on(as_vendor, world):
    page = as_vendor.get(reverse("portal-apply")).content.decode()
    assert "没有独立的测试项" in page
    assert as_vendor.post(reverse("portal-apply"), {"device_type": "SEN"}).url == new()
    chosen = as_vendor.post(reverse("portal-apply"), {"device": world.draft.device_id})
    assert chosen.url == reverse("portal-apply-device", args=[world.draft.device_id])
    assert as_vendor.post(reverse("portal-apply"), {}).status_code == 422


def test_preview_shows_each_item_with_reason_and_follows_the_features(as_vendor, world):
    def preview(**features):
        data = {**typed(), **features}
        return as_vendor.post(reverse("portal-apply-preview", args=["SEN"]), data).content.decode()

    before, count = preview(), Order.objects.count()
    assert "必测" in before
    asked = asked_features(world.catalogue.edition, DeviceType.objects.get(code="SEN"))
    changing = [row for row in asked if preview(**{f"feature_{row.key}": "on"}).count("plan-in")
                > before.count("plan-in")]
    assert changing
    after = preview(**{f"feature_{changing[0].key}": "on"})
    assert after.count(f"（{changing[0].name_zh}）") > 0
    assert Order.objects.count() == count


def test_submit_of_a_whole_application_makes_device_and_order(as_vendor, world):
    answer = as_vendor.post(new(), typed())
    order = Order.objects.latest("pk")
    assert (answer.status_code, answer.url) == (302, reverse("portal-order", args=[order.number]))
    assert (order.stage, order.device.model, order.device.company) == (Stage.SUBMITTED, "DEMO-NEW-1",
                                                                       world.cast.company_a)
    assert order.device.specification["measurand"] == ["温度", "湿度"]


def test_save_keeps_an_unfinished_draft_that_is_filled_in_again(as_vendor, world):
    as_vendor.post(new(), typed(verb="save", hardware="", spec_battery_life="", has_agreed=""))
    order = Order.objects.latest("pk")
    assert order.stage == Stage.DRAFT
    page = as_vendor.get(reverse("portal-order-edit", args=[order.number]))
    kept = typed(hardware="", spec_battery_life="", has_agreed="")
    assert lost(page, kept) == {}
    as_vendor.post(reverse("portal-order-edit", args=[order.number]),
                   typed(row_version=boxes(page)["row_version"][0]))
    assert Order.objects.get(pk=order.pk).stage == Stage.SUBMITTED


@pytest.mark.parametrize(("changes", "field", "said"), [
    ({"spec_battery_life": "五年"}, "spec_battery_life", "数"),
    ({"spec_measurand": ""}, "spec_measurand", "必填"),
    ({"spec_bands": []}, "spec_bands", "必填"),
    ({"hardware": ""}, "hardware", "必填"),
    ({"firmware": " "}, "firmware", "必填"),
    ({"model": ""}, "model", "必填"),
    ({"name_zh": "演" * 121}, "name_zh", "120"),
    ({"has_agreed": ""}, "has_agreed", "同意委托协议"),
])
def test_submit_with_a_fault_says_it_beside_the_field_and_loses_nothing(as_vendor, world, changes, field, said):
    before = (Order.objects.count(), Device.objects.count())
    data = typed(**changes)
    answer = as_vendor.post(new(), {name: value for name, value in data.items() if value not in ("", [])})
    assert answer.status_code == 422
    assert said in beside(answer, field)
    assert lost(answer, data) == {}
    assert (Order.objects.count(), Device.objects.count()) == before


def test_submit_with_a_value_that_is_not_offered_says_it_beside_the_field(as_vendor, world):
    answer = as_vendor.post(new(), typed(spec_phy="802.11zz"))
    assert (answer.status_code, beside(answer, "spec_phy") != "") == (422, True)
    assert lost(answer, typed(spec_phy="")) == {}


def test_submit_of_a_chip_says_why_it_is_not_tested(as_vendor, world):
    answer = as_vendor.post(new("CHIP"), typed("CHIP"))
    assert answer.status_code == 422
    assert "请以采用它的整机或模块送测" in answer.content.decode()
    assert lost(answer, typed("CHIP")) == {}


def test_submit_without_identifier_points_to_the_company_page(client, world):
    client.force_login(world.cast.stranger)
    answer = client.post(new(), typed())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "送测单位尚未登记统一社会信用代码" in page
    assert f'href="{reverse("portal-company")}"' in page[page.index("尚未登记"):]
    assert lost(answer, typed()) == {}


def test_submit_of_a_page_that_is_stale_shows_what_stands_and_overwrites_nothing(as_vendor, world):
    address = reverse("portal-order-edit", args=[world.draft.number])
    page = boxes(as_vendor.get(address))
    colleague = person("colleague", Role.VU, company=Company.objects.get(pk=world.cast.company_a.pk))
    change_draft(order=world.draft, actor=colleague, remark="演示：同事写的")
    data = typed(row_version=page["row_version"][0], remark="演示：我写的", verb="save")
    answer = as_vendor.post(address, data)
    assert answer.status_code == 412
    assert "演示colleague已于" in answer.content.decode()
    assert lost(answer, data) == {}
    assert Order.objects.get(pk=world.draft.pk).remark == "演示：同事写的"
    assert Device.objects.get(pk=world.draft.device_id).model == world.draft.device.model


def test_edit_of_a_submitted_order_leads_back_to_it(as_vendor, world):
    address = reverse("portal-order-edit", args=[world.order.number])
    assert as_vendor.get(address).url == reverse("portal-order", args=[world.order.number])
    assert as_vendor.post(address, typed()).status_code == 409


def test_edit_of_a_returned_order_shows_what_was_asked_for(as_vendor, world):
    submit_order(order=world.draft, actor=world.cast.vendor, has_agreed=True)
    return_order(order=world.draft, actor=world.cast.intake, reason="演示：请补充照片")
    assert "演示：请补充照片" in as_vendor.get(
        reverse("portal-order-edit", args=[world.draft.number])).content.decode()


@pytest.mark.parametrize(("uscc", "said"), [("91110108MA01ABCD3X", "校验"), ("123", "18"), ("", "")])
def test_company_refuses_a_wrong_identifier_with_reason_and_remedy(client, world, uscc, said):
    client.force_login(world.cast.stranger)
    answer = client.post(reverse("portal-company"), {"uscc": uscc})
    assert answer.status_code == 422
    assert beside(answer, "uscc") != ""
    assert said in beside(answer, "uscc")
    assert lost(answer, {"uscc": uscc}) == {}
    assert Company.objects.get(pk=world.cast.company_b.pk).uscc is None


def test_company_keeps_a_right_identifier_and_the_application_is_taken(client, world):
    client.force_login(world.cast.stranger)
    assert client.post(reverse("portal-company"), {"uscc": "91110000600037341L"}).status_code == 302
    assert client.post(new(), typed()).status_code == 302
