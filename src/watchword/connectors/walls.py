"""The owner's walls: patients' words go to no address that the whole world can reach."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

import httpx

from watchword.errors import SettingsError

LAST_PORT = 65535


def within_walls(written: str) -> None:
    """Refuse the address of an endpoint outside, by all that its name leads to. Raises SettingsError."""
    try:
        url = httpx.URL(written)
        usable = url.scheme in ("http", "https") and url.host and port_of(url) <= LAST_PORT
        found = socket.getaddrinfo(host_of(url), port_of(url), proto=socket.IPPROTO_TCP) if usable else []
    except (httpx.InvalidURL, UnicodeError):
        usable = False
    except OSError:
        return  # not to be reached at all; it is looked up again for each question
    if not usable:
        raise SettingsError(
            "WATCHWORD_OPINION_URL is no web address.", do="Set it to one such as http://127.0.0.1:8000/v1."
        )
    check_within_walls(host_of(url), (str(address[4][0]) for address in found))


def check_within_walls(host: str, addresses: Iterable[str]) -> None:
    """Refuse a name that leads outside with any of its addresses. Raises SettingsError."""
    if any(_is_outside(address) for address in addresses):
        raise SettingsError(
            f"WATCHWORD_OPINION_URL leads outside, to {host}.",
            do="Customers' words stay inside: give an address of your own network.",
        )


def _is_outside(written: str) -> bool:
    address = ipaddress.ip_address(written.split("%")[0])
    return (getattr(address, "ipv4_mapped", None) or address).is_global


def host_of(url: httpx.URL) -> str:
    """Its host as it is looked up."""
    return url.raw_host.decode("ascii")


def port_of(url: httpx.URL) -> int:
    """Its port, said or not."""
    return url.port or (443 if url.scheme == "https" else 80)
