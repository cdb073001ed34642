"""Sending a delivery to another system's address, signed as Standard Webhooks says.

What is signed is the id, the moment of sending and the body, by HMAC-SHA-256. The address is looked up once for each
try, and the connection goes to the very addresses that were looked at, to one after the other until one can be reached:
a name that leads elsewhere a moment later changes nothing. Redirects are never followed, and of an answer only its
status is read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from watchword.errors import PermanentFailure, TransientFailure
from watchword.escalation.telling import Outgoing

LONGEST_SECONDS = 10.0  # for the whole exchange
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout)  # nothing was sent
SECRET_BEGINNING = "whsec_"  # noqa: S105  # as Standard Webhooks writes secrets


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Where webhooks may lead: "inside" the own network, "outside", or "anywhere"."""

    places: str = "inside"
    seconds: float = LONGEST_SECONDS

    def send(self, one: Outgoing) -> None:
        """Send it once. Raises TransientFailure when it did not arrive, PermanentFailure when it never will."""
        try:
            status = asyncio.run(asyncio.wait_for(self._status(one), self.seconds))
        except TimeoutError:
            raise TransientFailure(f"There was no answer within {self.seconds:g} s.") from None
        except UNREACHED:
            raise TransientFailure("The address could not be reached.", may_have_arrived=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise TransientFailure(f"The exchange broke off ({type(error).__name__}).") from None
        if status == HTTPStatus.GONE:
            raise PermanentFailure(
                "The other side says that this address is no more (410).",
                do="Remove the webhook; or mend the other side, and have it tried again.",
            )
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise TransientFailure(f"The answer was status {status}.")

    async def _status(self, one: Outgoing) -> int:
        addresses = await self._addresses(one.url)
        timeout = httpx.Timeout(self.seconds, connect=self.seconds / len(addresses))
        async with httpx.AsyncClient(
            timeout=timeout, trust_env=False, verify=_trusted(), follow_redirects=False
        ) as client:
            for address in addresses[:-1]:
                with suppress(*UNREACHED):
                    return await _answer(client, one, address)
            return await _answer(client, one, addresses[-1])

    async def _addresses(self, url: str) -> list[str]:
        """The addresses of that name, once webhooks may lead to every one of them."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(parts.hostname, port, proto=socket.IPPROTO_TCP)
        except OSError:
            raise TransientFailure("The address's name is not known.", may_have_arrived=False) from None
        addresses = list(dict.fromkeys(str(one[4][0]).split("%")[0] for one in found))
        if not all(may_lead_to(address, self.places) for address in addresses):
            raise PermanentFailure(
                f"The address leads where webhooks may not: WATCHWORD_WEBHOOKS_TO is {self.places}.",
                do="Give another address; or have the operator allow it, and have it tried again.",
            )
        return addresses


async def _answer(client: httpx.AsyncClient, one: Outgoing, address: str) -> int:
    """The status that comes back from this address."""
    parts = httpx.URL(one.url)
    headers = {"Host": parts.netloc.decode("ascii"), "Content-Type": "application/json", "User-Agent": "Watchword"}
    headers |= signed_headers(one.id, int(time.time()), one.body.encode("utf-8"), one.secret)
    url, more = parts.copy_with(host=address), {"sni_hostname": parts.host}
    sent = client.stream("POST", url, content=one.body.encode("utf-8"), headers=headers, extensions=more)
    async with sent as response:
        return response.status_code


def signed_headers(id: str, moment: int, body: bytes, secret: str) -> dict[str, str]:
    """The three headers of Standard Webhooks; ``moment`` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_BEGINNING))
    made = hmac.new(key, f"{id}.{moment}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(made).decode('ascii')}"
    return {"webhook-id": id, "webhook-timestamp": str(moment), "webhook-signature": signature}


def may_lead_to(address: str, places: str) -> bool:
    """Whether a webhook may lead to this address; to one that is no single machine's, never.

    Nor to a link-local one: clouds give their machines' credentials away there.
    """
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    match places:
        case "inside":
            return not found.is_global
        case "outside":
            return found.is_global
        case _:
            return True


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates to trust, read once: it takes longer than the sending."""
    return ssl.create_default_context()
