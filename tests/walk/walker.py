"""Moves orders at random: mostly the next sensible act, often any act by anybody, sometimes on what is stale."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from members.people.models import User
from products.certification.models import Certification
from products.certification.services import expire_certifications, follow_reports, issue_certificates
from products.devices.models import Device
from products.orders.models import Order, Sample
from products.reports.models import Report
from products.reports.services import render_report
from products.results.models import Exclusion, Slot
from products.rework.models import Rework
from products.suites.models import Edition
from products.suites.services import approve_edition, publish_edition
from tests.factories import orders
from tests.factories.api import Api
from tests.walk.acts import ACTS, Request
from tests.walk.rules import broken, two_valid_of_one_device
from tests.walk.world import NEWER
from wapicert.errors import DomainError

SENSIBLE, BY_ANYBODY, STALE = 0.6, 0.3, 0.1
ENDED = ("closed", "declined", "cancelled")
# An end that anybody may choose at any time proves nothing about the way.
NO_WAY = ("cancel", "decline", "hold", "return", "return-report", "return-result", "request-invalidation",
          "withdraw-report", "rebase", "amend", "amend-model")
# So many acts lead from anywhere to an end, or there is no way.
LONGEST_WAY = 60


class Walker:
    """Orders and the people who move them; `faults` says what must not be."""

    def __init__(self, world: SimpleNamespace, seed: int) -> None:
        self.cast, self.dice = world.cast, random.Random(seed)  # noqa: S311 - a dice
        self.people = {name: one for name, one in vars(self.cast).items() if isinstance(one, User)}
        self.apis = {name: Api(one) for name, one in self.people.items()}
        self.orders: list[int] = []
        self.faults: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reached: Counter[str] = Counter()
        self.trail: dict[int, list[str]] = {}
        self.stale = STALE

    # --- Steps ------------------------------------------------------------------------------------------------
    def step(self) -> None:
        """One act on one order, or a new order; then the rules."""
        going = list(Order.objects.filter(pk__in=self.orders).exclude(stage__in=ENDED).order_by("pk")
                     .values_list("pk", flat=True))
        if len(going) < 2 or self.dice.random() < 0.01:
            self._apply()
            return
        # What has ended is disturbed too, but not for long.
        order = self._order(self.dice.choice(going if self.dice.random() < 0.93 else self.orders))
        if self.dice.random() < 0.15:
            self._work(order)
        elif self.dice.random() < 0.01:
            self._move_edition()
        elif self.dice.random() < SENSIBLE:
            name, who = self.dice.choice(list(self.sensible(order)) or [("cancel", "intake")])
            self.send(order, name, who)
        else:
            name = self.dice.choice(list(ACTS))
            who = self.dice.choice(list(self.people) if self.dice.random() < BY_ANYBODY else ACTS[name][0])
            self.send(order, name, who)
        self._judge(order)

    def _order(self, key: int) -> Order:
        return Order.objects.select_related("company", "device").get(pk=key)

    def _apply(self) -> None:
        """A new application, now and then for a device that was applied for before."""
        vendor, known = self.cast.vendor, Device.objects.filter(company=self.cast.company_a)
        device = known.order_by("?").first() if known.exists() and self.dice.random() < 0.3 else \
            orders.device(self.cast, "SEN")
        order = orders.drafted(self.cast, device=device, actor=vendor)
        self.orders.append(order.pk)
        self.trail[order.pk] = ["drafted"]

    def send(self, order: Order, name: str, who: str) -> bool:
        """One request as one person; whether it was taken."""
        request = ACTS[name][1](order, self.dice)
        if request is None:
            return False
        answer = self.apis[who].post(request.path, request.body, version=self._version(order, request, who))
        told = f"{name} by {who}: {answer.status_code}"
        if answer.status_code >= 500:
            self._note(order, f"{told} {answer.content[:300]!r}")
        elif answer.status_code >= 400:
            code = answer.json().get("code") if "json" in answer.headers.get("Content-Type", "") else None
            rows = sorted({str(row.get("code")) for row in answer.json().get("errors", [])}) if code else []
            self.refused[" ".join([name, str(code), *rows])] += 1
            if not code or not answer.json().get("detail"):
                self._note(order, f"{told} without code or reason")
        else:
            self.done[name] += 1
            self.trail[order.pk].append(f"{name} by {who}")
        return bool(answer.status_code < 400)

    def _version(self, order: Order, request: Request, who: str) -> str | None:
        if request.seen is None:
            return None
        if request.seen.endswith("/decision/"):
            found = Certification.objects.filter(order=order).first()
            version = f'"{found.row_version}"' if found else None
            seen = self.apis[who].get(request.seen)
            version = seen.headers.get("ETag") or version if seen.status_code == 200 else version
        else:
            version = self.apis[who].get(request.seen).headers.get("ETag") or '"1"'
        return '"0"' if self.dice.random() < self.stale else version

    def _work(self, order: Order) -> None:
        """What worker and clock do by themselves."""
        for report in Report.objects.filter(order=order, state="authorised"):
            render_report(report_id=str(report.pk))
            report.refresh_from_db()
            if report.rendering_state == "failed":
                self._note(order, f"report not made: {report.rendering_error[:200]}")
        issue_certificates()
        follow_reports()
        expire_certifications()

    def _move_edition(self) -> None:
        """Approver or publisher act on the draft, whatever its state."""
        edition = Edition.objects.get(slug=NEWER)
        try:
            if edition.status == "draft":
                approve_edition(edition=edition, actor=self.cast.approver)
            else:
                publish_edition(edition=edition, actor=self.cast.approver)
        except DomainError as refusal:
            self.refused[f"edition {refusal.code}"] += 1

    # --- Rules ------------------------------------------------------------------------------------------------
    def _judge(self, order: Order) -> None:
        order = self._order(order.pk)
        self.reached[order.stage] += 1
        for fault in [*broken(order), *two_valid_of_one_device()]:
            self._note(order, fault)

    def _note(self, order: Order, fault: str) -> None:
        text = f"{order.number}: {fault}"
        if not self.faults[text]:
            self.faults[f"{text}  [{' · '.join(self.trail.get(order.pk, [])[-14:])}]"] += 1
        self.faults[text] += 1

    # --- The way on -------------------------------------------------------------------------------------------
    def sensible(self, order: Order) -> Iterator[tuple[str, str]]:
        """The acts that the workflow has for the order as it stands, with whose part they are."""
        names: list[str] = list(BY_STAGE.get(order.stage, []))
        if order.stage == "testing":
            names += self._in_testing(order)
        if order.stage in ("complete", "reporting", "decided", "closed"):
            names += self._in_reporting(order)
        yield from ((name, who) for name in names for who in ACTS[name][0])

    def _in_testing(self, order: Order) -> Iterator[str]:
        rework = Rework.objects.filter(order=order).order_by("pk").last()
        if rework and rework.state in BY_REWORK:
            yield from BY_REWORK[rework.state]
        if Exclusion.objects.filter(plan_item__order=order, state="proposed").exists():
            yield from ("approve-exclusion", "accept-exclusion", "refuse-exclusion")
        if order.rebases.filter(state="proposed").exists():
            yield from ("consent-to-rebase", "refuse-rebase")
        states = set(Slot.objects.filter(plan_item__order=order).values_list("state", flat=True)) or {"todo"}
        if states & {"todo", "reconfirm"}:
            yield "record"
        if "recorded" in states:
            yield from ("verify", "correct")
        yield from ("refuse-invalidation", "invalidate")
        if not order.versions.exists():
            yield "receive-sample"

    def _in_reporting(self, order: Order) -> Iterator[str]:
        report = Report.objects.filter(order=order).order_by("compiled_at").last()
        certification = Certification.objects.filter(order=order).first()
        asked = Report.objects.filter(order=order, withdrawal_requested_by__isnull=False, state="issued").exists()
        if asked:
            yield from ("consent-to-withdrawal", "refuse-withdrawal")
        yield from ("refuse-invalidation", "invalidate")
        if report is None or report.state in ("withdrawn", "draft"):
            yield "compile"
        if report is not None and report.state in ("draft", "checked"):
            yield from ("check", "authorise")
        if report is not None and report.state == "issued" and order.stage == "reporting":
            yield from ("recommend", "grant", "refuse")
            if report.conclusion != "conforms":
                yield "recommend-not"
        if certification is not None and certification.state == "suspended":
            yield from ("lift-certification", "withdraw-certification")
        if order.stage == "decided":
            yield from (("end-sample",) if Sample.objects.filter(order=order, ended_at=None).exists() else ("close",))

    def leads_on(self, key: int) -> bool:
        """Whether the parties, each by its own acts, bring an order to an end: I4 of every walk."""
        # Whoever wants to get on reads before they act.
        self.stale = 0.0
        for _each in range(LONGEST_WAY):
            order = self._order(key)
            if order.stage in ENDED:
                return True
            self._work(order)
            ways = [way for way in self.sensible(self._order(key)) if way[0] not in NO_WAY]
            self.dice.shuffle(ways)
            taken = [self.send(self._order(key), name, who) for name, who in ways]
            if not any(taken) and self._order(key).stage == order.stage and not self._moves(key):
                self._note(order, f"no way on from {order.stage}, {order.turn}'s turn")
                return False
            self._judge(order)
        self._note(order, f"no end in {LONGEST_WAY} acts from {order.stage}")
        return False

    def _moves(self, key: int) -> bool:
        """Whether worker and clock change anything."""
        before = self._facts(key)
        self._work(self._order(key))
        return before != self._facts(key)

    def _facts(self, key: int) -> Any:
        return (Order.objects.filter(pk=key).values_list("stage", "row_version")[0],
                list(Report.objects.filter(order=key).values_list("state", "row_version")))


BY_STAGE = {"draft": ["submit"], "returned": ["submit"], "submitted": ["accept", "accept", "return"],
            "accepted": ["receive-sample"], "on_hold": ["resume"], "testing": [], "complete": ["compile"]}
BY_REWORK = {"open": ["send-finding"], "with_vendor": ["answer"], "fix_claimed": ["sign-scope"],
             "retest": ["record", "verify"]}
