"""The trend of a measured value equals a plain walk over all raw rows, on page, CSV and API alike."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from products.devices.models import Device
from products.insight.selectors import Scope, measurements_numbered, values_over_versions
from products.orders import services
from products.orders.models import Order
from products.results.models import Attempt, AttemptAct
from products.suites.models import Measurement
from tests.factories import catalogue as catalogue_factory
from tests.factories import equipment, orders, people, results
from tests.factories.api import Api
from tests.stage import staged

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 30, 15, 30, tzinfo=UTC)
CODE, KEY, MODEL = "PER-06", "success", "DEMO-AP-TREND"
# As many as a drawing holds, stated by its note.
DRAWN = 60
FATES = [["verified"]] * 6 + [["returned", "verified"], [], ["returned"], ["verified", "superseded"],
                              ["verified", "invalidation_requested", "invalidated"]]
# What a row may hold besides a value of the unit that is asked: nothing, another value, or the unit of an old edition.
ODD = [{}, {"tries": {"value": "60", "unit": "次"}}, {KEY: {"value": "0.97", "unit": ""}}]


@staged
def versions():
    """One device over seven versions in two orders by two editions; a namesake of another company beside it."""
    cast, catalogue = people.cast(), catalogue_factory.load()
    dice = random.Random(11)  # noqa: S311 - test data
    own = orders.device(cast, "AP", model=MODEL)
    other = orders.device(cast, "AP", model=MODEL, company=cast.company_b, actor=cast.stranger)
    made = [orders.in_testing(cast, "AP", device=own), orders.in_testing(cast, "AP", device=own),
            orders.in_testing(cast, "AP", device=own)]
    Order.objects.filter(pk=made[1].pk).update(edition=catalogue.predecessor)
    Order.objects.filter(pk=made[2].pk).update(device=other, company=cast.company_b)
    for order in made:
        for minor in range(1, 7):
            services.receive_sample(order=order, actor=cast.intake, serial_number=f"SN-{order.pk}-{minor}",
                                    hardware=dice.choice(["V1.0", "V1.1"]), firmware=f"1.0.{minor}", condition="完好")
        throw_values(order, cast, dice)
    return cast


def throw_values(order, cast, dice):
    """Tests of two items in an order that is not that of their days; some corrected, some without the value."""
    tool, received, ordinal = equipment.tool(cast.quality), list(order.versions.all()), 0
    for item in results.planned(order, [CODE, "PER-07"]):
        for _nth in range(70):
            ordinal += 1
            text = f"{dice.uniform(80, 100):.2f}"
            first = record(item, ordinal, dice, received, tool, cast, {KEY: {"value": text, "unit": "%"}})
            if "superseded" in {act.kind for act in first.acts.all()}:
                record(item, ordinal, dice, received, tool, cast, {KEY: {"value": text[::-1], "unit": "%"}},
                       corrects=first, revision=2)


def record(item, ordinal, dice, received, tool, cast, values, **more):
    at = BEGIN + timedelta(hours=dice.randrange(1400))
    attempt = Attempt.objects.create(
        plan_item=item, ordinal=ordinal, verdict=dice.choice(["PASS", "FAIL", "INC"]), version=dice.choice(received),
        values=values if dice.random() < 0.9 else dice.choice(ODD), tool=tool, performed_at=at,
        recorded_at=at + timedelta(days=30), recorded_by=cast.tester, **more)
    AttemptAct.objects.bulk_create(AttemptAct(attempt=attempt, kind=kind, actor=cast.verifier, at=at)
                                   for kind in (["verified"] if more else dice.choice(FATES)))
    return attempt


def walked(device, scope):
    """Every row of the database, one by one."""
    found = []
    for row in Attempt.objects.all():
        order, kinds = row.plan_item.order, {act.kind for act in row.acts.all()}
        day = timezone.localtime(row.performed_at).date()
        if (order.device == device and row.plan_item.code == CODE and row.values.get(KEY, {}).get("unit") == "%"
                and "verified" in kinds and not kinds & {"superseded", "invalidated"}
                and scope.edition in (None, order.edition) and scope.company in (None, order.company)
                and (scope.since or day) <= day <= (scope.until or day)):
            found.append((row.performed_at, row.pk, row.version.hardware.version, row.version.firmware.version,
                          order.number, f"{row.ordinal}.{row.revision}", float(row.values[KEY]["value"]), row.verdict))
    return [(*row[2:], row[0]) for row in sorted(found)]


def drawn(device, scope):
    measurement = measurements_numbered().get(item_version__code=CODE, key=KEY)
    return [(row.hardware, row.firmware, row.order, row.test, row.value, row.verdict, row.performed_at)
            for row in values_over_versions(device, measurement, scope)]


def test_trend_equals_a_walk_over_all_records(versions):
    own = Device.objects.get(model=MODEL, company=versions.company_a)
    old = Order.objects.filter(device=own).order_by("pk")[1].edition
    whole = walked(own, Scope())
    assert (len(whole) > DRAWN, len({row[1] for row in whole})) == (True, 7)
    assert any(row[3].endswith(".2") for row in whole)
    for device in Device.objects.filter(model=MODEL):
        for scope in (Scope(), Scope(since=date(2026, 5, 1)), Scope(since=date(2026, 4, 1), until=date(2026, 4, 9)),
                      Scope(edition=old), Scope(company=versions.company_b, until=date(2026, 5, 10))):
            assert drawn(device, scope) == walked(device, scope)[-DRAWN:]


def test_page_csv_and_api_of_a_trend_hold_the_same_rows(versions, client):
    own = Device.objects.get(model=MODEL, company=versions.company_a)
    query = {"model": MODEL, "device": own.pk, "measurement": f"{CODE}:{KEY}", "since": "2026-05-01"}
    rows = walked(own, Scope(since=date(2026, 5, 1)))[-DRAWN:]
    client.force_login(versions.auditor)
    (chart, csv), = client.get("/lab/insight/trend/", query).context["charts"]
    assert [(row[1], row[0], *row[4:6], row[2]) for row in chart.rows] == [
        (hardware, firmware, number, test, value) for hardware, firmware, number, test, value, _verdict, _at in rows]
    assert len(client.get(csv).content.decode().splitlines()) == len(rows) + 1
    assert Api(versions.auditor).get("insight/trend/?" + csv.partition("?")[2]).json()["rows"] == chart.rows


def test_limit_of_a_draft_is_not_drawn_before_it_is_published(versions):
    published = measurements_numbered().get(item_version__code=CODE, key=KEY)
    data = catalogue_factory.draft_data()
    draft = catalogue_factory.draft_edition(editor=versions.editor, data=data)
    type(draft).objects.filter(pk=draft.pk).update(available_on=date(2099, 1, 1))
    Measurement.objects.filter(item_version__edition=draft, item_version__code=CODE, key=KEY).update(limit=99)
    assert measurements_numbered().get(item_version__code=CODE, key=KEY) == published
