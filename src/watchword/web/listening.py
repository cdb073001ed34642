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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.synchronize import Semaphore
from typing import Any, TypeVar

from watchword.errors import SettingsError

try:
    import resource
except ModuleNotFoundError:  # a system that sets no such limit
    resource = None  # type: ignore[assignment]

DEALT_OUT = sys.platform == "linux"  # elsewhere such sockets exist, but one of them is given all connections
PATIENCE_SECONDS = 10.0  # for a process that is late; the others begin without it

Kind = TypeVar("Kind", bound=socket.socket)
_begun: list[tuple[Semaphore, int]] = []  # how many of this service have begun, and of how many


def let_many_in() -> None:
    """Open as many connections as the system lets this user: by itself often 1,024, past which callers hear nothing."""
    if resource is None:
        return
    with suppress(OSError, ValueError):  # a system that has a lower limit still
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def claimed(host: str, port: int) -> Iterator[None]:
    """Have the address for this service alone. Raises SettingsError when somebody else has it.

    Who listens already is met by trying. Another Watchword that begins just now does not listen yet, and would share
    the address: it is met at a name that Linux keeps for as long as this one lives.
    """
    with ExitStack() as claims:
        try:
            for family, address in _addresses(host, port):
                _bound(socket.socket, family, address).close()
                if DEALT_OUT:
                    claims.enter_context(socket.socket(socket.AF_UNIX)).bind(f"\0watchword {address[0]} {port}")
        except OSError as error:
            raise SettingsError(
                f"The service cannot listen at {host}:{port} ({error.strerror}).",
                do="Stop what listens there, or give another address with --host and --port.",
            ) from error
        yield


def listening_places(host: str, port: int, processes: int) -> list[socket.socket]:
    """The addresses of a host for several processes that are given them; nobody listens there yet. Raises OSError."""
    return [_place(family, address, processes) for family, address in _addresses(host, port)]


def _place(family: int, address: Any, processes: int) -> socket.socket:
    if not DEALT_OUT:
        return _bound(socket.socket, family, address)
    place = _bound(OneInEach, family, address)
    place.begun, place.processes = multiprocessing.get_context("spawn").Semaphore(0), processes
    return place


class OneInEach(socket.socket):
    """A socket that is another one, at the same address, in each process that it is given to."""

    begun: Semaphore
    processes: int

    def __reduce__(self) -> tuple[Any, ...]:
        return _another, (self.family, self.getsockname(), self.begun, self.processes)


def _another(family: int, address: Any, begun: Semaphore, processes: int) -> socket.socket:
    _begun.append((begun, processes))
    return _bound(OneInEach, family, address)


def _addresses(host: str, port: int) -> dict[tuple[int, Any], None]:
    """A name may stand for several: each once, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys((family, address) for family, _, _, _, address in found)


def _bound(kind: type[Kind], family: int, address: Any) -> Kind:
    made = kind(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if kind is OneInEach:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        made.bind(address)
    except OSError:
        made.close()
        raise
    made.set_inheritable(True)
    return made


def replaces_another() -> bool:
    """Whether all processes of this service have begun before this one, which takes the place of one of them."""
    return bool(_begun) and all(begun.get_value() >= processes for begun, processes in _begun)


async def all_begun() -> None:
    """Wait until the other processes of this service can listen too; not for one that replaces another."""
    until = time.monotonic() + PATIENCE_SECONDS
    for begun, processes in _begun:
        begun.release()
        while begun.get_value() < processes and time.monotonic() < until:
            await asyncio.sleep(0.02)
