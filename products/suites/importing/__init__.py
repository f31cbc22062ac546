"""Brings the suite in line with data: checks all of it, then writes all or nothing."""

from products.suites.importing.loading import import_suite

__all__ = ["import_suite"]
