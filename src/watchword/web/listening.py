"""Where the processes of a service listen: each at a socket of its own, at one address.

At a socket that processes share, whichever wakes first takes all connections that wait: of a burst, such as all callers
that come back after a restart, one process gets everything, and keeps it. At sockets of their own the system deals
connections out, to those that listen already; so the processes of a service begin to listen together.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import sys
import time
from multiprocessing.synchronize import Semaphore
from typing import Any, TypeVar

DEALT_OUT = sys.platform == "linux"  # elsewhere such sockets exist, but one of them is given all connections
PATIENCE_SECONDS = 10.0  # for a process that is late; the others begin without it

Kind = TypeVar("Kind", bound=socket.socket)
_begun: list[tuple[Semaphore, int]] = []  # how many of this service have begun, and of how many


def listening_place(host: str, port: int, processes: int) -> socket.socket:
    """An address for several processes that are given it, at which nobody listens yet. Raises OSError."""
    if not DEALT_OUT:
        return _bound(socket.socket, host, port)
    place = _bound(OneInEach, host, port)
    place.begun, place.processes = multiprocessing.get_context("spawn").Semaphore(0), processes
    return place


class OneInEach(socket.socket):
    """A socket that is another one, at the same address, in each process that it is given to."""

    begun: Semaphore
    processes: int

    def __reduce__(self) -> tuple[Any, ...]:
        host, port = self.getsockname()[:2]
        return _another, (host, port, self.begun, self.processes)


def _another(host: str, port: int, begun: Semaphore, processes: int) -> socket.socket:
    _begun.append((begun, processes))
    return _bound(OneInEach, host, port)


def _bound(kind: type[Kind], host: str, port: int) -> Kind:
    family, what, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = kind(family, what, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if DEALT_OUT:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind(address)
    except OSError:
        made.close()
        raise
    made.set_inheritable(True)
    return made


async def all_begun() -> None:
    """Wait until the other processes of this service can listen too; not for one that replaces another."""
    until = time.monotonic() + PATIENCE_SECONDS
    for begun, processes in _begun:
        begun.release()
        while begun.get_value() < processes and time.monotonic() < until:
            await asyncio.sleep(0.02)
