"""Checks that no test can miss, each with its reason."""

EXCUSED: dict[str, str] = {}
