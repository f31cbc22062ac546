"""Samples and received versions: numbers, refusals, and the end of each sample."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from members.history.selectors import entries_of
from products.devices.services import declare_firmware, declare_hardware
from products.orders import errors, services
from products.orders.models import Sample
from products.orders.selectors import samples_here, versions_of
from products.orders.states import Party, Stage
from tests.factories.orders import FIRMWARE, HARDWARE, fresh

pytestmark = pytest.mark.django_db


def receive(order, world, **changes):
    values = {"serial_number": "SN-0100", "hardware": HARDWARE, "firmware": FIRMWARE, "condition": "外观完好"}
    return services.receive_sample(order=order, actor=world.cast.intake, **{**values, **changes})


def number_of(place):
    return f"YP-{timezone.localdate().year}-{place:04d}"


def test_receive_starts_the_tests_and_is_written_down(world):
    order = world.orders[Stage.ACCEPTED]
    sample = receive(order, world)
    order, version = fresh(order), versions_of(order).get()
    assert (order.stage, order.turn) == (Stage.TESTING, Party.LABORATORY)
    assert (sample.serial_number, sample.condition, sample.version, sample.received_by) == (
        "SN-0100", "外观完好", version, world.cast.intake)
    assert (version.ordinal, version.hardware.version, version.firmware.version) == (1, HARDWARE, FIRMWARE)
    entry = entries_of(order.chain).last()
    assert {key: entry.after[key] for key in ("sample", "serial_number", "is_as_declared")} == {
        "sample": sample.number, "serial_number": "SN-0100", "is_as_declared": True}


def test_receive_of_a_further_sample_keeps_stage_and_turn(world):
    order = services.set_turn(order=world.orders[Stage.TESTING], party=Party.VENDOR)
    receive(order, world)
    assert (fresh(order).stage, fresh(order).turn, fresh(order).stage_since) == (
        Stage.TESTING, Party.VENDOR, order.stage_since)
    assert order.samples.count() == 2
    assert versions_of(order).count() == 1


def test_receive_of_another_version_is_registered_as_it_came(world):
    order = world.orders[Stage.TESTING]
    receive(order, world, firmware="1.0.1")
    assert list(versions_of(order).values_list("ordinal", "firmware__version")) == [(1, FIRMWARE), (2, "1.0.1")]
    entry = entries_of(order.chain).last()
    assert (entry.after["firmware"], entry.after["is_as_declared"]) == ("1.0.1", False)


def test_sample_numbers_run_on_without_gaps(world):
    order = world.orders[Stage.TESTING]
    taken = Sample.objects.count()
    first = receive(order, world)
    with pytest.raises(errors.TextMissing), transaction.atomic():
        receive(order, world, serial_number="SN-0101", condition="")
    second = receive(order, world, serial_number="SN-0102")
    assert (first.number, second.number) == (number_of(taken + 1), number_of(taken + 2))


@pytest.mark.parametrize(("changes", "error", "field"), [
    ({"serial_number": " "}, errors.TextMissing, "serial_number"),
    ({"serial_number": "S" * 81}, errors.TextTooLong, "serial_number"),
    ({"hardware": ""}, errors.TextMissing, "hardware"),
    ({"hardware": "V" * 61}, errors.TextTooLong, "hardware"),
    ({"firmware": ""}, errors.TextMissing, "firmware"),
    ({"firmware": "1" * 61}, errors.TextTooLong, "firmware"),
    ({"condition": ""}, errors.TextMissing, "condition"),
    ({"condition": "好" * 201}, errors.TextTooLong, "condition"),
    ({"serial_number": "SN-0001"}, errors.SampleHeld, "serial_number"),
])
def test_receive_with_a_fault_is_refused_by_field(changes, error, field, world):
    order = world.orders[Stage.TESTING]
    before = (order.samples.count(), entries_of(order.chain).count())
    with pytest.raises(error) as refusal:
        receive(order, world, **changes)
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    assert (order.samples.count(), entries_of(order.chain).count()) == before


def test_receive_of_a_sample_that_came_back_is_allowed(world):
    order = world.orders[Stage.TESTING]
    services.end_sample(sample=order.samples.get(), actor=world.cast.intake, ending="演示退还")
    receive(order, world, serial_number="SN-0001")
    assert [sample.serial_number for sample in samples_here(order)] == ["SN-0001"]


def pair(order, firmware):
    return {"hardware": declare_hardware(device=order.device, version=HARDWARE),
            "firmware": declare_firmware(device=order.device, version=firmware)}


def test_receive_version_registers_a_new_pair_once(world):
    order = world.orders[Stage.TESTING]
    first = services.receive_version(order=order, actor=world.cast.verifier, **pair(order, "2.0.0"))
    entries = entries_of(order.chain).count()
    again = services.receive_version(order=order, actor=world.cast.verifier, **pair(order, "2.0.0"))
    assert (first.ordinal, again.pk) == (2, first.pk)
    assert entries_of(order.chain).count() == entries
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.told) == ("version.received", {"hardware": HARDWARE, "firmware": "2.0.0"})


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.TESTING])
def test_receive_version_outside_testing_is_refused(stage, world):
    order = world.orders[stage]
    with pytest.raises(errors.VersionNotReceivable) as refusal:
        services.receive_version(order=order, actor=world.cast.verifier, **pair(order, "2.0.0"))
    assert refusal.value.extra == {"stage": stage}


@pytest.mark.parametrize("part", ["hardware", "firmware"])
def test_receive_version_of_another_device_is_refused(part, world):
    order, other = world.orders[Stage.TESTING], world.orders[Stage.DRAFT]
    values = {**pair(order, "2.0.0"), part: pair(other, "2.0.0")[part]}
    with pytest.raises(errors.VersionOfOtherDevice):
        services.receive_version(order=order, actor=world.cast.verifier, **values)
    assert versions_of(order).count() == 1


def test_end_sample_notes_how_and_when(world):
    order = world.orders[Stage.DECIDED]
    sample = services.end_sample(sample=order.samples.get(), actor=world.cast.intake, ending=" 已快递退还 ")
    assert sample.ending == "已快递退还"
    assert sample.ended_at is not None
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.object_id, entry.told) == ("sample.ended", sample.number, {"ending": "已快递退还"})


@pytest.mark.parametrize(("name", "ending", "error"), [
    ("vendor", "退还", errors.NotPermitted), ("tester", "退还", errors.NotPermitted),
    ("admin", "退还", errors.NotPermitted), ("auditor", "退还", errors.NotPermitted),
    ("intake", " ", errors.TextMissing), ("intake", "退" * 201, errors.TextTooLong),
])
def test_end_sample_is_refused(name, ending, error, world):
    sample = world.orders[Stage.DECIDED].samples.get()
    with pytest.raises(error):
        services.end_sample(sample=sample, actor=getattr(world.cast, name), ending=ending)
    assert Sample.objects.get(pk=sample.pk).ended_at is None


def test_end_sample_twice_is_refused(world):
    sample = world.orders[Stage.CLOSED].samples.get()
    with pytest.raises(errors.SampleEnded) as refusal:
        services.end_sample(sample=sample, actor=world.cast.intake, ending="再次退还")
    assert refusal.value.extra == {"sample": sample.number, "ending": "演示：已退还送测单位"}


def test_close_with_a_sample_in_the_laboratory_is_refused(world):
    order = world.orders[Stage.DECIDED]
    number = order.samples.get().number
    with pytest.raises(errors.SamplesRemain) as refusal:
        services.close_order(order=order, actor=world.cast.intake)
    assert refusal.value.extra == {"samples": [number]}
    assert number in str(refusal.value.message)
    assert fresh(order).stage == Stage.DECIDED
