"""The clock may be killed at any time: what it would have set off is set off by the next one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from celery.beat import PersistentScheduler
from django.conf import settings

from wapicert.celery import app

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def opened(file: Path) -> PersistentScheduler:
    """A clock that keeps its notes in the file."""
    return PersistentScheduler(app=app, schedule_filename=str(file))


def due(clock: PersistentScheduler) -> set[str]:
    return {name for name, entry in clock.schedule.items() if entry.is_due().is_due}


@pytest.fixture
def notes(tmp_path):
    """Notes of a clock that had set everything off at noon and was killed without putting them away in order."""
    with time_machine.travel(NOON, tick=False):
        clock = opened(tmp_path / "beat")
        for name, entry in clock.schedule.items():
            clock.schedule[name] = next(entry)
        clock.sync()
    return tmp_path / "beat"


def test_clock_that_was_away_over_night_sets_off_everything_it_missed(notes):
    with time_machine.travel(NOON + timedelta(days=1, minutes=1), tick=False):
        assert due(opened(notes)) >= set(settings.CELERY_BEAT_SCHEDULE)


def test_clock_started_again_at_once_repeats_nothing(notes):
    with time_machine.travel(NOON + timedelta(seconds=5), tick=False):
        assert due(opened(notes)) & set(settings.CELERY_BEAT_SCHEDULE) == set()


def test_clock_whose_notes_were_spoilt_begins_anew_and_misses_no_sweep(notes):
    for file in notes.parent.glob("beat*"):
        file.write_bytes(b"\0" * 100)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        clock = opened(notes)
        assert set(settings.CELERY_BEAT_SCHEDULE) <= set(clock.schedule)
    with time_machine.travel(NOON + timedelta(days=2, minutes=1), tick=False):
        assert due(clock) >= set(settings.CELERY_BEAT_SCHEDULE)


def test_every_task_of_the_clock_exists_and_a_message_nobody_took_goes_before_the_next():
    app.loader.import_default_modules()
    for name, row in settings.CELERY_BEAT_SCHEDULE.items():
        assert row["task"] in app.tasks, name
        assert row["options"]["expires"] > 0, name
