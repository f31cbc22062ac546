"""The entry for web servers (gunicorn wapicert.wsgi)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wapicert.settings")
application = get_wsgi_application()

# What was loaded at the start never dies. Left among the living it is walked by every full collection, which held up
# a large page for a quarter of a second.
gc.collect()
gc.freeze()
