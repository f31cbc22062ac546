"""Typed readers of environment variables that fail loudly, naming the variable and the remedy."""

import os

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str) -> str:
    """The variable's value; `NAME_FILE` may name a file that holds it (for secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            with open(path, encoding="utf-8") as handle:
                return handle.read().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path!r} cannot be read: {error}") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """A yes or no; anything else is refused."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.strip().lower() in TRUE:
        return True
    if raw.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no; use 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below `least`."""
    raw = os.environ.get(name, str(default))
    try:
        value = int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from error
    if value < least:
        raise ImproperlyConfigured(f"{name}={value} is below {least}.")
    return value


def words(name: str, default: str) -> list[str]:
    """A comma-separated list without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: list[str]) -> str:
    """One of the words allowed."""
    raw = text(name, default)
    if raw not in allowed:
        raise ImproperlyConfigured(f"{name}={raw!r} is none of {', '.join(allowed)}.")
    return raw
