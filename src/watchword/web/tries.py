"""How often somebody came from one network address lately, counted by all processes of the service together.

Each try is a row of its own. Nobody waits for anybody to be counted, so a whole shift that comes in the same moment
through one address is let in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from watchword.store.models import Remembered

NETWORK = 64  # bits of an IPv6 address: whoever has one of a network has them all


@dataclass(frozen=True, slots=True)
class Limit:
    """So many from one address within so many seconds."""

    what: str
    most: int
    seconds: int = 60

    def count(self, address: str) -> None:
        """One more. What was counted longer ago is let go."""
        now = timezone.now()
        Remembered.objects.filter(until__lte=now).delete()
        key = f"{self._begin(address)}{uuid4().hex}"
        Remembered.objects.create(key=key, value=None, until=now + timedelta(seconds=self.seconds))

    def is_reached(self, address: str) -> bool:
        """Whether there were so many that the next one is not looked at."""
        counted = Remembered.objects.filter(key__startswith=self._begin(address), until__gt=timezone.now())
        return len(counted.values_list("key", flat=True)[: self.most]) == self.most

    def _begin(self, address: str) -> str:
        return f"tries:{self.what}:{network_of(address)}:"


def network_of(address: str) -> str:
    """An address, or of an IPv6 address the network that it is in."""
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return address
    if given.version == 4:
        return str(given)
    return str(ipaddress.IPv6Network((given, NETWORK), strict=False).network_address)
