"""What the ways in for mails need of the rest of the house, and how they wait when something is down."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from threading import Event
from typing import Protocol

from watchword.errors import PermanentFailure, StoreError, TransientFailure
from watchword.reading.originals import Original, Position

log = logging.getLogger(__name__)
FIRST_PAUSE = 1.0  # seconds until a source that failed is tried again
LONGEST_PAUSE = 120.0
GROWTH = 2.0


class Intake(Protocol):
    """Where mails are recorded."""

    def take(self, original: Original, position: Position | None) -> None:
        """Record a mail, and in the same transaction that its source was read so far. Raises StoreError."""

    def position(self, source: str) -> Position | None:
        """How far a source was read; None when never. Raises StoreError."""

    def heard(self, source: str, trouble: str = "") -> None:
        """Write down that a source was read to its end, or why it cannot be. Raises StoreError."""


class Pace:
    """How long it is waited after trouble: longer each time, until something goes well."""

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE

    def goes_on(self) -> None:
        """The next pause is the first one again."""
        self._pause = FIRST_PAUSE

    def pause(self) -> float:
        """The seconds to wait now."""
        pause, self._pause = self._pause, min(self._pause * GROWTH, LONGEST_PAUSE)
        return pause


def kept_up(
    source: str, intake: Intake, read: Callable[[Callable[[], None]], None], stop: Event, pace: Pace | None = None
) -> None:
    """Have a source read until ``stop`` is set, again and again after trouble, with growing pauses.

    ``read`` goes on until it is told to stop or fails, and calls what it is given whenever it has read all there is.
    It may know more of its ``pace``: trouble that is no sign of more to come needs no longer pause.
    Raises PermanentFailure when the source cannot be read the first time because a setting is wrong; later, that is
    trouble like any other.
    """
    pace, began = pace or Pace(), False

    def all_read() -> None:
        nonlocal began
        began = True
        pace.goes_on()
        intake.heard(source)

    while not stop.is_set():
        try:
            read(all_read)
        except (TransientFailure, PermanentFailure, StoreError) as error:
            if isinstance(error, PermanentFailure) and not began:
                raise
            if stop.is_set():
                return
            pause = pace.pause()
            log.warning("%s: %s Tried again in %.0f s.", source, error.what, pause)
            _told(intake, source, error.what)
            stop.wait(pause * random.uniform(0.75, 1.25))  # noqa: S311 many that wait must not come back at once


def _told(intake: Intake, source: str, trouble: str) -> None:
    try:
        intake.heard(source, trouble)
    except StoreError:
        return  # the database is what is down
