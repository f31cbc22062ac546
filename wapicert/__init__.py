"""Wiring of the wapicert site: settings, addresses, broker, middleware. No rule of the field lives here."""

from wapicert.celery import app as celery_app

__version__ = "0.1.0"
__all__ = ["__version__", "celery_app"]
