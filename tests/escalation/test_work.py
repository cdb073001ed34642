"""What a worker does while its queue fails: it is not taken for alive, and mends the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Event

from tests.recorded import a_mail, keep
from watchword.escalation.ports import Due
from watchword.escalation.work import Rhythm, work
from watchword.settings import Settings
from watchword.store import models
from watchword.store.ledger import Ledger

AT_ONCE = Rhythm(feed=0.01, beat=0.0, mend=0.05)


class FailingQueue:
    """Takes nothing until it is opened anew, if that helps; the worker is stopped soon after."""

    def __init__(self, stop: Event, *, opens: bool) -> None:
        self.stop, self.opens, self.is_open, self.tries = stop, opens, False, 0
        self.taken: list[Due] = []

    def put(self, steps: Sequence[Due]) -> Sequence[Due]:
        self.tries += 1
        if self.tries > 20:
            self.stop.set()
        if not self.is_open:
            raise OSError("no such table")
        self.taken += steps
        self.stop.set()
        return []

    def lost(self, steps: Sequence[Due]) -> Sequence[Due]:
        return []

    def open_anew(self) -> None:
        self.is_open = self.opens

    def adopt(self, worker: str) -> int:
        return 0

    def forget(self, before: datetime) -> int:
        return 0


def test_a_worker_that_cannot_feed_its_queue_does_not_call_itself_alive(database: Settings) -> None:
    keep(a_mail())
    stop = Event()
    queue = FailingQueue(stop, opens=False)
    work("w1", Ledger(), queue, stop, AT_ONCE)
    assert queue.taken == []
    assert not models.Worker.objects.exists()
    assert models.Step.objects.filter(try_at__isnull=False, queued_at__isnull=True).count() == 2


def test_a_queue_that_fails_is_opened_anew_and_the_worker_is_alive(database: Settings) -> None:
    keep(a_mail())
    stop = Event()
    queue = FailingQueue(stop, opens=True)
    work("w1", Ledger(), queue, stop, AT_ONCE)
    assert len(queue.taken) == 2
    assert models.Worker.objects.filter(name="w1").exists()
    assert models.Step.objects.filter(queued_at__isnull=False).count() == 2
