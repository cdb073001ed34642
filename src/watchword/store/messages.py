"""What goes to PostgreSQL as one message: writes with the next statement, and questions asked ahead of their turn.

Each way there and back takes longer than the statement, and others wait meanwhile for what is locked. SQLite has no way
to go: there everything is asked and written in its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model

NEXT_KEY = "SELECT nextval(pg_get_serial_sequence(%s, %s))"


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, and the row that it gives its key to."""

    words: str
    given: Sequence[Any]
    row: Model | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that reads."""

    words: str
    given: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement found: the names of its columns, and its rows as the database has them."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


@dataclass(slots=True)
class _Open:
    """What waits in a transaction whose writes go together, and what was asked ahead in it."""

    unsent: list[Write] = field(default_factory=list)
    answers: dict[Question, Answer] = field(default_factory=dict)
    keys: dict[type[Model], int] = field(default_factory=dict)


_open: ContextVar[_Open | None] = ContextVar("what goes to the database together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is written within goes with the next statement, whoever makes it, and before it; the last at the end.

    What the database refuses is raised a statement later.
    """
    if connection.vendor != "postgresql" or _open.get() is not None:
        yield
        return
    token = _open.set(_Open())
    try:
        with connection.execute_wrapper(_with_what_is_unsent):
            yield
            send()
    finally:
        _open.reset(token)


def send() -> None:
    """Write now what goes with the next statement; then every row has its key."""
    here = _open.get()
    if here is not None and here.unsent:
        _write(here.unsent.pop())


def write(one: Write) -> None:
    """Write it with the next statement, where such go together; else now."""
    here = _open.get()
    if here is None:
        _write(one)
    else:
        here.unsent.append(one)


def write_now(one: Write) -> None:
    """Write it; a row has its key then."""
    _write(one)


def ask_ahead(*questions: Question, keys: Sequence[type[Model]] = ()) -> None:
    """Ask all of this in one message, within `together`; whoever asks one of it next has the answer at once, one time.

    They are asked in this order, and only what nothing written before its turn would change may be among them. ``keys``
    are the kinds of which a new row may follow: each is given a key that no other has, used or not.
    """
    here = _open.get()
    if here is None:
        return
    found = ask_all(*questions, *(Question(NEXT_KEY, _sequence(kind)) for kind in keys))
    here.answers.update(zip(questions, found, strict=False))
    here.keys.update({kind: one.rows[0][0] for kind, one in zip(keys, found[len(questions) :], strict=True)})


def ask_all(*questions: Question) -> list[Answer]:
    """What each of these finds; each sees what was there when it began."""
    if connection.vendor != "postgresql":
        return [ask(one) for one in questions]
    found = []
    with connection.cursor() as cursor:
        cursor.execute("; ".join(one.words for one in questions), [value for one in questions for value in one.given])
        for _ in questions:
            found.append(_answer(cursor))
            cursor.nextset()
    return found


def ask(question: Question) -> Answer:
    """Every row that a question finds, from what was asked ahead if it is there."""
    here = _open.get()
    ahead = here.answers.pop(question, None) if here is not None and here.answers else None
    if ahead is not None:
        return ahead
    with connection.cursor() as cursor:
        cursor.execute(question.words, question.given)
        return _answer(cursor)


def reserved_key(kind: type[Model]) -> int | None:
    """A key that was asked for ahead, one time; then the row need not be written at once to have one."""
    here = _open.get()
    return here.keys.pop(kind, None) if here is not None else None


def _answer(cursor: Any) -> Answer:
    return Answer([column[0] for column in cursor.description], cursor.fetchall())


def _sequence(kind: type[Model]) -> tuple[str, str]:
    return connection.ops.quote_name(kind._meta.db_table), str(kind._meta.pk.column)


def _with_what_is_unsent(execute: Callable[..., Any], words: str, given: Any, many: bool, context: Any) -> Any:
    here = _open.get()
    if many:  # these go by themselves
        send()
    if here is None or not here.unsent:
        return execute(words, given, many, context)
    before, here.unsent[:] = list(here.unsent), []
    if given is None:
        words = words.replace("%", "%%")
    every = [value for one in before for value in one.given]
    found = execute("; ".join([*(one.words for one in before), words]), [*every, *(given or ())], many, context)
    for one in before:
        _take_key(context["cursor"], one)
        context["cursor"].nextset()
    return found


def _write(one: Write) -> None:
    with connection.cursor() as cursor:
        cursor.execute(one.words, one.given)
        _take_key(cursor, one)


def _take_key(cursor: Any, one: Write) -> None:
    if one.row is not None:
        tells = connection.features.can_return_columns_from_insert
        one.row.pk = cursor.fetchone()[0] if tells else cursor.lastrowid
