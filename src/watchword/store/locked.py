"""Rows that nobody else changes until the transaction around ends."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def locked(model: type[Row]) -> QuerySet[Row]:
    """A table's rows, locked as they are read. SQLite locks the whole database by itself.

    Their keys stay as they are. PostgreSQL is told so: it looks at the row that another one refers to when that one is
    written, and would have both wait for each other.
    """
    return QuerySet(model).select_for_update(no_key=True, of=("self",))
