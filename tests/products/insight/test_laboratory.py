"""Figures of the laboratory: each equals what a plain walk over all raw rows comes to, on page, CSV and API alike."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from products.insight.selectors import (
    Scope,
    days_by_stage,
    failures_by_item,
    failures_by_reason,
    first_pass_yield,
    flaky_items,
    waiting_by_party,
    waiting_by_stage,
)
from products.orders import services
from products.orders.models import Order
from products.orders.selectors import intervals_of
from products.orders.states import Party
from products.results.models import Attempt, AttemptAct
from products.results.services import correct_attempt, rebuild_slots
from products.results.services.counting import recount_results
from products.rework.models import Reason, Rework, ReworkItem
from tests.factories import catalogue as catalogue_factory
from tests.factories import equipment, orders, people, results
from tests.factories.api import Api
from tests.stage import staged

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 30, 15, 30, tzinfo=UTC)
# What may happen to a record; only the first two leave one that counts.
FATES = [["verified"]] * 6 + [["returned", "verified"], [], ["verified", "superseded"], ["returned"],
                              ["verified", "invalidation_requested", "invalidated"]]


@staged
def years():
    """Three orders of two types, editions and companies, with all sorts of records, in stages of a moving clock."""
    cast, catalogue = people.cast(), catalogue_factory.load()
    dice = random.Random(7)  # noqa: S311 - test data
    made = []
    for nth, kind in enumerate(["SEN", "AP", "SEN"]):
        with time_machine.travel(BEGIN + timedelta(days=20 * nth), tick=False) as clock:
            made.append(on_the_way(cast, kind, clock, dice))
    Order.objects.filter(pk=made[1].pk).update(edition=catalogue.predecessor)
    Order.objects.filter(pk=made[2].pk).update(company=cast.company_b)
    for order in made:
        throw_records(order, cast, dice)
        assert (recount_results(order), recount_results(order)) == (True, False)
    return cast


def on_the_way(cast, kind, clock, dice):
    """Submitted, returned, submitted again, accepted, tested, paused, resumed; drafted orders wait beside it."""
    order = orders.submitted(cast, kind)
    for act in (
        lambda: services.return_order(order=order, actor=cast.intake, reason="演示"),
        lambda: services.submit_order(order=order, actor=cast.vendor, has_agreed=True),
        lambda: services.accept_order(order=order, actor=cast.intake, review=orders.REVIEWED),
        lambda: services.receive_sample(order=order, actor=cast.intake, serial_number="SN", hardware=orders.HARDWARE,
                                        firmware=orders.FIRMWARE, condition="完好"),
        lambda: services.set_turn(order=order, party=Party.VENDOR),
        lambda: services.set_turn(order=order, party=Party.LABORATORY),
        lambda: services.hold_order(order=order, actor=cast.intake, reason="演示"),
        lambda: services.resume_order(order=order, actor=cast.intake),
    ):
        clock.shift(timedelta(hours=dice.randint(1, 200)))
        act()
    return orders.fresh(order)


def throw_records(order, cast, dice):
    version, tool = order.versions.get(), equipment.tool(cast.quality)
    reasons, failed = [*Reason.objects.all()[:3], None], []
    for item in results.planned(order):
        for ordinal in range(1, dice.randint(1, 4)):
            at = BEGIN + timedelta(hours=dice.randrange(1400))
            attempt = Attempt.objects.create(
                plan_item=item, ordinal=ordinal, verdict=dice.choice(["PASS", "PASS", "FAIL", "INC", "REC"]),
                version=version, tool=tool, performed_at=at, recorded_at=at, recorded_by=cast.tester)
            AttemptAct.objects.bulk_create(AttemptAct(attempt=attempt, kind=kind, actor=cast.verifier, at=at)
                                           for kind in dice.choice(FATES))
            failed += [attempt] if attempt.verdict == "FAIL" else []
    rework = Rework.objects.create(order=order, number=f"ZG-{order.pk}", state="closed_pass", state_since=BEGIN,
                                   opened_at=BEGIN + timedelta(days=dice.randrange(40)))
    ReworkItem.objects.bulk_create(ReworkItem(rework=rework, plan_item=one.plan_item, attempt=one,
                                              reason=dice.choice(reasons)) for one in failed)


def scopes(cast):
    kinds = {order.device.device_type.code: order for order in Order.objects.all()}
    return [Scope(), Scope(since=date(2026, 4, 12)), Scope(since=date(2026, 4, 1), until=date(2026, 4, 30)),
            Scope(device_type=kinds["AP"].device.device_type), Scope(edition=kinds["AP"].edition),
            Scope(company=cast.company_b, until=date(2026, 5, 10))]


def is_in(scope, order, day=None):
    return (scope.device_type in (None, order.device.device_type) and scope.edition in (None, order.edition)
            and scope.company in (None, order.company)
            and (day is None or (scope.since or day) <= day <= (scope.until or day)))


def counting(attempt):
    kinds = {act.kind for act in attempt.acts.all()}
    return "verified" in kinds and not kinds & {"superseded", "invalidated"}


def local(moment):
    return timezone.localtime(moment).date()


def raw():
    """Every record that counts, with its order and day."""
    return [(row, row.plan_item.order, local(row.recorded_at))
            for row in Attempt.objects.order_by("plan_item", "ordinal", "revision") if counting(row)]


def test_yield_equals_a_walk_over_all_records(years):
    first = {}
    for row, order, day in raw():
        if row.verdict in ("PASS", "FAIL"):
            first.setdefault(row.plan_item_id, (row.verdict == "PASS", order, day))
    keys = {"month": lambda order, day: day.replace(day=1), "type": lambda order, day: order.device.device_type_id,
            "edition": lambda order, day: order.edition_id}
    for scope in scopes(years):
        for split, key in keys.items():
            tests, passes = Counter(), Counter()
            for passed, order, day in first.values():
                if is_in(scope, order, day):
                    tests[key(order, day)] += 1
                    passes[key(order, day)] += passed
            found = {row.key: (row.tests, row.passes) for row in first_pass_yield(scope, split)}
            assert found == {one: (tests[one], passes[one]) for one in tests}
    assert len(first) > 50


def test_failures_and_flaky_items_equal_a_walk_over_all_records(years):
    rows = raw()
    passed = {(row.plan_item_id, row.version_id) for row, _order, _day in rows if row.verdict == "PASS"}
    for scope in scopes(years):
        failures, flaky = Counter(), defaultdict(set)
        for row, order, day in rows:
            if row.verdict == "FAIL" and is_in(scope, order, day):
                failures[row.plan_item.code] += 1
                if (row.plan_item_id, row.version_id) in passed:
                    flaky[row.plan_item.code].add(row.plan_item_id)
        assert dict(failures_by_item(scope)) == failures
        assert dict(flaky_items(scope)) == {code: len(items) for code, items in flaky.items()}
        reasons = Counter(item.reason for item in ReworkItem.objects.all() if is_in(
            scope, item.rework.order, local(item.rework.opened_at))
            and not {act.kind for act in item.attempt.acts.all()} & {"superseded", "invalidated"})
        assert dict(failures_by_reason(scope)) == reasons
    assert flaky_items(Scope())


def test_days_by_stage_equal_the_intervals_of_the_history(years):
    for scope in scopes(years):
        spent, seen = defaultdict(float), defaultdict(set)
        wanted = [order for order in Order.objects.exclude(submitted_at=None)
                  if is_in(scope, order, local(order.submitted_at))]
        for pk, intervals in intervals_of(wanted).items():
            for one in intervals:
                if one.until and one.stage != "draft":
                    spent[one.stage, one.turn == Party.VENDOR] += (one.until - one.since) / timedelta(days=1)
                    seen[one.stage].add(pk)
        found = {row.stage: (row.orders, row.alliance, row.vendor) for row in days_by_stage(scope)}
        assert found == {stage: (len(rows), *(pytest.approx(spent[stage, side] / len(rows), abs=0.051)
                                              for side in (False, True))) for stage, rows in seen.items()}


def test_what_waits_is_counted_by_turn_stage_and_age(years):
    now = BEGIN + timedelta(days=90)
    for found, field in ((waiting_by_party, "turn"), (waiting_by_stage, "stage")):
        groups = defaultdict(lambda: [0] * 5)
        for order in Order.objects.exclude(stage="draft"):
            days = (now - getattr(order, f"{field}_since")).days
            groups[getattr(order, field)][sum(days > most for most in (2, 5, 10, 20))] += 1
        assert {str(key): counts for key, counts in found(Scope(), now) if any(counts)} == groups


def test_counts_follow_every_verb(years):
    order = orders.in_testing(years)
    failed = results.verified(order, years, ["IOP-01", "IOP-07"], {"IOP-01": "FAIL"})[0]
    assert (failures_by_item(Scope(since=timezone.localdate())), recount_results(order)) == ([("IOP-01", 1)], False)
    correct_attempt(attempt=failed, row={"verdict": "PASS"}, reason="typing", text="演示", actor=years.tester)
    assert (failures_by_item(Scope(since=timezone.localdate())), recount_results(order)) == ([], False)
    order.first_tests.update(tests=9)
    rebuild_slots(order=order)
    assert [(row.tests, row.passes) for row in order.first_tests.all()] == [(1, 1)]


FIGURES = ["yield-month", "yield-type", "yield-edition", "failures-item", "failures-reason", "stages", "flaky", "turns",
           "queues"]


def test_page_csv_and_api_tell_the_same(years, client):
    client.force_login(years.auditor)
    drawn = {}
    for page in ("", "failures/", "stages/", "flaky/", "workload/"):
        answer = client.get(f"/lab/insight/{page}", {"type": "SEN", "since": "2026-04-01"})
        assert (answer.status_code, b"style=" in answer.content) == (200, False)
        drawn |= {chart.key: chart for chart, _csv in answer.context["charts"]}
    assert list(drawn) == FIGURES
    for name, chart in drawn.items():
        table = client.get(f"/lab/insight/{name}.csv?type=SEN&since=2026-04-01").content.decode()
        assert table == "\ufeff" + chart.as_csv()
        told = Api(years.auditor).get(f"insight/{name}/?type=SEN&since=2026-04-01").json()
        assert (told["title"], told["head"], told["rows"]) == (chart.title, chart.head, chart.rows)
        assert chart.rows


def test_trend_shows_values_of_one_device_over_versions_with_the_limit(years, client):
    order = orders.in_testing(years, "AP")
    results.verified(order, years, ["PER-06"])
    order.device.refresh_from_db()
    client.force_login(years.tester)
    ask = {"model": order.device.model.lower(), "measurement": "PER-06:success"}
    page = client.get("/lab/insight/trend/", ask)
    (chart, csv), = page.context["charts"]
    assert [row[:3] for row in chart.rows] == [[orders.FIRMWARE, orders.HARDWARE, 95.0]]
    assert (chart.drawing.count('class="limit"'), order.number in client.get(csv).content.decode()) == (2, True)
    assert Api(years.tester).get(f"insight/trend/?model={order.device.model}&measurement=PER-06:success").json()[
        "rows"] == chart.rows
    several = client.get("/lab/insight/trend/", ask | {"model": "DEMO-SEN"})
    assert (several.context["charts"], len(several.context["devices"]) > 1) == ([], True)


@pytest.mark.parametrize(("query", "field"), [
    ("since=yesterday", "since"), ("since=2026-05-01&until=2026-04-01", "until"), ("type=UFO", "type"),
    ("edition=x", "edition"), ("company=x", "company"),
])
def test_wrong_filter_is_named(years, client, query, field):
    client.force_login(years.tester)
    page = client.get(f"/lab/insight/?{query}")
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    refusal = Api(years.tester).get(f"insight/stages/?{query}")
    assert (refusal.status_code, refusal.json()["code"], refusal.json()["field"]) == (
        422, "figure_filter_invalid", field)


def test_trend_of_nothing_is_refused_and_unknown_figures_are_not_found(years, client):
    api = Api(years.tester)
    assert api.get("insight/trend/?model=&measurement=PER-06:success").json()["field"] == "model"
    assert api.get(f"insight/trend/?model={Order.objects.first().device.model}").json()["field"] == "measurement"
    assert api.get("insight/trend/?model=x&measurement=PER-06:x").json()["field"] == "measurement"
    client.force_login(years.tester)
    for path in ("/lab/insight/x/", "/lab/insight/x.csv", "/lab/insight/trend.csv", "/lab/insight/stages.csv?type=x"):
        assert client.get(path).status_code == 404
    assert api.get("insight/x/").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("nobody", 302), ("vendor", 404), ("admin", 404), ("auditor", 200)])
def test_figures_of_the_laboratory_are_for_its_staff(years, client, who, status):
    if who != "nobody":
        client.force_login(getattr(years, who))
    for path in ("/lab/insight/", "/lab/insight/trend/", "/lab/insight/stages.csv"):
        assert client.get(path).status_code == status
