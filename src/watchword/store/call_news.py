"""What is new in a call, for whoever listens to it: read at each change for each listener, and so in SQL.

Putting a query together takes longer than to run it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from watchword.store.calls import no_call

CALL = (
    "SELECT call.id, call.is_open, escalation.id FROM store_contact call"
    " LEFT JOIN store_escalation escalation ON escalation.contact_id = call.id WHERE call.key = %s"
)
TURNS = "SELECT number, speaker, text FROM store_turn WHERE contact_id = %s AND number >= %s ORDER BY number"
NEWEST = (
    "SELECT number, record FROM store_assessment WHERE contact_id = %s AND number > %s ORDER BY number DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class CallNews:
    """``turns`` are number, speaker and text; ``assessment`` is its number and its record, None when it is known."""

    is_open: bool
    turns: list[tuple[int, str, str]]
    assessment: tuple[int, dict[str, Any]] | None
    escalation: int | None  # its row


def news_of(key: str, *, turns: int, assessment: int) -> CallNews:
    """What is new in a call to somebody who knows so many turns, and the assessment of this number.

    Raises NotRecorded.
    """
    with connection.cursor() as cursor:
        call = next(_rows(cursor, CALL, key), None)
        if call is None:
            raise no_call()
        row, is_open, escalation = call
        said = [(number, speaker, text) for number, speaker, text in _rows(cursor, TURNS, row, turns)]
        made = [(number, _read(record)) for number, record in _rows(cursor, NEWEST, row, assessment)]
    return CallNews(bool(is_open), said, made[0] if made else None, escalation)


def _rows(cursor: Any, words: str, *given: Any) -> Any:
    cursor.execute(words, given)
    return iter(cursor.fetchall())


def _read(record: Any) -> dict[str, Any]:
    """JSON as the database gives it without Django: as text."""
    found: dict[str, Any] = json.loads(record) if isinstance(record, str) else record
    return found
