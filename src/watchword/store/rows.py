"""Rows added, changed and found in SQL that is put together once.

Django puts every query together anew, which takes longer than to run it: where a call's turn raises a flag, the agent
waits for that some fifteen times. So do the rows of a table that is taken in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, Model

from watchword.store import messages
from watchword.store.messages import Answer, Question, Write

Row = TypeVar("Row", bound=Model)
INSERT = "INSERT INTO {table} ({columns}) VALUES ({places})"
RETURNING = " RETURNING {key}"
UPDATE = "UPDATE {table} SET {changes} WHERE {key} = %s"
INSERT_IF = (
    "WITH found AS ({condition}) INSERT INTO {table} ({columns}) SELECT given.* FROM found, (VALUES {all}) AS given"
)
SELECT = "SELECT * FROM {table} WHERE {column} = %s{ending}"


@dataclass(frozen=True, slots=True)
class _Taken:
    """A field as it stands in an answer, and what makes its value of the database's."""

    at: int
    name: str
    column: Any
    converters: Sequence[Callable[[Any, Any, Any], Any]]


def add(row: Model) -> None:
    """Insert a new row, as ``save`` does; it has its key then. Raises what the database says, as ``save`` does, or a
    statement later if its key was asked for ahead.
    """
    reserved = messages.reserved_key(type(row))
    if reserved is None:
        messages.write_now(_insertion(row))
    else:
        row.pk = reserved
        messages.write(_insertion(row))


def add_soon(row: Model) -> None:
    """Insert a new row whose key nobody asks for before the next statement."""
    messages.write(_insertion(row))


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
    messages.write(Write(_update(type(row), names), [*_values(row, fields), row.pk]))


def write(words: str, *given: Any) -> None:
    """Do what a statement in SQL says that finds nothing."""
    messages.write(Write(words, given))


def _insertion(row: Model) -> Write:
    """With its key if it has one."""
    kind = type(row)
    fields = _given(kind) if row.pk is None else tuple(kind._meta.concrete_fields)
    by_database = kind._meta.pk not in fields
    tells = by_database and connection.features.can_return_columns_from_insert
    row._state.adding, row._state.db = False, connection.alias
    return Write(_insert(kind, fields, tells), _values(row, fields), row if by_database else None)


def found_locked(kind: type[Row], name: str, value: object) -> Row | None:
    """The row of this value in a column without equals, which nobody else changes until the transaction ends."""
    return next(iter(made_of(kind, messages.ask(asked_locked(kind, name, value)))), None)


def asked_locked(kind: type[Model], name: str, value: object) -> Question:
    """What `found_locked` asks."""
    return Question(_select(kind, name, locking()), (value,))


def found(kind: type[Row], words: str, *given: Any) -> list[Row]:
    """The rows of a table that a query in SQL gives. A field that it leaves out is read when it is asked for."""
    return made_of(kind, messages.ask(Question(words, given)))


def read(words: str, *given: Any) -> list[tuple[Any, ...]]:
    """Every row that a query in SQL gives, its values as the database has them."""
    return messages.ask(Question(words, given)).rows


def made_of(kind: type[Row], answer: Answer) -> list[Row]:
    """The rows of a table that are in the answer to a question."""
    taken = _taken(kind, tuple(answer.columns), connection.vendor)
    names = [one.name for one in taken]
    return [kind.from_db(connection.alias, names, [_value(row[one.at], one) for one in taken]) for row in answer.rows]


def _value(value: Any, taken: _Taken) -> Any:
    for convert in taken.converters:
        value = convert(value, taken.column, connection)
    return value


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
def _taken(kind: type[Model], columns: tuple[str, ...], vendor: str) -> list[_Taken]:
    """The fields of a table that are among the columns of an answer, in the table's own order; each database has its
    own way to give a value.
    """
    found = []
    for field in kind._meta.concrete_fields:
        if field.column in columns:
            column = field.get_col(kind._meta.db_table)
            converters = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
            found.append(_Taken(columns.index(field.column), field.attname, column, converters))
    return found


@cache
def _insert(kind: type[Model], fields: tuple[Field[Any, Any], ...], tells: bool) -> str:
    columns = [_quoted(field) for field in fields]
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
