"""One worker of a name at a time: two would do each other's work again."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from watchword.errors import WorkerRunning


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold a lock file until the block ends; the operating system lets go of it when the process dies in any way.

    Raises WorkerRunning when another process holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a+", encoding="ascii") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkerRunning(
                f"A worker is at work here already ({file.name}).",
                do="Stop it first; or, with PostgreSQL, give this one a name of its own in WATCHWORD_WORKER.",
            ) from None
        opened.truncate(0)
        opened.write(str(os.getpid()))
        opened.flush()
        yield
