"""Django's SQLite, but the threads of a process write in turn.

SQLite lets one write at a time. Whoever comes second asks again after 1, 2, 5, 10, 15, 20, 25 ms and so on, and whoever
comes just then is served first: with many threads the waiting takes longer than the writing. Here they queue, and are
woken at once. Other processes ask again and again, as before.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any
from weakref import finalize

from django.db import OperationalError
from django.db.backends.sqlite3 import base

_lock = Lock()
_locks: dict[str, Lock] = {}


def _lock_of(file: str) -> Lock:
    with _lock:
        return _locks.setdefault(file, Lock())


class Turn:
    """A connection's place in the queue for its file."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self._is_mine = False

    def take(self, seconds: float) -> None:
        """Wait for it. Raises OperationalError, as SQLite does, when it does not come in time."""
        if not self.lock.acquire(timeout=seconds):
            raise OperationalError("database is locked")
        self._is_mine = True

    def give_on(self) -> None:
        """Let the next one write, if it was this one's turn."""
        if self._is_mine:
            self._is_mine = False
            self.lock.release()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before each transaction, and gives it on when that has ended.

    What it overrides are Django's own seams for its databases, of which the type stubs know nothing.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.turn = Turn(_lock_of(str(self.settings_dict["NAME"])))
        finalize(self, self.turn.give_on).atexit = False  # a thread may end in the midst of a transaction

    def _start_transaction_under_autocommit(self) -> None:
        self.turn.take(self.settings_dict["OPTIONS"]["timeout"])
        self._and_give_on(super()._start_transaction_under_autocommit)  # type: ignore[misc]

    def _commit(self) -> None:
        self._and_give_on(super()._commit)  # type: ignore[misc]

    def _rollback(self) -> None:
        self._and_give_on(super()._rollback)  # type: ignore[misc]

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self.turn.give_on()

    def _and_give_on(self, act: Callable[[], Any]) -> None:
        try:
            act()
        finally:  # a commit that failed is still a transaction, until it is rolled back
            if self.connection is None or not self.connection.in_transaction:
                self.turn.give_on()
