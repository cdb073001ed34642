"""The answer to whoever listens for news: server-sent events, for as long as there may be some."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from django.http import StreamingHttpResponse

from watchword.web.listeners import Listener, Newest, leave, listen
from watchword.web.threads import in_thread

ALIVE_SECONDS = 15.0  # without news until a comment keeps the connection alive
CHECK_SECONDS = 5.0  # how long news go out before it is asked again whether the listener may still hear them
LONGEST_SECONDS = 15 * 60.0  # a listener then comes back by itself, and shows anew who it is
COMES_BACK = "retry: {ms}\n\n"  # after how many milliseconds a listener does
ALIVE = ": still here\n\n"
LATER = COMES_BACK.format(ms=1000)


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


@dataclass(frozen=True, slots=True)
class Followed:
    """What a hint brought: the news, the next cursor, and whether that is all or the rest must be read."""

    items: list[Item]
    cursor: str
    is_all: bool = True


Look = Callable[[str], tuple[list[Item], str, bool]]
Follow = Callable[[str, Any], Followed | None]
MayHear = Callable[[], bool]

_held: dict[MayHear | None, float] = {}  # when one was last asked: streams with equal ones ask once for all


def stream(
    look: Look,
    cursor: str,
    topic: str,
    key: str = "",
    *,
    follow: Follow | None = None,
    newest: Newest | None = None,
    may_hear: MayHear | None = None,
    over: str = "",
) -> StreamingHttpResponse:
    """An answer that goes on for as long as there may be news, or for a quarter of an hour.

    ``look`` reads the database: given a cursor it gives the news since, the next cursor, and whether that was all
    there will ever be. ``follow`` makes news of what a hint brought, without reading, given a cursor; or None
    when something in between is missing. ``newest`` reads which cursor each of many keys
    has come to, so that listeners that have seen it need not look; a key that is left out is looked at.
    ``may_hear`` is asked every few seconds before news go out; once it says no, the stream ends. Of equal ones only
    one is asked. ``over`` is the event that tells of such an end: it is then asked while there are no news, too.
    """
    lines = _lines(look, cursor, topic, key, follow, newest, may_hear, over)
    response = StreamingHttpResponse(lines, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # or a proxy would keep the news until it has a lot of them
    return response


async def _lines(
    look: Look,
    cursor: str,
    topic: str,
    key: str,
    follow: Follow | None,
    newest: Newest | None,
    may_hear: MayHear | None,
    over: str,
) -> AsyncIterator[str]:
    began = checked = told = time.monotonic()
    listener = Listener(asyncio.get_running_loop(), key, newest, cursor)
    listen(topic, listener)
    try:
        yield LATER
        while (now := time.monotonic()) - began < LONGEST_SECONDS:
            if listener.must_go:
                yield COMES_BACK.format(ms=listener.must_go)
                return
            listener.hint.clear()
            asked = max(checked, _held.get(may_hear, checked))
            if may_hear is not None and now - asked >= CHECK_SECONDS:
                checked = _held[may_hear] = now  # before it is asked, so that the others do not ask as well
                if not await in_thread(may_hear):
                    if over:
                        yield Item(over, listener.cursor, {}).line()
                    return
            items, is_last = await _news(listener, look, follow)
            is_quiet = not items and time.monotonic() - told >= ALIVE_SECONDS
            if items or is_quiet:
                yield "".join(item.line() for item in items) or ALIVE
                told = time.monotonic()
            if is_last:
                return
            until_due = told + ALIVE_SECONDS - time.monotonic()
            await _hint(listener.hint, min(until_due, CHECK_SECONDS) if over else until_due)
    finally:
        _held.pop(may_hear, None)
        leave(topic, listener)


async def _news(listener: Listener, look: Look, follow: Follow | None) -> tuple[list[Item], bool]:
    """What is new, from what hints brought if that is all; else from the database."""
    items: list[Item] = []
    brought, listener.brought = listener.brought, []
    for one in brought:
        followed = follow(listener.cursor, one) if follow is not None and not listener.must_look else None
        if followed is None:
            listener.must_look = True
            break
        items += followed.items
        listener.cursor = followed.cursor
        if not followed.is_all:
            listener.wake()  # to read the rest when this is told
            return items, False
    if not listener.must_look:
        return items, False
    listener.must_look = False
    found, listener.cursor, is_last = await in_thread(look, listener.cursor)
    return [*items, *found], is_last


async def _hint(hint: asyncio.Event, seconds: float) -> None:
    """Wait for a hint, but no longer than so."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(hint.wait(), seconds)
