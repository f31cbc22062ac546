"""Which request is being answered: its id, the caller's address and program, for the history and the log."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Request:
    """Where an act came from; set by the middleware, empty for commands and workers."""

    request_id: str = ""
    address: str = ""
    program: str = ""


current_request: ContextVar[Request] = ContextVar("current_request", default=Request())  # noqa: B039 - a frozen dataclass


def client_address(request: HttpRequest) -> str:
    """The address of who asks: what the outermost of our own proxies saw, never what the client says of itself."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if count and len(hops) >= count and (named := hops[-count].strip()):
        return named
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """The address shortened to its network: enough to recognise a place, not to name a machine; "" for none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))
