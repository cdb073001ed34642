"""Durable work, and the only file that knows DBOS.

Three rules, each learnt from work that got stuck or was done twice:

1. The workflow version is pinned by hand. Left alone it follows the code, and a new release would leave what is under
   way waiting for code that no longer exists.
2. Every worker has a name of its own, the same after every restart: two of one name would do each other's work again.
3. Nobody adopts a dead worker's work by itself: a restart under the same name does, or `adopt`.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, event

from watchword.escalation.ports import Due

log = logging.getLogger(__name__)
VERSION = "steps-1"  # raise only when a workflow under way could not be finished by the new code
QUEUE = "steps"
SCHEMA = "watchword_queue"  # where its tables lie in PostgreSQL, beside the store's
POLLING_SECONDS = 0.1
FORGOTTEN_AT_ONCE = 500
ENDING_SECONDS = 15  # how long a worker that stops waits for what is under way


@dataclass(frozen=True, slots=True)
class DurableSteps:
    """A running queue of steps."""

    url: str
    put_in: Callable[[Due], None]

    def put(self, steps: Sequence[Due]) -> None:
        """Put steps in the queue; one that is in it already stays there once."""
        for step in steps:
            self.put_in(step)

    def adopt(self, worker: str) -> int:
        """Queue again what a dead worker had begun; how much it was."""
        return len(DBOS._recover_pending_workflows([worker]))  # noqa: SLF001  # DBOS has no public way without its cloud

    def forget(self, before: datetime) -> int:
        """Clear the queue's own records of what ended before then; the store keeps what happened."""
        count = 0
        while ended := self._ended(before):
            DBOS.delete_workflows(ended)
            count += len(ended)
        return count

    def _ended(self, before: datetime) -> list[str]:
        found = DBOS.list_workflows(
            queue_name=QUEUE,
            completed_before=before.isoformat(),
            limit=FORGOTTEN_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        return [one.workflow_id for one in found]

    def stop(self) -> None:
        """Take nothing more, and wait for what is under way."""
        DBOS.destroy(workflow_completion_timeout_sec=ENDING_SECONDS)


def start(carry: Callable[[Due], None], *, url: str, worker: str, at_once: int) -> DurableSteps:
    """Start a worker's queue; ``carry`` is called for each step, at most ``at_once`` at a time.

    What a worker of this name had begun when it died is begun again.
    """
    config: DBOSConfig = {
        "name": "watchword",
        "system_database_url": url,
        "dbos_system_schema": SCHEMA,
        "application_version": VERSION,
        "executor_id": worker,
        "log_level": "WARNING",
        "max_executor_threads": at_once + 4,  # some for its own work
    }
    DBOS(config=config)
    if url.startswith("sqlite"):
        event.listen(Engine, "connect", _wait_less_for_the_disk)

    @DBOS.workflow(name="carry_step", max_recovery_attempts=None)  # however often workers die
    def carry_step(key: str, round: int) -> None:
        try_step(key, round)

    @DBOS.step(name="try_step")
    def try_step(key: str, round: int) -> None:
        try:
            carry(Due(key, round))
        except Exception as error:  # the database is away: the step stays due, and is queued anew after a while
            log.error("step %s could not be carried: %s", key, type(error).__name__)

    def put_in(step: Due) -> None:
        with SetWorkflowID(f"{step.key}#{step.round}"):
            DBOS.enqueue_workflow(QUEUE, carry_step, step.key, step.round)

    DBOS.launch()
    DBOS.register_queue(
        QUEUE, worker_concurrency=at_once, polling_interval_sec=POLLING_SECONDS, on_conflict="always_update"
    )
    return DurableSteps(url, put_in)


def _wait_less_for_the_disk(opened: sqlite3.Connection, _record: object) -> None:
    """A power cut may cost the queue its last entries: what is due stands in the ledger, and is queued anew."""
    opened.execute("PRAGMA synchronous=NORMAL")


def queue_url(database_url: str | None, folder: Path) -> str:
    """Where the queue is kept: beside the store, in the same PostgreSQL or in a file of its own.

    A file is put into WAL mode here: the queue then needs one wait for the disk where it would need several.
    """
    if database_url is not None and not database_url.startswith("sqlite"):
        return database_url
    file = folder / "queue.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with sqlite3.connect(file) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
    opened.close()
    return f"sqlite:///{file.absolute()}"
