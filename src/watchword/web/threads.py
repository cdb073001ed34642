"""The threads in which requests are answered and news are looked for: few, kept, each with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from django.db import close_old_connections

AT_ONCE = 8  # more would only wait for one another: Python runs one at a time, and SQLite lets one write
Found = TypeVar("Found")

_lock = Lock()
_kept: list[ThreadPoolExecutor] = []


async def in_thread(act: Callable[..., Found], *given: object) -> Found:
    """Do something that waits for the database, without holding up everybody else."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _with_connection, act, *given)


def _threads() -> ThreadPoolExecutor:
    with _lock:
        if not _kept:
            _kept.append(ThreadPoolExecutor(AT_ONCE, "answering"))
        return _kept[0]


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
        ended, _kept[:] = list(_kept), []
    for threads in ended:
        threads.shutdown()
