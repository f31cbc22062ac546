"""The page of the test tools: a calibration is noted, a tool is taken out of use."""

from datetime import date

import pytest

from products.equipment.models import Tool
from tests.factories import equipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(client, cast):
    client.force_login(cast.tester)
    return equipment.tool(cast.tester, calibrated_until=date(2020, 1, 1))


def test_calibrate_keeps_the_tool_in_use_until_the_new_day(client, tool):
    assert "已过期" in client.get("/lab/tools/").content.decode()
    client.post(f"/lab/tools/{tool.number}/calibrate/", {"calibrated_until": "2099-12-31"})
    assert Tool.objects.get(pk=tool.pk).calibrated_until == date(2099, 12, 31)
    assert "已过期" not in client.get("/lab/tools/").content.decode()


@pytest.mark.parametrize(("verb", "typed"), [("calibrate", {"calibrated_until": "2099-13-01"}), ("retire", {})])
def test_act_on_a_tool_with_a_fault_is_refused_and_changes_nothing(client, tool, verb, typed):
    assert client.post(f"/lab/tools/{tool.number}/{verb}/", typed).status_code == 422
    kept = Tool.objects.get(pk=tool.pk)
    assert (kept.calibrated_until, kept.is_active) == (date(2020, 1, 1), True)


def test_retire_with_a_reason_takes_the_tool_out_of_use(client, tool):
    client.post(f"/lab/tools/{tool.number}/retire/", {"reason": "演示：损坏"})
    assert Tool.objects.get(pk=tool.pk).is_active is False
