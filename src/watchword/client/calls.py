"""Calls while they go on: opened, told turn by turn, ended, read and followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from watchword.client.connection import Connection, batches, quoted
from watchword.client.following import follow
from watchword.client.shapes import Call, CallEvent, Opened, Said, Went

MOST_TURNS = 1000  # in one request
PATIENCE = 120.0  # seconds that following a call waits for a service that is away


class Calls(Connection):
    """What can be asked of a service about calls that go on."""

    def open_call(self, id: str, **more: Any) -> Opened:
        """Open a call; ``person``, ``issue``, ``history`` and other keys of a contact may be given."""
        return self._told(Opened, "POST", "/calls", {"id": id, **more})

    def say(self, id: str, *turns: Said) -> Went:
        """Tell turns of a call; told again they change nothing. Raises ValueError when none is given.

        A ServiceRefused with ``expected`` names the turn that must come first.
        """
        if not turns:
            raise ValueError("no turn is given")
        went = None
        for batch in batches(turns, MOST_TURNS):
            told = [{"number": one.number, "speaker": one.speaker, "text": one.text} for one in batch]
            went = self._told(Went, "POST", f"/calls/{quoted(id)}/turns", {"turns": told})
        assert went is not None  # noqa: S101
        return went

    def hear(self, id: str, event: Mapping[str, Any]) -> Went:
        """Pass on a telephone platform's own event, or its transcript so far."""
        return self._told(Went, "POST", f"/calls/{quoted(id)}/platform-events", dict(event))

    def end(self, id: str) -> Went:
        """Say that a call has ended."""
        return self._told(Went, "POST", f"/calls/{quoted(id)}/end", {})

    def call(self, id: str) -> Call:
        """A call as it stands."""
        return self._told(Call, "GET", f"/calls/{quoted(id)}")

    def follow(self, id: str, *, after: str | None = None, patience: float = PATIENCE) -> Iterator[CallEvent]:
        """What happens in a call, from its beginning or after an event's id, until it and its steps have ended.

        A connection that breaks is made again, and nothing is given twice. ``patience``: seconds that a service which
        is away is waited for.
        """
        return follow(self._http, f"/calls/{quoted(id)}/events", after=after, patience=patience)
