"""Drafting and submitting: what an application keeps, and every refusal by its field."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone

from members.companies.errors import UsccInvalid
from members.companies.models import Company
from members.history.selectors import entries_of
from products.devices.models import Device, DeviceType
from products.orders import errors, services
from products.orders.models import Order
from products.orders.permissions import verbs_open_to
from products.orders.states import Party, Stage
from products.suites.errors import NoEditionInForce
from products.suites.models import Applicability, Edition
from tests.factories.catalogue import draft_edition
from tests.factories.orders import HARDWARE, device, drafted, fresh, submitted
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def test_draft_keeps_the_declaration_and_writes_history(world):
    applied = device(world.cast)
    order = services.draft_order(
        device=applied, actor=world.cast.vendor, hardware="Ｖ1.0 ", firmware=" 1.0.0", features={"sleep": True},
        chosen=["INT-40", "INT-40"], remark=" 演示备注 ", has_consented_to_listing=False)
    order = fresh(order)
    assert order.declaration == {"hardware": "V1.0", "firmware": "1.0.0", "features": {"sleep": True},
                                 "chosen": ["INT-40"]}
    assert (order.stage, order.turn, order.company, order.edition, order.remark, order.has_consented_to_listing,
            order.is_demonstration, order.row_version) == (
        Stage.DRAFT, Party.VENDOR, world.cast.company_a, None, "演示备注", False, True, 1)
    entry = entries_of(order.chain).get()
    assert (entry.act, entry.actor_id, entry.after["stage"], entry.after["declaration"]) == (
        "order.drafted", world.cast.vendor.pk, "draft", order.declaration)


def test_draft_numbers_run_on_without_gaps(world):
    year = timezone.localdate().year
    first = int(drafted(world.cast).number.removeprefix(f"WT-{year}-"))
    with pytest.raises(errors.FeatureUnknown), transaction.atomic():
        drafted(world.cast, features={"teleport": True})
    assert drafted(world.cast).number == f"WT-{year}-{first + 1:04d}"
    assert first == len(world.orders) + 1


@pytest.mark.parametrize(("name", "error"), [
    ("stranger", errors.OtherCompany), ("intake", errors.NotPermitted), ("auditor", errors.NotPermitted),
    ("admin", errors.NotPermitted)])
def test_draft_by_others_is_refused(name, error, world):
    applied, before = device(world.cast), Order.objects.count()
    with pytest.raises(error):
        drafted(world.cast, device=applied, actor=getattr(world.cast, name))
    assert Order.objects.count() == before


@pytest.mark.parametrize(("changes", "error", "field"), [
    ({"features": {"teleport": True}}, errors.FeatureUnknown, "features.teleport"),
    ({"chosen": ["IOP-01"]}, errors.ItemNotOptional, "chosen"),
    ({"chosen": ["XXX-99"]}, errors.ItemUnknown, "chosen"),
    ({"hardware": "V" * 61}, errors.TextTooLong, "hardware"),
    ({"firmware": "1" * 61}, errors.TextTooLong, "firmware"),
])
@pytest.mark.parametrize("is_change", [False, True])
def test_draft_refuses_what_the_edition_does_not_offer(is_change, changes, error, field, world):
    order, applied = world.orders[Stage.DRAFT], device(world.cast)
    before = (Order.objects.count(), fresh(order).declaration)
    values = {"actor": world.cast.vendor, **changes}
    act = partial(services.change_draft, order=order) if is_change else partial(drafted, world.cast, device=applied)
    with pytest.raises(error) as refusal:
        act(**values)
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    assert str(refusal.value.remedy)
    assert (Order.objects.count(), fresh(order).declaration) == before


def unavailable(world, how):
    if how == "draft":
        return draft_edition(editor=world.cast.editor)
    edition = world.catalogue.predecessor
    if how == "early":
        edition.available_on = timezone.localdate() + timedelta(days=1)
    else:
        edition.status = how
    edition.save(update_fields=["available_on", "status"])
    return edition


@pytest.mark.parametrize("how", ["draft", "retired", "early"])
def test_draft_for_an_edition_that_cannot_be_used_is_refused(how, world):
    edition = unavailable(world, how)
    with pytest.raises(errors.EditionNotAvailable) as refusal:
        drafted(world.cast, edition=edition)
    assert refusal.value.extra["edition"] == edition.slug


def test_draft_without_an_edition_in_force_is_refused(world):
    Edition.objects.update(is_mandatory=False)
    with pytest.raises(NoEditionInForce):
        drafted(world.cast)


def test_draft_for_a_named_edition_keeps_it(world):
    order = drafted(world.cast, edition=world.catalogue.predecessor)
    assert fresh(order).edition == world.catalogue.predecessor
    assert order.edition_fingerprint == ""


def test_change_leaves_what_is_not_named_and_notes_what_is(world):
    order = drafted(world.cast, features={"sleep": True}, remark="甲")
    changed = fresh(services.change_draft(order=order, actor=world.cast.vendor, firmware="2.0.0", chosen=["INT-40"]))
    assert changed.declaration == {"hardware": HARDWARE, "firmware": "2.0.0", "features": {"sleep": True},
                                   "chosen": ["INT-40"]}
    assert (changed.remark, changed.row_version) == ("甲", 2)
    entry = entries_of(order.chain).last()
    assert (entry.act, entry.after["declaration"]["firmware"]) == ("order.changed", "2.0.0")
    assert "remark" not in entry.after


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.RETURNED])
def test_submit_hands_over_to_intake(stage, world):
    order = services.submit_order(order=world.orders[stage], actor=world.cast.vendor, has_agreed=True)
    order = fresh(order)
    assert (order.stage, order.turn, order.has_agreed, order.stage_reason) == (
        Stage.SUBMITTED, Party.INTAKE, True, "")
    assert order.submitted_at is not None
    assert entries_of(order.chain).last().after["declaration"] == order.declaration


def without_company_number(world, order):
    Company.objects.filter(pk=order.company_id).update(uscc=None)


def wrong_company_number(world, order):
    Company.objects.filter(pk=order.company_id).update(uscc="91110108MA01ABCD30")


def inactive_company(world, order):
    Company.objects.filter(pk=order.company_id).update(is_active=False)


def no_hardware(world, order):
    services.change_draft(order=order, actor=world.cast.vendor, hardware="")


def no_firmware(world, order):
    services.change_draft(order=order, actor=world.cast.vendor, firmware=" ")


def incomplete_specification(world, order):
    Device.objects.filter(pk=order.device_id).update(specification={"bands": ["2.4GHz"], "phy": "802.11zz"})


def untestable_type(world, order):
    DeviceType.objects.filter(code="SEN").update(testable=False)


def no_items(world, order):
    Applicability.objects.filter(device_type__code="SEN").exclude(feature__key="sleep").delete()


def retired_edition(world, order):
    services.change_draft(order=order, actor=world.cast.vendor, edition=world.catalogue.predecessor)
    Edition.objects.filter(pk=world.catalogue.predecessor.pk).update(status="retired")


FAULTS = [
    (without_company_number, errors.ApplicantUnidentified, "uscc"),
    (wrong_company_number, UsccInvalid, "uscc"),
    (inactive_company, errors.CompanyInactive, "company"),
    (no_hardware, errors.TextMissing, "hardware"),
    (no_firmware, errors.TextMissing, "firmware"),
    (incomplete_specification, errors.SpecificationIncomplete, "specification.phy"),
    (untestable_type, errors.TypeNotTestable, "device"),
    (no_items, errors.PlanEmpty, "features"),
    (retired_edition, errors.EditionNotAvailable, "edition"),
]


@pytest.mark.parametrize(("spoil", "error", "field"), FAULTS)
def test_submit_of_an_incomplete_application_is_refused_by_field(spoil, error, field, world):
    order = world.orders[Stage.DRAFT]
    spoil(world, order)
    entries = entries_of(order.chain).count()
    with pytest.raises(error) as refusal:
        services.submit_order(order=order, actor=world.cast.vendor, has_agreed=True)
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    assert str(refusal.value.message)
    assert str(refusal.value.remedy)
    assert (fresh(order).stage, entries_of(order.chain).count()) == (Stage.DRAFT, entries)


def test_submit_names_every_field_of_the_specification_that_is_wrong(world):
    order = world.orders[Stage.DRAFT]
    incomplete_specification(world, order)
    with pytest.raises(errors.SpecificationIncomplete) as refusal:
        services.submit_order(order=order, actor=world.cast.vendor, has_agreed=True)
    assert [(row["field"], row["code"]) for row in refusal.value.rows] == [
        ("specification.phy", "option_unknown"), ("specification.wapi_modes", "field_required"),
        ("specification.measurand", "field_required"), ("specification.power", "field_required"),
        ("specification.built_in", "field_required")]


def test_submit_without_agreement_is_refused(world):
    with pytest.raises(errors.AgreementMissing) as refusal:
        services.submit_order(order=world.orders[Stage.DRAFT], actor=world.cast.vendor, has_agreed=False)
    assert refusal.value.field == "has_agreed"


def test_submit_by_a_foreign_company_needs_its_own_identifier(world):
    Company.objects.filter(pk=world.cast.company_a.pk).update(uscc=None, foreign_identifier="DE-HRB-000000")
    assert submitted(world.cast).stage == Stage.SUBMITTED


def test_submit_of_a_chip_is_refused_with_the_reason(world):
    order = drafted(world.cast, "CHIP")
    with pytest.raises(errors.TypeNotTestable) as refusal:
        services.submit_order(order=order, actor=world.cast.vendor, has_agreed=True)
    assert (refusal.value.code, refusal.value.field) == ("device_type_not_testable", "device")


def test_person_whose_role_is_not_confirmed_drafts_nothing_for_the_company(cast, catalogue):
    newcomer, order = person("newcomer", company=cast.company_a), drafted(cast)
    with pytest.raises(errors.NotPermitted):
        services.draft_order(device=device(cast), actor=newcomer, hardware="A1", firmware="1.0", features={})
    assert (verbs_open_to(newcomer, order), verbs_open_to(AnonymousUser(), order)) == ([], [])
    assert "submit" in verbs_open_to(cast.vendor, order)
