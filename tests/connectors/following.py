"""Whatever follows a folder or a mailbox, at work while a block lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.databases import close

IN_TIME = 60  # seconds, on a busy machine


@contextmanager
def following(follow: Callable[[Event], None]) -> Iterator[Future[None]]:
    """It follows until the block ends, or cannot: then the block learns of it by the future."""
    stop = Event()

    def work() -> None:
        try:
            follow(stop)
        finally:
            close()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(work)
        try:
            yield running
        finally:
            ended = running.done()
            stop.set()
        if not ended:
            running.result(IN_TIME)
