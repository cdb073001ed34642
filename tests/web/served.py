"""The service as people run it: a process of its own, on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchword.settings import Settings

READY = 300  # seconds for a server to start on a busy machine


@contextmanager
def served(
    settings: Settings,
    port: int | None = None,
    program: tuple[str, ...] = ("-m", "watchword"),
    more_options: tuple[str, ...] = (),
    log: Path = Path(os.devnull),
    **more: str,
) -> Iterator[str]:
    """A running server's address; ``more`` is set in its environment, ``program`` is what Python runs, ``log`` where
    it writes its log.
    """
    port = port or free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    kept |= {"WATCHWORD_DATA": str(settings.folder), "WATCHWORD_SECRET": "test", "WATCHWORD_MODEL": "off"}
    kept |= {"DATABASE_URL": settings.database_url} if settings.database_url else {}
    kept |= more
    command = [sys.executable, *program, "serve", "--port", str(port), *more_options]
    with log.open("wb") as told:
        server = subprocess.Popen(command, env=kept, stderr=told)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=READY)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(port: int) -> None:
    ends = time.monotonic() + READY
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < ends, "the server did not start"
        time.sleep(0.2)
