"""Who writes to a file next: the threads of a process in turn, and the processes in turn.

SQLite lets one write at a time. Whoever comes second asks again after 1, 2, 5, 10, 15, 20, 25 ms and so on, and whoever
comes just then is served first. So threads queue here, and are woken at once. A process whose threads hand on to one
another would never be met idle by one that asks now and then; therefore processes queue too, at a lock on a file beside
the database. The system gives it on when a process ends, however it ends.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock

from django.db import OperationalError

try:
    import fcntl
except ModuleNotFoundError:  # a system without it: processes ask SQLite again and again
    fcntl = None  # type: ignore[assignment]

BESIDE = "-turn"  # after the database's name, as SQLite's own -wal and -shm

_lock = Lock()
_queues: dict[str, Queue] = {}


class Queue:
    """All of this process that write to one file."""

    def __init__(self, file: str) -> None:
        self._one = Lock()
        in_memory = file == ":memory:" or file.startswith("file:")  # such a database is this process's alone
        self._file = None if fcntl is None or in_memory else Path(file)
        self._held: int | None = None  # the file beside, open while this process has its turn

    def take(self, seconds: float) -> None:
        """Wait for the turn. Raises OperationalError, as SQLite does, when it does not come in time.

        The time limit is for threads: one of each process at most waits for another process, and for as long as that
        writes.
        """
        if not self._one.acquire(timeout=seconds):
            raise OperationalError("database is locked")
        try:
            self._among_processes()
        except BaseException:  # Ctrl-C, maybe just after the other process had given it on
            self.give_on()
            raise

    def give_on(self) -> None:
        """Let the next one write; another process has a moment's start before the threads of this one."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
        self._one.release()

    def is_taken(self) -> bool:
        """Whether somebody of this process has it."""
        return self._one.locked()

    def _among_processes(self) -> None:
        if self._file is None:
            return
        with suppress(OSError):  # no such locks on this file system: SQLite's own way is left
            self._held = _open_beside(self._file)
            fcntl.flock(self._held, fcntl.LOCK_EX)


def _open_beside(file: Path) -> int:
    """The file beside the database. It is the owner's of the database, though root may be the first to write."""
    beside, how = f"{file}{BESIDE}", os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileNotFoundError):
        return os.open(beside, how)
    opened = os.open(beside, how | os.O_CREAT | os.O_EXCL, 0o600)  # never to hand on what somebody else put there
    if os.geteuid() == 0:
        with suppress(OSError):
            owner = file.stat()
            os.fchown(opened, owner.st_uid, owner.st_gid)
    return opened


def queue_of(file: str) -> Queue:
    """The one queue of this process for a file."""
    with _lock:
        if file not in _queues:
            _queues[file] = Queue(file)
        return _queues[file]


class Turn:
    """A connection's place in the queue for its file."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._is_mine = False

    def take(self, seconds: float) -> None:
        """Wait for it. Raises OperationalError when it does not come in time."""
        self.queue.take(seconds)
        self._is_mine = True

    def give_on(self) -> None:
        """Let the next one write, if it was this one's turn."""
        if self._is_mine:
            self._is_mine = False
            self.queue.give_on()
