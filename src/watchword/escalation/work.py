"""What a worker does until it is stopped: feed the queue or mend it, adopt the dead, hand over what nobody answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol

from watchword.errors import kind_of
from watchword.escalation.ports import Due, LedgerPort

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)  # how long the queue remembers what ended; what happened stays in the store for good


class StepQueue(Protocol):
    """A durable queue of steps."""

    def put(self, steps: Sequence[Due]) -> Sequence[Due]:
        """Put steps in the queue. Gives back those whose round it has ended already: it takes them in another one."""

    def lost(self, steps: Sequence[Due]) -> Sequence[Due]:
        """Those of these steps that neither wait in the queue nor are being carried out."""

    def open_anew(self) -> None:
        """Begin again with what is kept of the queue, and make what is not there any more."""

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
    mend: float = 15.0  # how long the queue may fail before it is opened anew
    most: int = 64  # steps that wait in the queue


DEFAULT_RHYTHM = Rhythm()


def work(
    worker: str,
    ledger: LedgerPort,
    queue: StepQueue,
    stop: Event,
    rhythm: Rhythm = DEFAULT_RHYTHM,
    *,
    tidy: Callable[[], int | None] = lambda: None,
) -> None:
    """Work until ``stop`` is set. A database that is away for a while is waited for; no duty waits for another.

    ``tidy`` clears away what else is kept for a while only, as often as the queue is tidied.
    A worker that cannot feed its queue carries nothing out: it does not call itself alive, and opens the queue anew.
    """
    next_beat = next_tidy = 0.0
    mend_at = time.monotonic() + rhythm.mend
    _tried("look for lost steps", lambda: find_lost(ledger, queue))
    while not stop.is_set():
        fed = _tried("feed the queue", lambda: feed(ledger, queue, rhythm.most))
        if fed is not None:
            mend_at = time.monotonic() + rhythm.mend
        elif time.monotonic() >= mend_at:
            _tried("open the queue anew", lambda: mend(ledger, queue))
            mend_at = time.monotonic() + rhythm.mend
        if time.monotonic() >= next_beat:
            next_beat = time.monotonic() + rhythm.beat
            if fed is not None:
                _tried("look after the workers", lambda: look_after_workers(worker, ledger, queue))
            _tried("hand over what nobody answered", lambda: hand_over(ledger))
        if time.monotonic() >= next_tidy:
            next_tidy = time.monotonic() + rhythm.tidy
            _tried("tidy the queue", lambda: queue.forget(datetime.now(UTC) - KEPT))
            _tried("clear away what has ended", tidy)
        if (fed or 0) < rhythm.most:
            stop.wait(rhythm.feed)


def _tried(duty: str, do: Callable[[], int | None]) -> int | None:
    """Do a duty; None when it failed. It is tried again in its next turn, and the steps stay due in the ledger."""
    try:
        return do() or 0
    except Exception as error:
        log.error("the worker could not %s: %s", duty, kind_of(error))
        return None


def feed(ledger: LedgerPort, queue: StepQueue, most: int) -> int:
    """Queue the steps that are due; how many there were.

    They are put in the queue first and marked after: a crash in between queues them again, and the queue knows them.
    A round that the queue knows as ended, though the ledger has it as due, was carried out in vain, or the ledger is
    older than the queue, as after a restore: it begins another.
    """
    due = ledger.due(most)
    if due:
        ended = queue.put(due)
        ledger.queued([step for step in due if step not in ended])
        ledger.anew(ended)
    return len(due)


def find_lost(ledger: LedgerPort, queue: StepQueue) -> None:
    """Have queued anew what the ledger takes for queued and the queue does not hold: one of them may be an older copy.

    Only where a queue is opened: what is lost later is found by its age.
    """
    if queued := ledger.in_queue():
        ledger.anew(queue.lost(queued))


def mend(ledger: LedgerPort, queue: StepQueue) -> None:
    """Open the queue anew, if it is the queue that fails and not the ledger."""
    ledger.due(1)
    queue.open_anew()
    find_lost(ledger, queue)


def look_after_workers(worker: str, ledger: LedgerPort, queue: StepQueue) -> None:
    """Say that this worker is alive, and adopt what dead ones had begun."""
    ledger.beat(worker)
    for silent in ledger.silent_workers():
        if silent != worker and ledger.adopted(silent):
            log.warning("worker %s is silent: its %d steps are taken over", silent, queue.adopt(silent))


def hand_over(ledger: LedgerPort) -> None:
    """Hand to a person what was never answered."""
    if late := ledger.give_up_overdue():
        log.warning("%d steps were not answered in time and need a person", late)
