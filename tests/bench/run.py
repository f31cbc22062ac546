"""Measures on the database of this process's environment, in a database that is made for it and dropped afterwards."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

REQUIRED = ("name", "value", "unit", "samples")


@contextmanager
def scratch_database() -> Iterator[None]:
    """An empty database with every table; SQLite's is a file, as it is in use."""
    connection.settings_dict["TEST"]["NAME"] = (
        str(settings.DATA_DIR / "bench.sqlite3") if connection.vendor == "sqlite" else None
    )
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def main(chosen: list[str]) -> None:
    """Run the modules whose names contain one of the words given, or all."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if chosen and not any(word in path.stem for word in chosen):
            continue
        for figure in importlib.import_module(f"tests.bench.{path.stem}").figures():
            missing = [key for key in REQUIRED if key not in figure]
            assert not missing, f"{path.stem}: a figure without {', '.join(missing)}"
            print(json.dumps(figure | {"database": connection.vendor}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    assert "DATA_DIR" in os.environ, "run python -m tests.bench, which keeps the demonstration's data out of this"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wapicert.settings")
    settings.ROOT_URLCONF = "tests.bench.addresses"
    django.setup()
    with scratch_database():
        main(sys.argv[1:])
