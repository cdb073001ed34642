"""Who listens for news: what changes is told to them, here and in the service's other processes on this machine.

A word that something changed is only a hint: whoever listens then reads the database. A hint may bring the news along;
it is used only by a listener that has seen everything up to there. The other processes are given the same hint. Others
change the database too, and so it is looked at once a second: in one look for all listeners of a kind, each of which
then reads only if it has not seen the newest. Nothing can be missed that way.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from watchword.web.neighbours import LONGEST_LINE, Neighbours
from watchword.web.threads import in_thread

CALLS = "call"
LOOK_SECONDS = 1.0  # how long until the database is looked at without a hint

log = logging.getLogger(__name__)

Newest = Callable[[list[str]], dict[str, str]]


@dataclass(eq=False, slots=True)
class Listener:
    """Somebody who listens to what is told of a topic, and how far they have come."""

    loop: asyncio.AbstractEventLoop
    key: str
    newest: Newest | None
    cursor: str
    must_look: bool = True
    must_go: int = 0  # and come back after so many milliseconds
    brought: list[Any] = field(default_factory=list)
    hint: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, brought: Any = None) -> None:
        """There is something new, brought along if that is all of it; else it has to look."""
        if brought is None:
            self.must_look = True
        else:
            self.brought.append(brought)
        self.hint.set()

    def go(self, again_ms: int) -> None:
        """It is to end, and come back after so many milliseconds."""
        self.must_go = again_ms
        self.hint.set()


_lock = Lock()
_listeners: dict[tuple[str, str], set[Listener]] = {}
_watches: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}
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


def listen(topic: str, listener: Listener) -> None:
    """From now on it is told what changes, in its loop, until ``leave``."""
    with _lock:
        _listeners.setdefault((topic, listener.key), set()).add(listener)
    if listener.loop not in _watches:
        _watches[listener.loop] = listener.loop.create_task(_watch(listener.loop))


def leave(topic: str, listener: Listener) -> None:
    """It is told no more."""
    with _lock:
        _listeners[topic, listener.key].discard(listener)
        if not _listeners[topic, listener.key]:
            del _listeners[topic, listener.key]


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


async def _look_for(listeners: Iterable[Listener]) -> None:
    kinds: dict[Newest | None, list[Listener]] = {}
    for one in listeners:
        kinds.setdefault(one.newest, []).append(one)
    for newest, kind in kinds.items():
        seen = [one.cursor for one in kind]
        found = await in_thread(newest, sorted({one.key for one in kind})) if newest is not None else {}
        for one, before in zip(kind, seen, strict=True):
            goes_on = one.cursor != before or one.hint.is_set()  # what was found is old news to it: the next look tells
            if found.get(one.key) != one.cursor and not goes_on:
                one.wake()
