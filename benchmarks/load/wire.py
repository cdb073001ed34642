"""HTTP as thin as it can be, so that the load takes little of the machine that it shares with the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the server is, and the key that opens it."""

    host: str
    port: int
    key: str

    def head(self, method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
        """A request with its body."""
        told = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
        start = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        return f"{start}Authorization: Bearer {self.key}\r\n{told}{more}\r\n".encode() + body


class Line:
    """One connection that is kept, made anew when it broke."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, told: Any = None) -> tuple[int, Any]:
        """Ask once. Raises OSError, EOFError when there is no answer."""
        body = b"" if told is None else json.dumps(told).encode()
        if self._open is not None and self._open[0].at_eof():
            self.close()  # the server has let go of it in the meantime
        try:
            if self._open is None:
                self._open = await asyncio.open_connection(self._door.host, self._door.port)
            reader, writer = self._open
            writer.write(self._door.head(method, path, body))
            await writer.drain()
            status, headers = await _answer(reader)
            return status, json.loads(await reader.readexactly(int(headers["content-length"])))
        except (OSError, EOFError):
            self.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        if self._open is not None:
            self._open[1].close()
        self._open = None


async def events(door: Door, path: str, since: str) -> AsyncIterator[tuple[str, str, Any]]:
    """Server-sent events (name, id, what is told) until the server ends them. Raises OSError, EOFError.

    RETRY is an event here: after how many milliseconds the service asks its listeners to come back.
    """
    reader, writer = await asyncio.open_connection(door.host, door.port)
    try:
        writer.write(door.head("GET", path, more=f"Last-Event-ID: {since}\r\n" if since else ""))
        status, _ = await _answer(reader)
        if status != 200:
            raise ConnectionError(f"answered {status}")
        held = b""
        while size := int(await reader.readline(), 16):
            held += (await reader.readexactly(size + 2))[:-2]
            *whole, held = held.split(b"\n\n")
            for event in map(_event, whole):
                if event is not None:
                    yield event
    except ValueError as error:  # the end of a connection reads as no number
        raise EOFError from error
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    start = await reader.readline()
    if not start:
        raise EOFError
    headers: dict[str, str] = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return int(start.split()[1]), headers


def _event(block: bytes) -> tuple[str, str, Any] | None:
    parts = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line and line[0] != ":")
    if RETRY in parts:
        return RETRY, "", int(parts[RETRY])
    return (parts["event"], parts["id"], json.loads(parts["data"])) if "event" in parts else None
