"""The other processes of this service on this machine, told at once what this one wrote.

Each listens on a socket of its own in a folder that only the service's user may enter, and keeps a line to every other.
What is told is a hint: one that is lost, for a line broke or somebody was slow, costs a second, no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable
from pathlib import Path

YOUNG_SECONDS = 3.0  # a socket of this age may not be listened at yet, and its process is not dead
MEET_SECONDS = 1.0  # how often the folder is looked at for new neighbours
LONGEST_LINE = 64 * 1024  # bytes of one hint
MOST_WAITING = 1024 * 1024  # bytes that may wait for a neighbour who does not read; what comes on top is not told
ENDING = ".sock"

log = logging.getLogger(__name__)


class Neighbours:
    """This process's place among them. It lives in one event loop, from ``open`` to ``close``."""

    def __init__(self, folder: Path, heard: Callable[[bytes], None]) -> None:
        self._folder = folder
        self._heard = heard
        self._mine = f"{secrets.token_hex(6)}{ENDING}"
        self._lines: dict[str, asyncio.StreamWriter] = {}
        self._door: asyncio.Server | None = None
        self._hearing: set[asyncio.Task[None]] = set()
        self._meeting: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Begin to listen and to look for others. Without a place for sockets it stays alone, and the log says so."""
        self._loop = asyncio.get_running_loop()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._door = await asyncio.start_unix_server(
                self._answer, self._folder / self._mine, limit=2 * LONGEST_LINE
            )
        except OSError as error:  # a path too long for a socket, a file system that has none
            log.warning("no socket for the other processes' news (%s): they come a second late", type(error).__name__)
            return
        self._meeting = self._loop.create_task(self._meet())

    def say(self, hint: bytes) -> None:
        """Tell all neighbours, from any thread. A hint is one line."""
        if self._loop is not None and self._lines:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._say, hint)

    def _say(self, hint: bytes) -> None:
        for name, line in list(self._lines.items()):
            if line.is_closing():
                del self._lines[name]
            elif line.transport.get_write_buffer_size() < MOST_WAITING:
                line.write(hint + b"\n")

    async def _meet(self) -> None:
        while True:
            names = {file.name for file in self._folder.glob(f"*{ENDING}")} - {self._mine}
            for name in names - self._lines.keys():
                await self._reach(name)
            for name in self._lines.keys() - names:
                self._lines.pop(name).close()
            await asyncio.sleep(MEET_SECONDS)

    async def _reach(self, name: str) -> None:
        """Open a line to a neighbour; the socket of one that was killed is cleared away."""
        try:
            _, self._lines[name] = await asyncio.open_unix_connection(self._folder / name)
        except ConnectionRefusedError:
            with contextlib.suppress(FileNotFoundError):
                if time.time() - (self._folder / name).stat().st_mtime > YOUNG_SECONDS:
                    (self._folder / name).unlink()
        except OSError:
            return  # it went just now, or has no room: the next look tells

    def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._hear(reader, writer))
        self._hearing.add(task)
        task.add_done_callback(self._hearing.discard)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while hint := await reader.readline():
                self._heard(hint)
        except (ValueError, OSError) as error:  # a line without an end, or a neighbour that broke off
            log.warning("a neighbour was not understood: %s", type(error).__name__)
        finally:
            writer.close()

    async def close(self) -> None:
        """Leave, and take the socket along."""
        self._loop = None
        if self._door is None:
            return
        self._door.close()
        tasks = {*self._hearing, *([self._meeting] if self._meeting else ())}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in self._lines.values():
            line.transport.abort()  # what a neighbour did not read is not waited for
        self._lines.clear()
        await asyncio.sleep(0)  # in which the lines are let go
        with contextlib.suppress(OSError):  # a disk that may only be read keeps it; nobody answers at it
            (self._folder / self._mine).unlink(missing_ok=True)
