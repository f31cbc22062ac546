"""Signs in as each person, follows every link and presses every button, and says where that leads nowhere."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from members.people.models import User
from products.orders.models import Order
from tests.pages.reading import Offer, links_of, offers_of, reason_in, tree_of

FIRST = "/home/"
# Who has the turn, by the parties of the workflow.
PARTIES = {"vendor": ("VU",), "intake": ("IN",), "laboratory": ("TE", "VE", "SG"), "signatory": ("SG",),
           "decision": ("RV", "DM")}
# These end or change the session that crawls; each has tests of its own.
LEFT_OUT = ("/accounts/logout/", "/accounts/password/", "/accounts/2fa/", "/accounts/sessions/", "/i18n/", "/admin/",
            "/accounts/login/")
ENDED = ("draft", "closed", "declined", "cancelled")
# The part of the site that is somebody's own comes first; a few of each kind of the public pages show as much.
OWN = ("/lab/", "/my/", "/home/", "/notices/", "/accounts/", "/people/", "/failures/", "/retention/")
PUBLIC_PAGES = 2


@dataclass
class Crawl:
    """What one run visited and found."""

    most_pages: int
    per_route: int
    faults: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    acts: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    offers: dict[str, Offer] = field(default_factory=dict)
    # By person: the acts that can be reached, with the number of clicks.
    reached: dict[str, dict[Offer, int]] = field(default_factory=dict)


def crawl(people: Iterable[User], *, most_pages: int = 400, per_route: int = 40) -> Crawl:
    """Every person in turn; nothing that is pressed stays."""
    run = Crawl(most_pages, per_route)
    for person in people:
        _Visitor(run, person).go()
    return run


class _Visitor:
    """One person with a browser's memory."""

    def __init__(self, run: Crawl, person: User) -> None:
        self.run, self.person = run, person
        self.client = Client(headers={"Accept": "text/html"})
        self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self.routes: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.tried: set[tuple[str, str]] = set()
        self.run.reached[person.username] = {}

    def go(self) -> None:
        """Breadth first, so that the number of clicks to a page is the least."""
        waiting, visited = deque([(FIRST, "", 0)]), 0
        while waiting and visited < self.run.most_pages:
            address, origin, clicks = waiting.popleft()
            if not self._is_new(address):
                continue
            visited += 1
            page, answer = self._get(address, origin)
            tree = tree_of(answer) if answer is not None else None
            if tree is None:
                continue
            waiting.extend((link, page, clicks + 1) for link in links_of(tree, page))
            for offer in offers_of(tree, page):
                self.run.reached[self.person.username].setdefault(offer, clicks)
                self._press(offer)

    def _is_new(self, address: str) -> bool:
        path = address.partition("?")[0]
        if address in self.seen or path.startswith(LEFT_OUT) or path.startswith(("/static/", "/api/")):
            return False
        self.seen.add(address)
        route = _route(path)
        self.routes[route] += 1
        return self.routes[route] <= (self.run.per_route if path.startswith(OWN) else PUBLIC_PAGES)

    def _get(self, address: str, origin: str) -> tuple[str, HttpResponse | None]:
        """The page at the end of all redirects."""
        answer: Any = self.client.get(address, follow=True)
        where = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        self.run.pages += 1
        self.run.statuses[answer.status_code] += 1
        if answer.status_code != 200:
            self._note(f"link to {address} from {origin}: {answer.status_code}")
            return where, None
        if not answer.streaming and not answer.content:
            self._note(f"link to {address} from {origin}: nothing")
        return where, answer

    def _press(self, offer: Offer) -> None:
        """Press a button, look at the answer, and take back what it did."""
        path, key = offer.action.partition("?")[0], (offer.action, offer.button)
        if path.startswith(LEFT_OUT) or key in self.tried:
            return
        self.tried.add(key)
        self.run.offers.setdefault(_route(path), offer)
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            self._judge(offer, self._send(offer))
            transaction.set_rollback(True)
        self.client.cookies = cookies
        self.run.acts += 1

    def _send(self, offer: Offer) -> Any:
        for value in offer.body.values():
            if hasattr(value, "seek"):
                value.seek(0)
        return self.client.post(offer.action, offer.body)

    def _judge(self, offer: Offer, answer: Any) -> None:
        self.run.statuses[answer.status_code] += 1
        told = f"“{offer.button}” ({offer.action}) on {offer.page}: {answer.status_code}"
        if answer.status_code in (301, 302, 303):
            after: Any = self.client.get(answer.headers["Location"], follow=True)
            if after.status_code != 200:
                self._note(f"{told}, then {answer.headers['Location']}: {after.status_code}")
            return
        if answer.status_code in (404, 405) or answer.status_code >= 500:
            self._note(told)
            return
        if answer.status_code >= 400:
            if not reason_in(tree_of(answer)):
                self._note(f"{told} without a reason")
            again: Any = self.client.get(offer.action, follow=True)
            if again.status_code != 200 or not (again.streaming or again.content):
                self._note(f"{told}, and read again: {again.status_code}")

    def _note(self, fault: str) -> None:
        self.run.faults[f"{self.person.username}: {fault}"] += 1


def _route(path: str) -> str:
    """The pattern of an address."""
    try:
        return str(resolve(path).route)
    except Resolver404:
        return path


def orders_without_a_way(run: Crawl, people: Iterable[User], *, clicks: int = 2) -> Iterator[str]:
    """Orders whose party finds no act for it within so many clicks from its first page.

    An accepted order waits for its sample, which comes by courier.
    """
    people = list(people)
    for order in Order.objects.exclude(stage__in=[*ENDED, "accepted"]).exclude(turn="nobody").select_related("company"):
        roles = PARTIES[order.turn]
        party = [one for one in people if one.role_codes & set(roles)
                 and (one.company_id in (None, order.company_id))]
        near = [offer for one in party for offer, number in run.reached.get(one.username, {}).items()
                if number <= clicks and _concerns(offer, order)]
        if not near:
            yield f"{order.number} ({order.stage}, {order.turn}'s turn): no act within {clicks} clicks"


def _concerns(offer: Offer, order: Order) -> bool:
    """Whether an act is about the order, one of its reworks, reports, results or its certification."""
    names = [order.number, *map(str, order.reports.values_list("pk", flat=True)),
             *order.reworks.values_list("number", flat=True)]
    listing = getattr(getattr(order, "certification", None), "listing", None)
    names += [listing.listing_number] if listing else []
    return any(name in offer.action for name in names) and not offer.action.endswith("/messages/")


__all__ = ["Crawl", "crawl", "orders_without_a_way"]
