"""What a worker does until it is stopped: feed the queue, adopt the dead, hand over what nobody answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol

from watchword.escalation.ports import Due, LedgerPort

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # how long the queue remembers what ended; what happened stays in the store for good


class StepQueue(Protocol):
    """A durable queue of steps."""

    def put(self, steps: Sequence[Due]) -> None:
        """Put steps in the queue."""

    def adopt(self, worker: str) -> int:
        """Queue again what a dead worker had begun."""

    def forget(self, before: datetime) -> int:
        """Clear the queue's own records of what ended before then."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a worker does what, in seconds."""

    feed: float = 0.25
    beat: float = 5.0
    tidy: float = 600.0
    most: int = 64  # steps that wait in the queue


DEFAULT_RHYTHM = Rhythm()


def work(worker: str, ledger: LedgerPort, queue: StepQueue, stop: Event, rhythm: Rhythm = DEFAULT_RHYTHM) -> None:
    """Work until ``stop`` is set. A database that is away for a while is waited for; no duty waits for another."""
    next_beat = next_tidy = 0.0
    while not stop.is_set():
        fed = _tried("feed the queue", lambda: feed(ledger, queue, rhythm.most))
        if time.monotonic() >= next_beat:
            next_beat = time.monotonic() + rhythm.beat
            _tried("look after the workers", lambda: look_after_workers(worker, ledger, queue))
        if time.monotonic() >= next_tidy:
            next_tidy = time.monotonic() + rhythm.tidy
            _tried("tidy the queue", lambda: queue.forget(datetime.now(UTC) - KEPT))
        if fed < rhythm.most:
            stop.wait(rhythm.feed)


def _tried(duty: str, do: Callable[[], int | None]) -> int:
    """Do a duty; what fails is tried again in its next turn, and the steps stay due in the ledger."""
    try:
        return do() or 0
    except Exception as error:
        log.error("the worker could not %s: %s", duty, type(error).__name__)
        return 0


def feed(ledger: LedgerPort, queue: StepQueue, most: int) -> int:
    """Queue the steps that are due; how many there were.

    They are put in the queue first and marked after: a crash in between queues them again, and the queue knows them.
    """
    due = ledger.due(most)
    if due:
        queue.put(due)
        ledger.queued(due)
    return len(due)


def look_after_workers(worker: str, ledger: LedgerPort, queue: StepQueue) -> None:
    """Say that this worker is alive, adopt what dead ones had begun, and hand over what was never answered."""
    ledger.beat(worker)
    for silent in ledger.silent_workers():
        if silent != worker and ledger.adopted(silent):
            log.warning("worker %s is silent: its %d steps are taken over", silent, queue.adopt(silent))
    if late := ledger.give_up_overdue():
        log.warning("%d steps were not answered in time and need a person", late)
