"""A worker that is killed in the middle of a report: the report is issued once, and soon."""

from __future__ import annotations

import hashlib
import signal

from django.conf import settings

from products.reports.states import WORKING
from tests.journeys.road import Road
from tests.journeys.site import wait_until

# Before a worker has taken the report.
QUIET = ([("none",)], [("queued",)])


def killed_in_the_middle(site, people, nth):
    """A report whose worker was killed while it rendered; None where the worker was quicker."""
    road = Road(people, f"DEMO-KILL-{nth}")
    road.apply()
    road.accept()
    road.verify(road.record())
    road.report_up_to_the_signature()
    path = road.report_path
    road.authorise()
    state = f"SELECT rendering_state FROM products_report WHERE id = '{identity(site, path)}'"
    wait_until(lambda: site.look(state) not in QUIET, seconds=240, pause=0.001, what="the worker renders")
    site.stop("worker", signal.SIGKILL)
    killed = people["lab"].get(path)
    if killed["state"] == "issued":
        site.start("worker")
        return None
    assert (killed["state"], killed["rendering_state"] in WORKING, killed["sha256"]) == ("authorised", True, None)
    return road


def identity(site, path):
    """The key of the report at that address, as its database writes it."""
    key = path.strip("/").rpartition("/")[2]
    return key if site.database else key.replace("-", "")


def test_worker_killed_while_rendering_leaves_a_report_that_is_issued_once(site, people):
    road = next(filter(None, (killed_in_the_middle(site, people, nth) for nth in range(1, 5))))
    lab, path = people["lab"], road.report_path
    site.start("worker")
    report = road.wait_for_issue()
    issued = [entry for entry in lab.get(f"{road.order_path}history/?page_size=100")["results"]
              if entry["act"] == "report.issued"]
    assert len(issued) == 1
    assert issued[0]["after"]["sha256"] == report["sha256"]
    assert hashlib.sha256(lab.send("GET", f"{path}pdf").content).hexdigest() == report["sha256"]


def test_settings_bring_a_lost_report_back_within_a_minute():
    sweep = settings.CELERY_BEAT_SCHEDULE["send lost reports again"]["schedule"]
    assert settings.RENDERING_LEASE_SECONDS + sweep <= 50
