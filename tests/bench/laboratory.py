"""Years of a laboratory for the figures: orders, a million records with what became of them, reworks, histories.

Everything is thrown from one seed and copied into PostgreSQL as it is; foreign keys and triggers are off while it
flows in, as nothing of it passes through a service. INSIGHT_POSTGRESQL names a database that was filled before.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dj_database_url
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from members.companies.models import Company
from members.history.models import Entry
from products.devices.models import Device, DeviceType, Firmware, Hardware
from products.orders.models import Order, PlanItem, ReceivedVersion, StageTime
from products.results.models import Attempt, AttemptAct, FailedItem, FirstTests, Slot
from products.rework.models import Reason, Rework, ReworkItem
from products.suites.models import Edition, Measurement
from tests.bench import register, world
from tests.bench.stopwatch import IS_QUICK
from tests.factories import equipment

ATTEMPTS = 20_000 if IS_QUICK else int(os.environ.get("BENCH_ATTEMPTS", "1000000"))
ITEMS, COMPANIES, DEVICES_EACH = 110, 60, 30
FIRST_DAY, DAYS = datetime(2019, 1, 7, tzinfo=UTC), 2800
WAY = [("draft", "vendor", 4), ("submitted", "intake", 3), ("accepted", "vendor", 9), ("testing", "laboratory", 6)]
BACK = [("testing", "vendor", 15), ("testing", "laboratory", 5)]
END = [("complete", "laboratory", 2), ("reporting", "laboratory", 3), ("reporting", "signatory", 2),
       ("reporting", "decision", 4), ("decided", "intake", 5), ("closed", "nobody", 0)]
TABLES = [Device, Hardware, Firmware, Order, StageTime, ReceivedVersion, PlanItem, Attempt, AttemptAct, Slot,
          FirstTests, FailedItem, Rework, ReworkItem, Entry]
Row = dict[str, Any]


class Laboratory:
    """Throws orders one after the other and gathers their rows by table."""

    def __init__(self, seed: int = 2026) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - generated data
        self.rows: dict[type, list[Row]] = defaultdict(list)
        people = world.cast()
        self.tester, self.verifier, self.vendor = people.tester.pk, people.verifier.pk, people.vendor.pk
        self.tool = equipment.tool(people.quality).pk
        self.editions = [self._items(edition) for edition in (world.catalogue().edition, world.edition())]
        self.reasons = list(Reason.objects.values_list("pk", flat=True))
        self.last = {model: model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0  # type: ignore[attr-defined]
                     for model in TABLES}
        self.devices = self._devices()

    def throw(self, wanted: int) -> Iterator[int]:
        """Orders until there are so many records; how many there are, after each."""
        while self.last[Attempt] < wanted:
            self._order()
            yield self.last[Attempt]

    def _add(self, table: type, /, **values: Any) -> int:
        self.last[table] += 1
        self.rows[table].append({"id": self.last[table], **values})
        return self.last[table]

    def _items(self, edition: Edition) -> tuple[Edition, list[tuple[int, str, str | None, float]]]:
        """The edition with its items: version, code, the key of a number where one is measured, how often it fails."""
        numbers = dict(Measurement.objects.filter(item_version__edition=edition, type="number").order_by(
            "-position").values_list("item_version_id", "key"))
        items = edition.items.order_by("position").values_list("pk", "code")[:ITEMS]
        return edition, [(pk, code, numbers.get(pk), self.dice.choice([0.005, 0.02, 0.04, 0.15])) for pk, code in items]

    def _devices(self) -> list[tuple[int, int, int, list[int]]]:
        """Company, device, hardware and four versions of firmware each."""
        companies = Company.objects.bulk_create(Company(
            number=f"L{nth:05d}", name_zh=f"演示{nth:02d}号科技有限公司", short_name_zh=f"演示{nth:02d}",
            name_en=f"Demo {nth} Ltd.", is_demonstration=True) for nth in range(COMPANIES))
        kinds, made = list(DeviceType.objects.filter(testable=True).values_list("pk", "code")), []
        for nth in range(COMPANIES * DEVICES_EACH):
            (kind, code), company = self.dice.choice(kinds), companies[nth % COMPANIES].pk
            device = self._add(Device, company_id=company, device_type_id=kind, name_zh="演示设备", name_en="Demo",
                               model=f"BENCH-{code}-{nth:05d}", manufacturer="", factory="", specification="{}",
                               is_demonstration=True, row_version=1, created_at=FIRST_DAY)
            hardware = self._add(Hardware, device_id=device, version="V1.0", declared_at=FIRST_DAY)
            made.append((company, device, hardware, [
                self._add(Firmware, device_id=device, version=f"1.{place}.0", sha256="", declared_at=FIRST_DAY)
                for place in range(4)]))
        return made

    def _order(self) -> None:
        company, device, hardware, firmware = self.dice.choice(self.devices)
        edition, items = self.dice.choice(self.editions)
        submitted = FIRST_DAY + timedelta(days=self.dice.randrange(DAYS), minutes=self.dice.randrange(600))
        stage = "testing" if self.dice.random() < 0.05 else "closed"
        number = f"WT-B-{self.last[Order] + 1:06d}"
        moments = dict.fromkeys(("created_at", "stage_since", "turn_since", "submitted_at", "accepted_at",
                                 "completed_at", "closed_at"), submitted)
        texts = dict.fromkeys(("stage_reason", "held_stage", "held_turn", "amended_stage", "remark"), "")
        order = self._add(
            Order, number=number, company_id=company, created_by_id=self.vendor, device_id=device, stage=stage,
            turn="laboratory", edition_id=edition.pk, edition_fingerprint="f", declaration="{}", decision_rule=None,
            frozen_declaration="{}", review="{}", has_agreed=True, has_consented_to_listing=True, sampling="送样",
            is_demonstration=True, row_version=9, **moments, **texts)
        first = self.dice.randrange(3)
        versions = [self._add(ReceivedVersion, order_id=order, ordinal=ordinal, hardware_id=hardware,
                              firmware_id=firmware[first + ordinal - 1], received_at=submitted,
                              received_by_id=self.tester) for ordinal in (1, 2)]
        started = submitted + timedelta(days=14)
        failed = self._results(order, items, versions, started)
        self._rework(order, failed, started)
        self._history(order, number, submitted, bool(failed))

    def _results(self, order: int, items: Iterable[tuple[int, str, str | None, float]], versions: list[int],
                 started: datetime) -> list[tuple[int, int]]:
        """One test of each item and what follows; the failed records with their items."""
        failed, days = [], defaultdict(lambda: [0, 0])
        for position, (version, code, key, weakness) in enumerate(items, 1):
            item = self._add(PlanItem, order_id=order, item_version_id=version, code=code, inclusion="in",
                             reason="mandatory", feature_id=None, is_counted=True, position=position)
            at = started + timedelta(days=self.dice.randrange(5), seconds=self.dice.randrange(28_000))
            verdict = "FAIL" if self.dice.random() < weakness else "PASS"
            last, throw = self._attempt(item, 1, verdict, versions[0], at, key), self.dice.random()
            if throw < 0.02:
                self._act(last, "superseded", at)
                last = self._attempt(item, 1, verdict, versions[0], at, key, corrects=last)
            elif throw < 0.03:
                self._act(last, "invalidation_requested", at)
                self._act(last, "invalidated", at)
                verdict = "PASS"
                last = self._attempt(item, 2, verdict, versions[0], at, key)
            count = days[timezone.localdate(at)]
            count[0] += 1
            count[1] += verdict == "PASS"
            if verdict == "FAIL":
                failed.append((item, last))
                self._add(FailedItem, order_id=order, plan_item_id=item, code=code, day=timezone.localdate(at), tests=1,
                          is_flaky=throw > 0.99)
            if throw > 0.99:
                last = self._attempt(item, 3, "PASS", versions[0], at, key)
            if verdict == "FAIL" or throw > 0.88:
                last = self._attempt(item, 4, "PASS", versions[1], at + timedelta(days=20), key)
            self._add(Slot, plan_item_id=item, state="verified", verdict="PASS", latest_id=last, effective_id=last,
                      repeat_from_id=None, repeat_after=0, row_version=3)
        for day, (tests, passes) in days.items():
            self._add(FirstTests, order_id=order, day=day, tests=tests, passes=passes)
        return failed

    def _attempt(self, item: int, ordinal: int, verdict: str, version: int, at: datetime, key: str | None,
                 corrects: int | None = None) -> int:
        values = {key: {"value": f"{self.dice.gauss(100, 15):.1f}", "unit": ""}} if key else {}
        attempt = self._add(
            Attempt, plan_item_id=item, ordinal=ordinal, revision=2 if corrects else 1, verdict=verdict,
            values=json.dumps(values), version_id=version, tool_id=self.tool, remark="", performed_at=at,
            recorded_at=at, recorded_by_id=self.tester, corrects_id=corrects,
            correction_reason="typing" if corrects else "", correction_text="演示" if corrects else "")
        self._act(attempt, "verified", at)
        return attempt

    def _act(self, attempt: int, kind: str, at: datetime) -> None:
        self._add(AttemptAct, attempt_id=attempt, kind=kind, actor_id=self.verifier, at=at, comment="")

    def _rework(self, order: int, failed: list[tuple[int, int]], at: datetime) -> None:
        if not failed:
            return
        rework = self._add(
            Rework, order_id=order, number=f"ZG-B-{self.last[Rework] + 1:06d}", state="closed_pass", state_since=at,
            round=1, opened_at=at, closed_at=at + timedelta(days=20), closing_reason="", finding="", row_version=3,
            finding_kind="finding", sent_by_id=self.verifier, sent_at=at, laboratory_seconds=86_400, reminded=0,
            vendor_seconds=864_000)
        for item, attempt in failed:
            reason = self.dice.choice(self.reasons) if self.dice.random() < 0.9 else None
            self._add(ReworkItem, rework_id=rework, plan_item_id=item, attempt_id=attempt, round=1, reason_id=reason,
                      note="")

    def _history(self, order: int, number: str, at: datetime, has_failed: bool) -> None:
        """The order's steps, with the stage and the turn after each, and between them acts that tell neither."""
        sequence, spent = 0, defaultdict(lambda: [0, 0])
        for stage, turn, days in [*WAY, *(BACK if has_failed else []), *END]:
            for told in ({"stage": stage, "turn": turn, "row_version": 2}, {"count": 5, "digest": "d" * 64}):
                sequence += 1
                self._add(Entry, chain=f"order:{number}", sequence=sequence, at=at, actor_id=self.tester,
                          actor_staff_number="S-tester", actor_roles='["TE"]', act="order.changed",
                          object_type="order", object_id=number, before="{}", after=json.dumps(told), reason="",
                          request_id="", address="", software_version="0", previous_hash="h" * 64, hash="h" * 64)
            seconds = round(86_400 * days * self.dice.uniform(0.3, 2))
            at += timedelta(seconds=seconds)
            spent[stage][turn == "vendor"] += seconds
        for stage, (alliance, vendor) in spent.items():
            if stage != "closed":
                self._add(StageTime, order_id=order, stage=stage, alliance_seconds=alliance, vendor_seconds=vendor)


def fill() -> dict[str, Any]:
    """A million records, or as many as BENCH_ATTEMPTS says; how long that took, in seconds."""
    started = time.perf_counter()
    laboratory = Laboratory()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for number, _count in enumerate(laboratory.throw(ATTEMPTS), 1):
            if number % 500 == 0:
                _pour(cursor, laboratory.rows)
        _pour(cursor, laboratory.rows)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return {"attempts": laboratory.last[Attempt], "orders": laboratory.last[Order],
            "built_s": round(time.perf_counter() - started, 1)}


def _pour(cursor: Any, rows: dict[type, list[Row]]) -> None:
    """Copy what was gathered, table by table, and let it go."""
    quote: Callable[[str], str] = connection.ops.quote_name
    for model in TABLES:
        if not rows[model]:
            continue
        names = ", ".join(quote(name) for name in rows[model][0])
        with cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
            copy.write("".join("\t".join(map(_text, row.values())) + "\n" for row in rows[model]))
        rows[model].clear()


def _text(value: Any) -> str:
    """A value in COPY's text form; no generated text holds a tab, a line break or a backslash."""
    if value is None:
        return "\\N"
    return str(value) if value is not True and value is not False else "t" if value else "f"


@contextmanager
def given() -> Iterator[bool]:
    """Go on in the database that INSIGHT_POSTGRESQL names, brought to the present schema; whether one is named."""
    address = os.environ.get("INSIGHT_POSTGRESQL", "")
    if not address or IS_QUICK:
        yield False
        return
    scratch = connection.settings_dict["NAME"], connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    wanted = dj_database_url.parse(address)
    register.switch(wanted["NAME"], wanted["HOST"], wanted["PORT"])
    call_command("migrate", verbosity=0)
    try:
        yield True
    finally:
        register.switch(*scratch)
