"""The program's own log on standard error: one line for each thing, and no flood of one and the same.

A stack trace is never written: its last line holds the error's own words, and they may be a customer's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from watchword.errors import kind_of

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
MINUTE = 60.0
MOST = 3  # lines a minute from one place in the code
TRACE = "Traceback (most recent call last)"
LONGEST = 500  # characters of what is told


def log_to_stderr() -> None:
    """Set the log up for this process; a second call changes nothing."""
    told = logging.StreamHandler()
    told.setFormatter(OneLine(FORMAT))
    told.addFilter(FewOfEach())
    logging.basicConfig(level=logging.WARNING, handlers=[told])


class OneLine(logging.Formatter):
    """The first line of what is told. Of an error, its kind and where it came up."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's name for it
        """What stands on the line."""
        lines = record.message.strip().splitlines() or [""]
        told = lines[0].partition(TRACE)[0]  # a part of others' making may write a whole trace as its message
        record.message = (told or lines[-1]).strip()[:LONGEST]
        return super().formatMessage(record) + _where(record) + _unsaid(record)

    def formatException(self, ei: object) -> str:  # noqa: N802  # the library's name for it
        """Nothing: it is told on the line itself."""
        return ""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        record.exc_text, record.stack_info = None, None
        return super().format(record).rstrip("\n")


def _where(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return ""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f" at {Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last is not None else ""
    return f" ({kind_of(error)}{place})"


def _unsaid(record: logging.LogRecord) -> str:
    unsaid = getattr(record, "unsaid", 0)
    return f" (and {unsaid} more from there since the last one)" if unsaid else ""


class FewOfEach(logging.Filter):
    """Lets each place in the code tell a few lines a minute; the next one says how many were left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.lock = Lock()
        self.told: dict[tuple[str, int], tuple[float, int]] = {}  # since when, and how many

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is told."""
        place, now = (record.pathname, record.lineno), self.clock()
        with self.lock:
            since, count = self.told.get(place, (now, 0))
            if now - since >= MINUTE:
                record.unsaid = max(0, count - MOST)
                since, count = now, 0
            self.told[place] = since, count + 1
        return count < MOST
