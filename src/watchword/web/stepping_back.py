"""A process that another has taken the place of: it takes nobody new, and lets go of those it has one by one.

Each that goes to another process has its call opened anew there. All of them in one moment would wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterator
from socket import socket
from types import FrameType
from typing import Any

from uvicorn import Server

from watchword.web.listeners import let_go

REPLACED = getattr(signal, "SIGUSR1", None)  # how a process is told; where there is none they are not replaced so
ONE_SECONDS = 0.05  # for each that is connected: 300 calls, of which each has two lines, come anew within some 20 s
LEAST_SECONDS, MOST_SECONDS = 5.0, 20.0  # in the first, who has asked nothing is let go anyway (uvicorn's own limit)
MARGIN = 0.8  # of the time, in which they go; in the rest those who ask seldom do
END_SECONDS = 3.0  # in which listeners go when the whole service ends; uvicorn waits somewhat longer for them
AGAIN_MS, SOON_MS = 25, 500  # after which a listener comes back: where others listen, and where nobody may yet
LOOK_SECONDS = 0.1


class Pace:
    """How soon one after another may be asked to come back elsewhere."""

    def __init__(self) -> None:
        self._next: float | None = None
        self._step = 0.0

    def begin(self, many: int, within: float) -> None:
        """Let so many go within so many seconds, from now on."""
        self._next, self._step = time.monotonic(), within / max(1, many)

    def is_due(self) -> bool:
        """Whether whoever is answered now is to go. Asked in one thread."""
        if self._next is None or time.monotonic() < self._next:
            return False
        self._next += self._step
        return True


PACE = Pace()  # of this process


class Replaceable(Server):
    """uvicorn's server, which ends slowly once it is told that another has taken its place."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_replaced = False
        self._told = 0  # how often it was told to end

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear, beside what uvicorn hears, that it is replaced."""
        with super().capture_signals():
            before = signal.signal(REPLACED, self._replace) if REPLACED else None
            yield
            if REPLACED:
                signal.signal(REPLACED, before)

    def _replace(self, number: int, frame: FrameType | None) -> None:
        self._is_replaced = self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, and at once if it was about to let go slowly."""
        self._told += 1
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Let go of everybody and end."""
        if self._is_replaced:
            await self._step_back(sockets or [])
        let_go(END_SECONDS, SOON_MS)
        await super().shutdown(sockets)

    async def _step_back(self, sockets: list[socket]) -> None:
        for server in self.servers:
            server.close()  # whoever comes now comes to another process
        for place in sockets:
            place.close()
        lines = list(self.server_state.connections)
        lasts = min(max(LEAST_SECONDS, ONE_SECONDS * len(lines)), MOST_SECONDS)
        for line in lines:
            if _is_answered(line):
                line.shutdown()  # once that is over: a stream, mostly
        streams = let_go(lasts * MARGIN, AGAIN_MS)
        PACE.begin(len(lines) - streams, lasts * MARGIN)
        ends = time.monotonic() + lasts
        while self.server_state.connections and time.monotonic() < ends and not self._told:
            await asyncio.sleep(LOOK_SECONDS)


def _is_answered(line: Any) -> bool:
    """Whether somebody is being answered on a connection; most of the time nothing is asked on it."""
    asked = getattr(line, "cycle", None)
    return asked is not None and not asked.response_complete
