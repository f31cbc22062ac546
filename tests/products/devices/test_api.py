"""Devices by the API."""

import pytest

from members.history.models import Entry
from products.devices.models import Device
from tests.factories import orders
from tests.factories.api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def body(**changes):
    values = {"device_type": "SEN", "name_zh": "演示传感器", "model": "DEMO-1",
              "specification": orders.SPECIFICATIONS["SEN"]}
    return values | changes


def test_post_describes_a_device_of_the_own_company(cast):
    answer = Api(cast.vendor).post("devices/", body())
    assert answer.status_code == 201
    device = Device.objects.get()
    assert answer.json() == {
        "id": device.pk, "name_zh": "演示传感器", "name_en": None, "model": "DEMO-1", "device_type": "SEN",
        "company": {"number": cast.company_a.number, "name_zh": cast.company_a.name_zh,
                    "name_en": cast.company_a.name_en},
        "manufacturer": None, "factory": None, "specification": orders.SPECIFICATIONS["SEN"], "hardware": [],
        "firmware": [], "predecessor": None, "fixed_at": None,
            "is_demonstration": True, "created_at": answer.json()["created_at"], "row_version": 1,
    }
    assert (answer.headers["ETag"], Entry.objects.latest("id").act) == ('"1"', "device.described")


def test_get_shows_the_device_with_its_versions_to_its_company_and_to_staff(cast):
    device = orders.in_testing(cast).device
    for reader in (cast.vendor, cast.tester, cast.auditor):
        answer = Api(reader).get(f"devices/{device.pk}/")
        assert (answer.status_code, answer.json()["hardware"], answer.json()["firmware"]) == (200, ["V1.0"], ["1.0.0"])


def test_patch_changes_what_is_named_and_raises_the_version(cast):
    device = orders.device(cast)
    answer = Api(cast.vendor).patch(f"devices/{device.pk}/", {"name_zh": "新名"}, version=1)
    assert (answer.status_code, answer.json()["name_zh"], answer.json()["model"]) == (200, "新名", device.model)
    assert answer.headers["ETag"] == '"2"'


def test_patch_of_an_old_version_shows_what_stands_and_changes_nothing(cast):
    device = orders.device(cast)
    Api(cast.vendor).patch(f"devices/{device.pk}/", {"name_zh": "新名"}, version=1)
    answer = Api(cast.vendor).patch(f"devices/{device.pk}/", {"name_zh": "旧名"}, version=1)
    assert (answer.status_code, answer.json()["current"]["name_zh"]) == (412, "新名")
    assert Device.objects.get().name_zh == "新名"


def test_lists_hold_only_own_devices(cast):
    orders.device(cast)
    assert [len(Api(user).get("devices/").json()["results"]) for user in (
        cast.vendor, cast.stranger, cast.tester, cast.admin)] == [1, 0, 1, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_a_fixed_number_of_queries(cast, django_assert_num_queries, rows):
    for _ in range(rows):
        orders.device(cast)
    api = Api(cast.vendor)
    with django_assert_num_queries(5):  # the account, its roles, devices, hardware, firmware
        assert len(api.get("devices/").json()["results"]) == rows
