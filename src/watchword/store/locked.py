"""Rows that nobody else changes until the transaction around ends, and what is done by one at a time."""

from __future__ import annotations

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from watchword.store import rows

Row = TypeVar("Row", bound=Model)
TAKES_AWAY = 7_266_104  # a number that nothing else in the database is locked by


def locked(model: type[Row]) -> QuerySet[Row]:
    """A table's rows, locked as they are read. SQLite locks the whole database by itself.

    Their keys stay as they are. PostgreSQL is told so: it looks at the row that another one refers to when that one is
    written, and would have both wait for each other.
    """
    return QuerySet(model).select_for_update(no_key=True, of=("self",))


def takes_away_alone() -> None:
    """Have nobody else take away what people are known by until the transaction around ends.

    It comes before every lock on a row: what one takes back is handed on to rows that another has locked, and would be
    lost on whoever waits with them. SQLite locks the whole database by itself.
    """
    if connection.vendor == "postgresql":
        rows.read("SELECT pg_advisory_xact_lock(%s)", TAKES_AWAY)
