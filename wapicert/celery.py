"""The task queue: Redis in production, an embedded queue on one SQLite file otherwise."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wapicert.settings")
TRANSPORT_ALIASES["sqlitequeue"] = "wapicert.broker:Transport"

app = Celery("wapicert")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
