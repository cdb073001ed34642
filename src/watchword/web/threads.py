"""The threads in which requests are answered and news are looked for: few, kept, each with a connection of its own.

What asks the identity provider has some for itself: while it does not answer, nobody else waits for it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from django.db import close_old_connections

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# More would only wait for one another: Python runs one at a time, the encoder holds a core, and SQLite lets one write.
AT_ONCE = min(CORES + 2, 8)
AT_THE_PROVIDER = 4
ANSWERING, ASKING = "answering", "asking the provider"
MOST = {ANSWERING: AT_ONCE, ASKING: AT_THE_PROVIDER}
Found = TypeVar("Found")

_lock = Lock()
_kept: dict[str, ThreadPoolExecutor] = {}  # by what they do


async def in_thread(act: Callable[..., Found], *given: object) -> Found:
    """Do something that waits for the database, without holding up everybody else."""
    return await _in_one_of(ANSWERING, act, *given)


async def beside_the_others(act: Callable[..., Found], *given: object) -> Found:
    """The same for what waits for the identity provider."""
    return await _in_one_of(ASKING, act, *given)


async def _in_one_of(threads: str, act: Callable[..., Found], *given: object) -> Found:
    return await asyncio.get_running_loop().run_in_executor(_threads(threads), _with_connection, act, *given)


def _threads(name: str) -> ThreadPoolExecutor:
    with _lock:
        if name not in _kept:
            _kept[name] = ThreadPoolExecutor(MOST[name], name)
        return _kept[name]


def _with_connection(act: Callable[..., Found], *given: object) -> Found:
    """A connection that broke, or is too old, is let go: before, for it may have happened since; and after."""
    close_old_connections()
    try:
        return act(*given)
    finally:
        close_old_connections()


def let_go() -> None:
    """End the threads, and with them their connections; the next request makes new ones."""
    with _lock:
        ended = list(_kept.values())
        _kept.clear()
    for threads in ended:
        threads.shutdown()
