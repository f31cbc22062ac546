"""The register of test tools."""

from datetime import date

import pytest

from members.history.selectors import entries_of
from products.equipment import errors
from products.equipment.models import Tool, ToolKind
from products.equipment.selectors import is_calibrated_on, tools_fit_on, tools_visible_to
from products.equipment.services import note_calibration, register_tool, retire_tool
from tests.factories import equipment
from wapicert.errors import Forbidden

pytestmark = pytest.mark.django_db


def test_register_tool_enters_it_with_history(cast):
    tool = equipment.tool(cast.quality)
    entry = entries_of("equipment").get()
    assert (entry.act, entry.object_id, entry.actor_id) == ("tool.registered", tool.number, cast.quality.pk)
    assert tool.is_active


def test_register_tool_with_number_given_before_is_refused(cast):
    equipment.tool(cast.quality)
    with pytest.raises(errors.ToolNumberTaken):
        register_tool(number="ＹＳ-001 ", name_zh="演示", kind=ToolKind.SOFTWARE, actor=cast.tester)
    assert Tool.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"), [({"number": " "}, "number"), ({"name_zh": ""}, "name_zh"), ({"kind": "hammer"}, "kind")]
)
def test_register_tool_with_a_gap_names_the_field(cast, changes, field):
    values = {"number": "YS-9", "name_zh": "演示", "kind": ToolKind.SOFTWARE, **changes}
    with pytest.raises(errors.ToolInvalid) as caught:
        register_tool(actor=cast.quality, **values)
    assert caught.value.field == field


@pytest.mark.parametrize("who", ["vendor", "intake", "verifier", "signatory", "admin", "auditor"])
def test_keep_tools_without_the_right_is_refused(cast, who):
    tool = equipment.tool(cast.quality)
    actor = getattr(cast, who)
    for act in (
        lambda: register_tool(number="YS-2", name_zh="演示", kind=ToolKind.SOFTWARE, actor=actor),
        lambda: note_calibration(tool=tool, calibrated_until=date(2030, 1, 1), actor=actor),
        lambda: retire_tool(tool=tool, actor=actor, reason="演示"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_retire_tool_takes_it_out_of_use_for_ever(cast):
    tool = retire_tool(tool=equipment.tool(cast.quality), actor=cast.quality, reason="演示：损坏")
    assert entries_of("equipment").last().reason == "演示：损坏"
    assert list(tools_fit_on(date(2026, 1, 1))) == []
    with pytest.raises(errors.ToolRetired):
        note_calibration(tool=tool, calibrated_until=date(2030, 1, 1), actor=cast.quality)


def test_retire_tool_without_a_reason_is_refused(cast):
    with pytest.raises(errors.ToolInvalid):
        retire_tool(tool=equipment.tool(cast.quality), actor=cast.quality, reason=" ")


@pytest.mark.parametrize(("until", "is_fit"), [(None, True), (date(2026, 3, 1), True), (date(2026, 2, 28), False)])
def test_calibration_holds_to_its_last_day(cast, until, is_fit):
    tool = equipment.tool(cast.quality, calibrated_until=until)
    day = date(2026, 3, 1)
    assert is_calibrated_on(tool, day) == is_fit
    assert tools_fit_on(day).exists() == is_fit


def test_note_calibration_keeps_what_stood_before_in_the_history(cast):
    tool = equipment.tool(cast.quality, calibrated_until=date(2026, 1, 1))
    note_calibration(tool=tool, calibrated_until=date(2027, 1, 1), actor=cast.tester)
    entry = entries_of("equipment").last()
    assert (entry.before, entry.after) == ({"calibrated_until": "2026-01-01"}, {"calibrated_until": "2027-01-01"})


@pytest.mark.parametrize(("who", "count"), [("tester", 1), ("auditor", 1), ("vendor", 0), ("admin", 0)])
def test_tools_visible_to_laboratory_only(cast, who, count):
    equipment.tool(cast.quality)
    assert tools_visible_to(getattr(cast, who)).count() == count
