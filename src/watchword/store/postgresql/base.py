"""Django's PostgreSQL, but one that has just answered is not asked whether it is still there."""

from __future__ import annotations

from select import POLLIN, poll
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base

ANSWERS_STILL = 1.0  # seconds: no machine is started anew in that time


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is asked once in a request, unless it has answered in the last second and nobody hung up.

    What it overrides are Django's own seams for its databases, of which the type stubs know nothing.
    """

    health_check_done: bool

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.used_at = float("-inf")

    def close_if_health_check_failed(self) -> None:
        """Let go of a connection that broke, before it is used in a request for the first time."""
        if not self.health_check_done:
            self.health_check_done = self._has_just_answered()
            self.used_at = monotonic()
        super().close_if_health_check_failed()

    def _has_just_answered(self) -> bool:
        """What failed since it was used last was noticed by then, and a server that ends says so, unasked."""
        if self.connection is None or self.connection.closed or self.errors_occurred:
            return False
        if monotonic() - self.used_at > ANSWERS_STILL:
            return False
        unasked = poll()
        unasked.register(self.connection.fileno(), POLLIN)
        return not unasked.poll(0)
