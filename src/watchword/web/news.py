"""News for live screens: what changes is told to whoever listens, as server-sent events.

A word that something changed is only a hint: whoever listens then reads the database. A hint may bring the news along;
it is used only by a listener that has seen everything up to there. The other processes of the service on this machine
are given the same hint. Others change the database too, and so it is looked at once a second: in one look for all
listeners of a kind, each of which then reads only if it has not seen the newest. Nothing can be missed that way.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from django.http import StreamingHttpResponse

from watchword.web.neighbours import LONGEST_LINE, Neighbours
from watchword.web.threads import in_thread

CALLS = "call"
LOOK_SECONDS = 1.0  # how long until the database is looked at without a hint
ALIVE_SECONDS = 15.0  # without news until a comment keeps the connection alive
CHECK_SECONDS = 5.0  # how long news go out before it is asked again whether the listener may still hear them
LONGEST_SECONDS = 15 * 60.0  # a listener then comes back by itself, and shows anew who it is
COMES_BACK = "retry: {ms}\n\n"  # after how many milliseconds a listener does
ALIVE = ": still here\n\n"
LATER = COMES_BACK.format(ms=1000)

log = logging.getLogger(__name__)


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
Follow = Callable[[str, Any], tuple[list[Item], str] | None]
Newest = Callable[[list[str]], dict[str, str]]
MayHear = Callable[[], bool]


@dataclass(eq=False, slots=True)
class _Listener:
    loop: asyncio.AbstractEventLoop
    key: str
    newest: Newest | None
    cursor: str
    must_look: bool = True
    must_go: int = 0  # and come back after so many milliseconds
    brought: list[Any] = field(default_factory=list)
    hint: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, brought: Any = None) -> None:
        if brought is None:
            self.must_look = True
        else:
            self.brought.append(brought)
        self.hint.set()

    def go(self, again_ms: int) -> None:
        self.must_go = again_ms
        self.hint.set()


_lock = Lock()
_listeners: dict[tuple[str, str], set[_Listener]] = {}
_watches: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}
_held: dict[MayHear | None, float] = {}  # when one was last asked: streams with equal ones ask once for all
_neighbours: list[Neighbours] = []


def tell(topic: str, key: str = "", brought: Any = None) -> None:
    """Say that something changed, from any thread; with all of it, as JSON has it, where that is little."""
    _tell_here(topic, key, brought)
    for neighbours in _neighbours:
        hint = json.dumps([topic, key, brought]).encode("ascii")
        neighbours.say(hint if len(hint) < LONGEST_LINE else json.dumps([topic, key, None]).encode("ascii"))


async def meet_neighbours(folder: Path) -> Neighbours:
    """Share hints with the processes that meet in this folder, until ``part``."""
    found = Neighbours(folder, lambda hint: _tell_here(*json.loads(hint)))
    await found.open()
    _neighbours.append(found)
    return found


async def part(neighbours: Neighbours) -> None:
    """Share no more."""
    _neighbours.remove(neighbours)
    await neighbours.close()


def let_go(within: float, again_ms: int) -> int:
    """End the streams of this process one after another within so many seconds; how many there are.

    For a process that is told to end: their listeners come back, each after so many milliseconds, to another process if
    there is one, and not all in the moment of its end.
    """
    with _lock:
        found = [one for each in _listeners.values() for one in each]
    for at, listener in enumerate(found):
        listener.loop.call_soon_threadsafe(listener.loop.call_later, within * at / len(found), listener.go, again_ms)
    return len(found)


def _tell_here(topic: str, key: str, brought: Any) -> None:
    with _lock:
        found = [(one, brought) for one in _listeners.get((topic, key), ())]
        found += [(one, None) for one in _listeners.get((topic, ""), ()) if key]
    for listener, news in found:
        try:
            listener.loop.call_soon_threadsafe(listener.wake, news)
        except RuntimeError:  # its loop has ended, and it with it
            continue


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
    there will ever be. ``follow`` makes news of what a hint brought, without reading: given a cursor it gives the news
    and the next cursor, or None when something in between is missing. ``newest`` reads which cursor each of many keys
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
    listener = _Listener(asyncio.get_running_loop(), key, newest, cursor)
    _listen(topic, key, listener)
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
        with _lock:
            _held.pop(may_hear, None)
            _listeners[topic, key].discard(listener)
            if not _listeners[topic, key]:
                del _listeners[topic, key]


def _listen(topic: str, key: str, listener: _Listener) -> None:
    with _lock:
        _listeners.setdefault((topic, key), set()).add(listener)
    if listener.loop not in _watches:
        _watches[listener.loop] = listener.loop.create_task(_watch(listener.loop))


async def _news(listener: _Listener, look: Look, follow: Follow | None) -> tuple[list[Item], bool]:
    """What is new, from what hints brought if that is all; else from the database."""
    items: list[Item] = []
    brought, listener.brought = listener.brought, []
    for one in brought:
        followed = follow(listener.cursor, one) if follow is not None and not listener.must_look else None
        if followed is None:
            listener.must_look = True
            break
        items += followed[0]
        listener.cursor = followed[1]
    if not listener.must_look:
        return items, False
    listener.must_look = False
    found, listener.cursor, is_last = await in_thread(look, listener.cursor)
    return [*items, *found], is_last


async def _hint(hint: asyncio.Event, seconds: float) -> None:
    """Wait for a hint, but no longer than so."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(hint.wait(), seconds)


async def _watch(loop: asyncio.AbstractEventLoop) -> None:
    """Once a second, wake every listener that has not seen the newest, or that cannot be told what it is."""
    try:
        while mine := [one for each in list(_listeners.values()) for one in list(each) if one.loop is loop]:
            try:
                await _look_for(mine)
            except Exception as error:  # the database may be back in a second, and nobody be left without news
                log.error("looking for news failed: %s", type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        del _watches[loop]


async def _look_for(listeners: Iterable[_Listener]) -> None:
    kinds: dict[Newest | None, list[_Listener]] = {}
    for one in listeners:
        kinds.setdefault(one.newest, []).append(one)
    for newest, kind in kinds.items():
        seen = [one.cursor for one in kind]
        found = await in_thread(newest, sorted({one.key for one in kind})) if newest is not None else {}
        for one, before in zip(kind, seen, strict=True):
            goes_on = one.cursor != before or one.hint.is_set()  # what was found is old news to it: the next look tells
            if found.get(one.key) != one.cursor and not goes_on:
                one.wake()
