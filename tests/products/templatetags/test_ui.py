"""Badges, stepper, fields: what they say without colour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from products.orders.states import STEPPER, Stage
from products.results.states import AttemptState, ExclusionKind, SlotState, Verdict
from products.templatetags import tones, ui
from wapicert import icons
from wapicert.errors import InvalidInput
from wapicert.forms import show_refusal

STATES = [(kind, state.value) for kind, (choices, _looks) in tones.STATES.items() for state in choices]


def write(text: str, **context: object) -> str:
    return Template("{% load ui writing %}" + text).render(Context(context))


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_show_state_of_every_machine_has_icon_and_word(kind, state):
    look = tones.look_of_state(kind, state)
    badge = ui.state_badge(kind, state)
    assert look.icon in icons.ICONS
    assert f"#{look.icon}" in badge
    assert str(look.label) in badge


@pytest.mark.parametrize("value", [*Verdict, *ExclusionKind, *SlotState])
def test_show_verdict_of_every_kind_has_icon_and_word(value):
    badge = ui.verdict(value)
    assert str(value.label) in badge
    assert "<use" in badge


@pytest.mark.parametrize("value", ["", None])
def test_show_state_that_was_not_published_says_so(value):
    assert "未载明" in ui.state_badge("listing", value)
    assert "未测" in ui.verdict(value)


@pytest.mark.parametrize(("state", "verdict", "words"), [
    ("todo", "", ["未测"]), ("recorded", "", ["待校核"]), ("verified", "FAIL", ["未通过"]),
    ("reconfirm", "PASS", ["待复核", "通过"]), ("excluded", "", ["已排除"]),
])
def test_show_slot_says_where_it_stands(state, verdict, words):
    badge = ui.slot_badge(SimpleNamespace(state=state, verdict=verdict))
    assert [word for word in words if word in badge] == words


def test_show_icon_that_is_not_listed_is_an_error():
    with pytest.raises(TemplateSyntaxError, match=r"wapicert\.icons"):
        write('{% icon "unicorn" %}')


def test_show_icon_with_label_speaks_and_escapes():
    assert 'aria-label="&lt;b&gt;"' in ui.icon("check", "<b>")


def order(stage: Stage, turn: str = "laboratory", held: str = "") -> SimpleNamespace:
    now = timezone.now()
    return SimpleNamespace(stage=stage.value, held_stage=held, turn=turn, turn_since=now - timedelta(days=11),
                           created_at=now, submitted_at=now, accepted_at=None, completed_at=None, closed_at=None,
                           get_stage_display=lambda: stage.label)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("compact", [False, True])
def test_show_stepper_names_the_stage_of_every_order(stage, compact):
    held = "testing" if stage == Stage.ON_HOLD else ""
    page = write("{% order_stepper order compact=compact %}", order=order(stage, held=held), compact=compact)
    assert str(stage.label) in page
    assert page.count("<li") == len(STEPPER)


def test_show_stepper_says_whose_turn_since_when_and_for_how_long():
    page = write("{% order_stepper order %}", order=order(Stage.TESTING))
    assert "<b>实验室</b>" in page
    assert "已 11 天" in page
    assert "本阶段预计 30 天" in page
    assert page.count('class="done"') == STEPPER.index(Stage.TESTING)


def test_show_stepper_of_a_closed_order_names_nobody():
    assert "轮到" not in write("{% order_stepper order %}", order=order(Stage.CLOSED, turn="nobody"))


class PowerForm(forms.Form):
    power = forms.IntegerField(label="发射功率", help_text="整数",
                               widget=forms.TextInput(attrs={"data-unit": "dBm"}))


def test_show_field_with_a_refusal_names_reason_remedy_unit_and_keeps_what_was_typed():
    form = PowerForm({"power": "27"})
    show_refusal(form, InvalidInput("超出 100% 的限值。", field="power", remedy="请填写 1 至 20。"))
    page = write("{{ form.power.as_field_group }}", form=form)
    for text in ("超出 100% 的限值。", '<span class="remedy">请填写 1 至 20。</span>', "dBm", 'value="27"', "整数",
                 'aria-invalid="true"', 'aria-describedby="id_power_helptext id_power_error"',
                 'id="id_power_error"', 'id="id_power_helptext"'):
        assert text in page


def test_show_refusal_of_no_field_stands_at_the_top():
    form = PowerForm({"power": "27"})
    show_refusal(form, InvalidInput("没有可测试的项目。", field="elsewhere"))
    assert form.errors.as_data()["__all__"][0].code == "invalid_input"
    assert "没有可测试的项目。" in write("{{ form }}", form=form)


def test_read_refusals_of_plain_validation_has_no_remedy():
    form = PowerForm({"power": "x"})
    form.add_error("power", ValidationError("第二个错误"))
    assert [entry["remedy"] for entry in ui.refusals(form.errors["power"])] == ["", ""]


@pytest.mark.parametrize(("tag", "inside"), [
    ('{% notice "error" title=title %}', "endnotice"), ('{% panel title=title aside=title key="k" %}', "endpanel"),
    ('{% empty title=title %}', "endempty"),
])
def test_show_block_escapes_its_title_and_keeps_its_content(tag, inside):
    page = write(f"{tag}<p>in</p>{{% {inside} %}}", title="<T>")
    assert "<p>in</p>" in page
    assert "&lt;T&gt;" in page
    assert "<T>" not in page


@pytest.mark.parametrize(("path", "prefix", "here"), [
    ("/", "/", True), ("/products/W1/", "/", True), ("/editions/2024-03/", "/editions/", True),
    ("/editions/", "/", False), ("/my/orders/", "/lab/", False),
])
def test_mark_navigation_shows_where_the_reader_is(rf, path, prefix, here):
    assert bool(ui.is_here(Context({"request": rf.get(path)}), prefix)) == here


def test_badge_follows_the_reader_although_badges_are_kept():
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            assert str(Verdict.PASS.label) in ui.verdict(Verdict.PASS)


@pytest.mark.parametrize(("state", "is_named", "text"), [
    (AttemptState.VERIFIED, False, "演示&lt;甲&gt; 2026-03-05 10:00 · 1.0.0 · 98 %"),
    (AttemptState.SUPERSEDED, True, "2.1 通过 演示&lt;甲&gt; 2026-03-05 10:00 · 1.0.0 · 98 % · 已更正"),
])
def test_record_line_says_who_when_and_what_escaped(state, is_named, text):
    attempt = SimpleNamespace(
        ordinal=2, revision=1, verdict="PASS", recorded_by=SimpleNamespace(name="演示<甲>"), state=state,
        recorded_at=datetime(2026, 3, 5, 2, tzinfo=UTC), values={"rate": {"value": "98", "unit": "%"}},
        version=SimpleNamespace(firmware=SimpleNamespace(version="1.0.0")),
    )
    line = ui.record_line(attempt, is_named)
    assert " ".join(re.sub(r"<[^>]*>", " ", line).split()) == text
