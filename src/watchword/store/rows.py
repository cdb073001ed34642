"""Rows added, changed and found in SQL that is put together once.

Django puts every query together anew, which takes longer than to run it: where a call's turn raises a flag, the agent
waits for that some fifteen times. So do the rows of a table that is taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)
INSERT = "INSERT INTO {table} ({columns}) VALUES ({places})"
RETURNING = " RETURNING {key}"
UPDATE = "UPDATE {table} SET {changes} WHERE {key} = %s"
INSERT_IF = (
    "WITH found AS ({condition}) INSERT INTO {table} ({columns}) SELECT given.* FROM found, (VALUES {all}) AS given"
)
SELECT = "SELECT * FROM {table} WHERE {column} = %s{ending}"


@dataclass(frozen=True, slots=True)
class _Write:
    """A statement that writes, and the row that it gives its key to."""

    words: str
    given: Sequence[Any]
    row: Model | None = None


_unsent: ContextVar[list[_Write] | None] = ContextVar("writes that go with the next statement", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is written within by `add_soon`, `change` and `write` goes to PostgreSQL with the next statement, whoever
    makes it, and before it; the last at the end.

    Each way there and back takes longer than the statement, and others wait meanwhile for what is locked. What the
    database refuses is raised a statement later. SQLite has no way to go.
    """
    if connection.vendor != "postgresql" or _unsent.get() is not None:
        yield
        return
    token = _unsent.set([])
    try:
        with connection.execute_wrapper(_with_what_is_unsent):
            yield
            send()
    finally:
        _unsent.reset(token)


def send() -> None:
    """Write now what goes with the next statement; then every row has its key."""
    if unsent := _unsent.get():
        _write(unsent.pop())


def _with_what_is_unsent(execute: Callable[..., Any], words: str, given: Any, many: bool, context: Any) -> Any:
    unsent = _unsent.get()
    if many or hasattr(context["cursor"].cursor, "name"):  # these go by themselves: many at once, and read in pieces
        send()
    if not unsent:
        return execute(words, given, many, context)
    before, unsent[:] = list(unsent), []
    if given is None:
        words = words.replace("%", "%%")
    every = [value for one in before for value in one.given]
    found = execute("; ".join([*(one.words for one in before), words]), [*every, *(given or ())], many, context)
    for one in before:
        _take_key(context["cursor"], one)
        context["cursor"].nextset()
    return found


def add(row: Model) -> None:
    """Insert a new row, as ``save`` does; it has its key then. Raises what the database says, as ``save`` does."""
    _write(_insertion(row))


def add_soon(row: Model) -> None:
    """Insert a new row whose key nobody asks for before the next statement."""
    _write_soon(_insertion(row))


def added_if(condition: str, given: Sequence[Any], new: Sequence[Model], *, first: str = "") -> bool:
    """Whether rows of one table, without their keys, were added: if a statement that changes a row, and returns it,
    finds one. All of it goes to the database at once, as one transaction, which the statement ``first`` begins; such is
    PostgreSQL's way alone.
    """
    kind = type(new[0])
    fields = _given(kind)
    words = INSERT_IF.format(
        condition=condition,
        table=_table(kind),
        columns=", ".join(_quoted(field) for field in fields),
        all=", ".join([f"({places(fields)})"] * len(new)),
    )
    with connection.cursor() as cursor:
        cursor.execute(first + words, [*given, *(value for row in new for value in _values(row, fields))])
        while cursor.nextset():
            pass
        return bool(cursor.rowcount)


def change(row: Model, *names: str) -> None:
    """Write these fields of a row that is there, as ``save`` with ``update_fields`` does."""
    fields = [_field(type(row), name) for name in names]
    _write_soon(_Write(_update(type(row), names), [*_values(row, fields), row.pk]))


def write(words: str, *given: Any) -> None:
    """Do what a statement in SQL says that finds nothing."""
    _write_soon(_Write(words, given))


def _write_soon(one: _Write) -> None:
    unsent = _unsent.get()
    if unsent is None:
        _write(one)
    else:
        unsent.append(one)


def _insertion(row: Model) -> _Write:
    kind = type(row)
    fields = _given(kind)
    by_database = kind._meta.pk not in fields
    tells = by_database and connection.features.can_return_columns_from_insert
    row._state.adding, row._state.db = False, connection.alias
    return _Write(_insert(kind, tells), _values(row, fields), row if by_database else None)


def _write(one: _Write) -> None:
    with connection.cursor() as cursor:
        cursor.execute(one.words, one.given)
        _take_key(cursor, one)


def _take_key(cursor: Any, one: _Write) -> None:
    if one.row is not None:
        tells = connection.features.can_return_columns_from_insert
        one.row.pk = cursor.fetchone()[0] if tells else cursor.lastrowid


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
