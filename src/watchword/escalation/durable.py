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
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, event

from watchword.errors import StoreError, kind_of
from watchword.escalation.ports import Due

log = logging.getLogger(__name__)
VERSION = "steps-1"  # raise only when a workflow under way could not be finished by the new code
QUEUE = "steps"
SCHEMA = "watchword_queue"  # where its tables lie in PostgreSQL, beside the store's
POLLING_SECONDS = 0.1
FORGOTTEN_AT_ONCE = 500
ENDING_SECONDS = 15  # how long a worker that stops waits for what is under way
MENDING_SECONDS = 1  # the same before a queue that fails is opened anew: what is sent now is asked for later
# A pooler may hand a connection to another program after each transaction: nothing is prepared on one.
LEFT_TO_NOBODY = {"application_name": "watchword_queue", "prepare_threshold": None}
LIVE = ["ENQUEUED", "PENDING", "DELAYED"]
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True, slots=True)
class DurableSteps:
    """A running queue of steps."""

    url: str
    put_in: Callable[[Due], None]
    open: Callable[[], None]

    def put(self, steps: Sequence[Due]) -> Sequence[Due]:
        """Put steps in the queue; one that is in it already stays there once.

        Gives back those whose round it has ended already: asked first, for what is put in now may end at once.
        """
        ended = _known(steps, ENDED)
        for step in steps:
            if step not in ended:
                self.put_in(step)
        return ended

    def lost(self, steps: Sequence[Due]) -> Sequence[Due]:
        """Those of these steps that neither wait in the queue nor are being carried out."""
        live = _known(steps, LIVE)
        return [step for step in steps if step not in live]

    def open_anew(self) -> None:
        """Begin again with what is kept of the queue; tables that are not there any more are made."""
        DBOS.destroy(workflow_completion_timeout_sec=MENDING_SECONDS)
        self.open()

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
        "use_listen_notify": False,  # nothing here sends what is listened for
    }
    if not url.startswith("sqlite"):
        config["db_engine_kwargs"] = {"connect_args": LEFT_TO_NOBODY}

    def open() -> None:
        DBOS(config=config)
        _log_as_the_program_does()
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=at_once, polling_interval_sec=POLLING_SECONDS, on_conflict="always_update"
        )

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
            log.error("step %s could not be carried: %s", key, kind_of(error))

    def put_in(step: Due) -> None:
        with SetWorkflowID(_name(step)):
            DBOS.enqueue_workflow(QUEUE, carry_step, step.key, step.round)

    open()
    return DurableSteps(url, put_in, open)


def _name(step: Due) -> str:
    return f"{step.key}#{step.round}"


def _known(steps: Sequence[Due], states: list[str]) -> list[Due]:
    """Those of the steps that the queue knows to be in one of these states."""
    names = [_name(step) for step in steps]
    found = DBOS.list_workflows(workflow_ids=names, status=states, load_input=False, load_output=False)
    named = {one.workflow_id for one in found}
    return [step for step in steps if _name(step) in named]


def _log_as_the_program_does() -> None:
    """DBOS writes lines of a form of its own, past whatever the program has set up; it is to use that."""
    told = logging.getLogger("dbos")
    told.handlers.clear()
    told.propagate = True


def _wait_less_for_the_disk(opened: sqlite3.Connection, _record: object) -> None:
    """A power cut may cost the queue its last entries: what is due stands in the ledger, and is queued anew."""
    opened.execute("PRAGMA synchronous=NORMAL")


def queue_url(database_url: str | None, folder: Path) -> str:
    """Where the queue is kept: beside the store, in the same PostgreSQL or in a file of its own.

    A file is put into WAL mode here: the queue then needs one wait for the disk where it would need several.
    Raises StoreError for a file that cannot be used.
    """
    if database_url is not None and not database_url.startswith("sqlite"):
        return database_url
    file = folder / "queue.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with closing(sqlite3.connect(file)) as opened:
            opened.execute("PRAGMA journal_mode=WAL")
            sound = opened.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"The queue {file} cannot be used ({kind_of(error)}).",
            do="Let this user own it, and see that its disk has room.",
        ) from None
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise StoreError(
            f"The queue {file} is damaged.",
            do="Delete it, and those beside it whose names begin the same: what is due stands in the database.",
        )
    return f"sqlite:///{file.absolute()}"
