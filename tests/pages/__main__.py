"""`python -m tests.pages crawl|fuzz`: every page as everybody, over the demonstration or over orders in every state.

crawl: follows what is offered and presses it. fuzz: sends to every form what no form would. Prints a JSON line per
fault and one with the figures; ends with 1 when there is a fault. DATABASE_URL may name a PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.test.utils import override_settings, setup_databases, setup_test_environment, teardown_databases

from tests.legs import ROOT

INSIDE = "--inside"


def main(words: list[str]) -> int:
    """In a process whose data folder goes away."""
    if INSIDE in words:
        return run([word for word in words if word != INSIDE])
    with tempfile.TemporaryDirectory(prefix="wapicert-pages-") as folder:
        return subprocess.run([sys.executable, "-m", "tests.pages", INSIDE, *words], cwd=ROOT, check=False,
                              env={**os.environ, "DATA_DIR": folder}).returncode


def run(words: list[str]) -> int:
    """Build what there is to see, look at it, and say what was found."""
    options = argparse.ArgumentParser(prog="python -m tests.pages")
    options.add_argument("what", choices=["crawl", "fuzz"])
    options.add_argument("--world", choices=["demonstration", "states"], default="demonstration")
    options.add_argument("--pages", type=int, default=600, help="pages for each person")
    options.add_argument("--examples", type=int, default=6, help="hostile bodies for each form, each as everybody")
    options.add_argument("--seed", type=int, default=2026)
    given = options.parse_args(words)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wapicert.settings"
    django.setup()
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    started = time.monotonic()
    try:
        private = import_module("tests.stage").private
        with override_settings(**private(Path(os.environ["DATA_DIR"]))):
            faults, figures = _look(given)
    finally:
        teardown_databases(databases, verbosity=0)
    for fault in faults:
        print(json.dumps({"fault": fault}, ensure_ascii=False))
    print(json.dumps({given.what: {"faults": len(faults), "seconds": round(time.monotonic() - started), **figures}},
                     ensure_ascii=False))
    return 1 if faults else 0


def _look(given: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    """What needs models is imported once Django is ready."""
    crawling, people_model = import_module("tests.pages.crawl"), import_module("members.people.models")
    if given.world == "demonstration":
        management = import_module("django.core.management")
        for command in ("load_catalogue", "load_published_products", "load_demonstration"):
            management.call_command(command, verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115 - ends with it
    else:
        import_module("tests.pages.world").build()
    people = list(people_model.User.objects.filter(is_active=True).order_by("username"))
    found = crawling.crawl(people, most_pages=given.pages)
    figures = {"people": len(people), "pages": found.pages, "acts": found.acts,
               "statuses": dict(sorted(found.statuses.items()))}
    if given.what == "crawl":
        return [*found.faults, *crawling.orders_without_a_way(found, people)], figures
    fuzzing = import_module("tests.pages.fuzz").fuzz(found, people, per_form=given.examples, seed=given.seed)
    faults = [f"{fault} {fuzzing.examples.get(fault, '')}" for fault in fuzzing.faults]
    return faults, {"forms": len(found.offers), "requests": fuzzing.requests,
                    "statuses": dict(sorted(fuzzing.statuses.items()))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
