"""News for live screens: what changes is told to whoever listens, as server-sent events.

A word that something changed is only a hint: whoever listens then reads the database, and reads it once a second
anyway, for other processes change it too. Nothing can be missed that way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import StreamingHttpResponse

CALLS = "call"
LOOK_SECONDS = 1.0  # how long until the database is read without a hint
SIGN_OF_LIFE = 15  # looks without news until a comment keeps the connection alive


@dataclass(frozen=True, slots=True)
class _Listener:
    loop: asyncio.AbstractEventLoop
    hint: asyncio.Event

    def wake(self) -> None:
        self.loop.call_soon_threadsafe(self.hint.set)


_lock = Lock()
_listeners: dict[tuple[str, str], set[_Listener]] = {}


def tell(topic: str, key: str = "") -> None:
    """Say that something changed; from any thread."""
    with _lock:
        found = [*_listeners.get((topic, key), ()), *(_listeners.get((topic, ""), ()) if key else ())]
    for listener in found:
        try:
            listener.wake()
        except RuntimeError:  # its loop has ended, and it with it
            continue


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news. ``cursor`` is what a listener that comes back has seen up to here."""

    event: str
    cursor: str
    told: Any

    def line(self) -> str:
        """As it goes over the line; text of any kind stays one line of JSON, unless it is HTML already."""
        told = self.told if isinstance(self.told, str) else json.dumps(self.told, separators=(",", ":"))
        lines = "".join(f"data: {part}\n" for part in told.splitlines() or [""])
        return f"event: {self.event}\nid: {self.cursor}\n{lines}\n"


Look = Callable[[str], tuple[list[Item], str, bool]]


def stream(look: Look, cursor: str, topic: str, key: str = "") -> StreamingHttpResponse:
    """An answer that goes on for as long as there may be news.

    ``look`` reads the database: given a cursor it gives the news since, the next cursor, and whether that was all
    there will ever be.
    """
    response = StreamingHttpResponse(_lines(look, cursor, topic, key), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # or a proxy would keep the news until it has a lot of them
    return response


async def _lines(look: Look, cursor: str, topic: str, key: str) -> AsyncIterator[str]:
    listener = _Listener(asyncio.get_running_loop(), asyncio.Event())
    with _lock:
        _listeners.setdefault((topic, key), set()).add(listener)
    quiet = 0
    try:
        yield "retry: 1000\n\n"
        while True:
            listener.hint.clear()
            items, cursor, is_last = await sync_to_async(_looked, thread_sensitive=False)(look, cursor)
            for item in items:
                yield item.line()
            if is_last:
                return
            quiet = 0 if items else quiet + 1
            if quiet == SIGN_OF_LIFE:
                quiet = 0
                yield ": still here\n\n"
            await _wait(listener.hint)
    finally:
        with _lock:
            _listeners.get((topic, key), set()).discard(listener)


def _looked(look: Look, cursor: str) -> tuple[list[Item], str, bool]:
    """Look, in a thread that others use too: no connection is left open in it."""
    try:
        return look(cursor)
    finally:
        connections.close_all()


async def _wait(hint: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(hint.wait(), LOOK_SECONDS)
    except TimeoutError:
        return
