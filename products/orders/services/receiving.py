"""Samples and the versions that the laboratory received; results can be recorded on received versions only."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from members.history.services import append_entry
from members.numbering.services import next_number
from members.people.models import User
from products.devices.models import Firmware, Hardware
from products.devices.services import declare_firmware, declare_hardware
from products.orders.errors import NotPermitted, SampleEnded, SampleHeld, VersionNotReceivable, VersionOfOtherDevice
from products.orders.models import Order, ReceivedVersion, Sample
from products.orders.permissions import can_end_sample
from products.orders.selectors import samples_here
from products.orders.services.drafting import VERSION_LENGTH
from products.orders.services.moves import begin_verb, lock_order, move_order, require_text
from products.orders.states import Stage
from wapicert.texts import LONG, takes_text


@takes_text(serial_number=LONG, hardware=LONG, firmware=LONG, condition=LONG)
@transaction.atomic
def receive_sample(
    *, order: Order, actor: User, serial_number: str, hardware: str, firmware: str, condition: str,
    row_version: int | None = None,
) -> Sample:
    """Register a specimen under the next number, YP-<year>-0001 upwards without gaps (ISO/IEC 17025, 7.4).

    The first one starts the tests: accepted → testing, the turn passes to the laboratory. A further one changes
    neither stage nor turn. What arrives is registered as it is; the entry tells if its version is not the declared
    one. Refuses empty texts and a serial number that is in the laboratory already.
    """
    order = begin_verb("receive_sample", order=order, actor=actor, row_version=row_version)
    serial = require_text(serial_number, field="serial_number", limit=80)
    state = require_text(condition, field="condition", limit=200)
    if samples_here(order).filter(serial_number=serial).exists():
        raise SampleHeld(field="serial_number", extra={"serial_number": serial})
    version = _received(
        order, actor,
        declare_hardware(device=order.device,
                         version=require_text(hardware, field="hardware", limit=VERSION_LENGTH)),
        declare_firmware(device=order.device,
                         version=require_text(firmware, field="firmware", limit=VERSION_LENGTH)),
    )
    sample = Sample.objects.create(order=order, number=_number(), serial_number=serial, version=version,
                                   condition=state, received_by=actor)
    move_order(order=order, verb="receive_sample", actor=actor, stage=Stage.TESTING, note=_facts(order, sample))
    return sample


@transaction.atomic
def receive_version(*, order: Order, hardware: Hardware, firmware: Firmware, actor: User) -> ReceivedVersion:
    """Register a pair of versions to test on, or find it; for topics above, which ask for the right themselves.

    Refuses versions of another device, and any new pair while the order is not in testing.
    """
    order = lock_order(order)
    if {hardware.device_id, firmware.device_id} != {order.device_id}:
        raise VersionOfOtherDevice(field="firmware")
    if order.stage != Stage.TESTING:
        raise VersionNotReceivable(field="stage", extra={"stage": order.stage})
    return _received(order, actor, hardware, firmware)


@takes_text(ending=LONG)
@transaction.atomic
def end_sample(*, sample: Sample, actor: User, ending: str) -> Sample:
    """Note that a sample was returned or disposed of, and how; refuses a second time."""
    order = lock_order(sample.order)
    if not can_end_sample(actor, order):
        raise NotPermitted(field="sample")
    sample = Sample.objects.select_for_update().get(pk=sample.pk)
    if sample.ended_at is not None:
        raise SampleEnded(field="sample", extra={"sample": sample.number, "ending": sample.ending})
    sample.ending, sample.ended_at = require_text(ending, field="ending", limit=200), timezone.now()
    sample.save(update_fields=["ending", "ended_at"])
    append_entry(chain=order.chain, act="sample.ended", actor=actor, object_type="sample", object_id=sample.number,
                 after={"ending": sample.ending})
    return sample


def _received(order: Order, actor: User, hardware: Hardware, firmware: Firmware) -> ReceivedVersion:
    """The received pair of a locked order; a new one gets the next ordinal and an entry in the order's chain."""
    version = order.versions.filter(hardware=hardware, firmware=firmware).first()
    if version is not None:
        return version
    ordinal = (order.versions.aggregate(last=Max("ordinal"))["last"] or 0) + 1
    version = ReceivedVersion.objects.create(order=order, ordinal=ordinal, hardware=hardware, firmware=firmware,
                                             received_by=actor)
    append_entry(chain=order.chain, act="version.received", actor=actor, object_type="version", object_id=ordinal,
                 after={"hardware": hardware.version, "firmware": firmware.version}, rows=[order])
    return version


def _number() -> str:
    year = timezone.localdate().year
    return f"YP-{year}-{next_number(series='sample', period=str(year)):04d}"


def _facts(order: Order, sample: Sample) -> dict[str, object]:
    pair = {"hardware": sample.version.hardware.version, "firmware": sample.version.firmware.version}
    declared = {key: order.declaration[key] for key in pair}
    return {"sample": sample.number, "serial_number": sample.serial_number, "condition": sample.condition, **pair,
            "is_as_declared": pair == declared}
