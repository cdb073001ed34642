"""Rows added, changed and found in SQL that is put together once.

Django puts every query together anew, which takes longer than to run it: where a call's turn raises a flag, the agent
waits for that some fifteen times. So do the rows of a table that is taken in.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)
INSERT = "INSERT INTO {table} ({columns}) VALUES ({places})"
RETURNING = " RETURNING {key}"
UPDATE = "UPDATE {table} SET {changes} WHERE {key} = %s"
SELECT = "SELECT * FROM {table} WHERE {column} = %s{ending}"


def add(row: Model) -> None:
    """Insert a new row, as ``save`` does; it has its key then. Raises what the database says, as ``save`` does."""
    kind = type(row)
    fields = _given(kind)
    by_database = kind._meta.pk not in fields
    tells = by_database and connection.features.can_return_columns_from_insert
    with connection.cursor() as cursor:
        cursor.execute(_insert(kind, tells), _values(row, fields))
        if by_database:
            row.pk = cursor.fetchone()[0] if tells else cursor.lastrowid
    row._state.adding, row._state.db = False, connection.alias


def change(row: Model, *names: str) -> None:
    """Write these fields of a row that is there, as ``save`` with ``update_fields`` does."""
    fields = [_field(type(row), name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row), names), [*_values(row, fields), row.pk])


def found_locked(kind: type[Row], name: str, value: object) -> Row | None:
    """The row of this value in a column without equals, which nobody else changes until the transaction ends."""
    return next(iter(QuerySet(kind).raw(_select(kind, name, locking()), [value])), None)


def read(words: str, *given: Any) -> list[tuple[Any, ...]]:
    """Every row that a query in SQL gives, its values as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(words, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def places(many: Sized) -> str:
    """Where so many values stand in SQL."""
    return ", ".join(["%s"] * len(many))


def locking() -> str:
    """What a SELECT ends with that locks its rows as `locked` does; nothing on SQLite, which locks all of them."""
    return " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""


def _values(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


@cache
def _given(kind: type[Model]) -> tuple[Field[Any, Any], ...]:
    """Its fields but for a key that the database gives."""
    return tuple(field for field in kind._meta.concrete_fields if not isinstance(field, AutoField))


@cache
def _insert(kind: type[Model], tells: bool) -> str:
    columns = [_quoted(field) for field in _given(kind)]
    words = INSERT.format(table=_table(kind), columns=", ".join(columns), places=places(columns))
    return words + RETURNING.format(key=_quoted(kind._meta.pk)) if tells else words


@cache
def _update(kind: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{_quoted(_field(kind, name))} = %s" for name in names)
    return UPDATE.format(table=_table(kind), changes=changes, key=_quoted(kind._meta.pk))


@cache
def _select(kind: type[Model], name: str, ending: str) -> str:
    return SELECT.format(table=_table(kind), column=_quoted(_field(kind, name)), ending=ending)


def _field(kind: type[Model], name: str) -> Any:
    return kind._meta.get_field(name)


def _table(kind: type[Model]) -> str:
    return connection.ops.quote_name(kind._meta.db_table)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)
