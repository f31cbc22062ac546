"""A worker that is killed in the middle of a report: the report is issued once, and soon."""

from __future__ import annotations

import hashlib
import signal

from django.conf import settings

from tests.journeys.road import Road
from tests.journeys.site import wait_until


def test_worker_killed_while_rendering_leaves_a_report_that_is_issued_once(site, people):
    road = Road(people, "DEMO-KILL-1")
    road.apply()
    road.accept()
    road.verify(road.record())
    road.report_up_to_the_signature()
    lab, path = people["lab"], road.report_path
    road.authorise()
    wait_until(lambda: lab.get(path)["rendering_state"] == "rendering", seconds=30, pause=0.002,
               what="the worker renders")
    site.stop("worker", signal.SIGKILL)
    killed = lab.get(path)
    assert (killed["state"], killed["rendering_state"], killed["sha256"]) == ("authorised", "rendering", None)

    site.start("worker")
    report = road.wait_for_issue(seconds=60)
    issued = [entry for entry in lab.get(f"{road.order_path}history/?page_size=100")["results"]
              if entry["act"] == "report.issued"]
    assert len(issued) == 1
    assert issued[0]["after"]["sha256"] == report["sha256"]
    assert hashlib.sha256(lab.send("GET", f"{path}pdf").content).hexdigest() == report["sha256"]


def test_settings_bring_a_lost_report_back_within_a_minute():
    sweep = settings.CELERY_BEAT_SCHEDULE["send lost reports again"]["schedule"]
    assert settings.RENDERING_LEASE_SECONDS + sweep <= 50
