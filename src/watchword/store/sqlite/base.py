"""Django's SQLite, but whoever writes does so in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import finalize

from django.db.backends.sqlite3 import base

from watchword.store.sqlite.turns import Turn, queue_of


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that waits for its turn before each transaction, and gives it on when that has ended.

    What it overrides are Django's own seams for its databases, of which the type stubs know nothing.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.turn = Turn(queue_of(str(self.settings_dict["NAME"])))
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
