"""The task queue: Redis in production, an embedded queue on one SQLite file otherwise."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init
from django.db import close_old_connections
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wapicert.settings")
TRANSPORT_ALIASES["sqlitequeue"] = "wapicert.broker:Transport"

app = Celery("wapicert")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
@task_postrun.connect
def give_back_connections(**_options: Any) -> None:
    """Around each task, as around a request: the connection goes back to the pool, a broken one is dropped."""
    close_old_connections()


@worker_init.connect
def load_fonts(**_options: Any) -> None:
    """Before a worker forks: its children share the memory of the reports' fonts and need not read them again."""
    from products.reports import rendering  # noqa: PLC0415 - needs Django's registry, which is not ready at import

    rendering.warm_up()
    gc.collect()
    # What was read until here stays for ever: the collector need not walk it again for every few documents.
    gc.freeze()


@worker_process_init.connect
def typeset_once(**_options: Any) -> None:
    """In each child, as a process that has typeset must not fork: its first report then waits for nothing."""
    from products.reports import rendering  # noqa: PLC0415 - needs Django's registry, which is not ready at import

    rendering.typeset_nothing()
