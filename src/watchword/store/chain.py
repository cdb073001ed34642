"""The log of events: each holds a hash over the one before, so that a change anywhere shows from there on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Max

from watchword.errors import ChainBroken
from watchword.store import rows
from watchword.store.messages import Question, ask, ask_ahead, together
from watchword.store.models import ChainHead, Event
from watchword.store.storable import fingerprint, plain

LONGEST_ACTOR = 200
LONGEST_SUBJECT = 600
AT_ONCE = 2000  # events read at a time while verifying
HEAD = 1  # the head's one row
MOST_EVENTS = 2**40  # among which one is looked for by its time
COMPARE = "Compare with a copy of the database made before."
SEEN_AGAIN = timedelta(minutes=15)  # after which somebody who looks at the same thing is written down again
BY_THE_CLOCK = "by_the_clock"  # in an event's detail, when it was by a clock that had been put back
APART = timedelta(seconds=1)  # so much the clocks of two machines may differ
# A statement of its own: one that also waits for the head sees no event that was written while it waited.
LAST_AT = Question(
    'SELECT "at" FROM store_event WHERE number = (SELECT number FROM store_chainhead WHERE id = %s)', (HEAD,)
)
# Asked with every page, and so in SQL: to put a query together takes longer than to run it.
SEEN_LAST = (
    'SELECT "at", detail FROM store_event WHERE action = %s AND actor = %s AND subject = %s'
    " ORDER BY number DESC LIMIT 1"
)
CHANGED_LAST = """
    SELECT number FROM store_event WHERE action NOT LIKE %s AND action NOT LIKE %s AND action NOT LIKE %s
    AND action NOT IN ('register asked', 'contact assessed') ORDER BY number DESC LIMIT 1
"""
LOOKS = ("% seen", "% read", "% heard")
# Each is one statement, for to ask once for every step took longer than all else of the page. The first passes over
# what is earlier in stretches half as long each time, the second goes from one value of an indexed column to the next.
NUMBER_AT = """
    WITH RECURSIVE looked (passed, stretch) AS (
        SELECT CAST(0 AS bigint), CAST(%s AS bigint)
        UNION ALL
        SELECT CASE WHEN %s > (
            SELECT "at" FROM store_event WHERE number > passed AND number <= passed + stretch
            ORDER BY number DESC LIMIT 1
        ) THEN passed + stretch ELSE passed END, stretch / 2
        FROM looked WHERE stretch > 0
    )
    SELECT COALESCE(
        (SELECT MIN(number) FROM store_event WHERE number > passed),
        (SELECT number + 1 FROM store_chainhead WHERE id = %s)
    ) FROM looked WHERE stretch = 0
"""
DIFFERENT = """
    WITH RECURSIVE found (value) AS (
        SELECT MIN({column}) FROM store_event WHERE {column} > ''
        UNION ALL
        SELECT (SELECT MIN({column}) FROM store_event WHERE {column} > found.value) FROM found WHERE value IS NOT NULL
    )
    SELECT value FROM found WHERE value IS NOT NULL LIMIT %s
"""
ACTORS, ACTIONS = DIFFERENT.format(column="actor"), DIFFERENT.format(column="action")


Row = TypeVar("Row")
_Told = tuple[dict[str, Any], Callable[[], None]]
_kept_back: ContextVar[list[_Told] | None] = ContextVar("events kept back", default=None)


def append_event(
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    *,
    in_turn: Callable[[], None] = lambda: None,
) -> None:
    """Write one event; part of the transaction around it, if there is one.

    ``in_turn`` is done with it: all that was before in the log can be read by then, and nothing that comes after.

    Everybody who writes an event waits for the chain's head until the other transaction ends, so it is best the last
    thing a transaction does: `events_last` sees to that.
    """
    told = {
        "actor": plain(actor)[:LONGEST_ACTOR],
        "action": action,
        "subject": plain(subject)[:LONGEST_SUBJECT],
        "detail": plain(detail or {}),
    }
    kept_back = _kept_back.get()
    if kept_back is None:
        _write(told, in_turn)
    else:
        kept_back.append((told, in_turn))


@contextmanager
def events_last() -> Iterator[None]:
    """A transaction that writes its events when all else is done, in their order; those of what is undone it drops.

    Whoever has the chain's head and then waits for a row may wait for somebody who waits for the head.
    """
    around, mine = _kept_back.get(), list[_Told]()
    with transaction.atomic(), together():
        token = _kept_back.set(mine)
        try:
            yield
        finally:
            _kept_back.reset(token)
        if around is not None:
            around.extend(mine)
            return
        for told, in_turn in mine:
            _write(told, in_turn)


def _write(told: dict[str, Any], in_turn: Callable[[], None]) -> None:
    with transaction.atomic(savepoint=False), together():
        ask_ahead(rows.asked_locked(ChainHead, "id", HEAD), LAST_AT)
        head = rows.found_locked(ChainHead, "id", HEAD)
        if head is None:
            raise ChainBroken("The end of the chain is gone: no event can follow.", do=COMPARE)
        now = _now()
        at = max(now, _last_at() or now)
        if at - now > APART:
            told = {**told, "detail": {**told["detail"], BY_THE_CLOCK: _text(now)}}
        event = Event(number=head.number + 1, at=_text(at), previous=head.hash, **told)
        event.hash = hash_of(event)
        rows.add_soon(event)
        head.number, head.hash = event.number, event.hash
        rows.change(head, "number", "hash")
        in_turn()


def _last_at() -> datetime | None:
    """When the last event was, for none is before it whatever the clock says; None where nobody can tell."""
    found = _decoded(lambda: ask(LAST_AT).rows)
    try:
        return datetime.fromisoformat(found[0][0]).astimezone(UTC) if found else None
    except (ValueError, TypeError, OverflowError):  # such as nobody here can have written
        return None


def _now() -> datetime:
    return datetime.now(UTC)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def saw(actor: str, action: str, subject: str) -> None:
    """Write that somebody saw something: once in a quarter of an hour, for an open page is looked at many times.

    What is tried again and again is written so too.
    """
    if _seen_lately(actor, action, subject):
        return
    with transaction.atomic():
        ChainHead.objects.select_for_update().get(pk=HEAD)
        if not _seen_lately(actor, action, subject):  # by the same person in another window, just now
            append_event(actor, action, subject)


def _seen_lately(actor: str, action: str, subject: str) -> bool:
    newest = _row(SEEN_LAST, action, plain(actor)[:LONGEST_ACTOR], plain(subject)[:LONGEST_SUBJECT])
    if newest is None:
        return False
    at, detail = newest
    seen, now = str(json.loads(detail).get(BY_THE_CLOCK, at)), _now()
    return _text(now - SEEN_AGAIN) < seen <= _text(now + APART)  # one later than now was by another clock


def last_change() -> int:
    """The number of the last event that was more than a look; 0 when there is none. Looks stand close together at the
    end of the log, so few of them are passed over.
    """
    return _first(CHANGED_LAST, *LOOKS) or 0


def number_at(moment: datetime) -> int:
    """The number of the first event at this moment or after it: numbers follow time."""
    found: int = _first(NUMBER_AT, MOST_EVENTS, _text(moment.astimezone(UTC)), HEAD)
    return found


def _first(words: str, *given: Any) -> Any:
    """What the first row says first; None when there is none."""
    return next(iter(_row(words, *given) or ()), None)


def _row(words: str, *given: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(words, given)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def actors(most: int) -> list[str]:
    """Whoever is in the log, each once, in the order of their names; never a walk through the whole log."""
    return _different(ACTORS, most)


def actions(most: int) -> list[str]:
    """What was ever done, in the same way."""
    return _different(ACTIONS, most)


def _different(words: str, most: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(words, [most])
        return [value for (value,) in cursor.fetchall()]


def hash_of(event: Event) -> str:
    """SHA-256 over the previous hash and everything the event says."""
    return fingerprint([event.previous, event.number, event.at, event.actor, event.action, event.subject, event.detail])


def verify_events(step: Callable[[int], None] = lambda _count: None) -> int:
    """Check the whole chain and give the number of events.

    ``step`` is told after every stretch how many were checked. Raises ChainBroken with the first event that does not
    fit: put in, changed, missing, or cut off at the end.
    """
    before = Event.objects.filter(number__lt=1).values_list("number", flat=True).first()
    if before is not None:
        raise _broken(before, "was put in before the first")
    previous, number = "0" * 64, 0
    while stretch := _after(number):
        for event in stretch:
            if event.number != number + 1:
                raise _broken(number + 1, "is missing")
            if event.previous != previous or not _is_itself(event):
                raise _broken(event.number, "was changed after it was written")
            previous, number = event.hash, event.number
        step(number)
    head = _end_after(number)
    # Events written since the last stretch was read lie after it; only a head that is behind or beside shows a cut.
    if head.number < number or (head.number == number and head.hash != previous):
        raise _broken(number, "does not fit the end of the chain")
    if head.number > number and not Event.objects.filter(number=head.number).exists():
        raise _broken(number + 1, "is missing")
    return number


def _after(number: int, most: int = AT_ONCE) -> list[Event]:
    """The next events. Raises ChainBroken when the very next one holds what cannot be read."""
    found = _decoded(lambda: list(Event.objects.filter(number__gt=number).order_by("number")[:most]))
    if found is not None:
        return found
    if most == 1:
        raise _broken(number + 1, "holds what cannot be read")
    return _after(number, most // 2)  # those before it are looked at first


def _end_after(number: int) -> ChainHead:
    """The end of the chain, as it was written with the last event. Raises ChainBroken."""
    kept = _decoded(lambda: list(ChainHead.objects.filter(pk=HEAD)))
    if kept is None or any(not isinstance(head.number, int) for head in kept):
        raise ChainBroken("The end of the chain holds what cannot be read.", do=COMPARE)
    if not kept:
        raise ChainBroken(f"The end of the chain is gone: nothing tells that event {number} is the last.", do=COMPARE)
    return kept[0]


def _decoded(read: Callable[[], list[Row]]) -> list[Row] | None:
    """Rows as they are read; None when one holds what is no text or no JSON, as SQLite keeps it for whoever writes so.

    Whatever else ails the database is raised: SQLite has a name for it, and for this it has none.
    """
    try:
        return read()
    except ValueError:
        return None
    except OperationalError as error:
        if isinstance(error.__cause__, sqlite3.Error) and not hasattr(error.__cause__, "sqlite_errorname"):
            return None
        raise


def _is_itself(event: Event) -> bool:
    try:
        return event.hash == hash_of(event)
    except (ValueError, TypeError):  # such as nobody here can have written
        return False


def verify_kept(number: int, hash: str) -> None:
    """Check that an event is still the one that somebody wrote down: a cut at the end leaves a whole chain.

    Raises ChainBroken.
    """
    found = Event.objects.filter(number=number).values_list("hash", flat=True).first()
    if found is None:
        last = Event.objects.aggregate(last=Max("number"))["last"] or 0
        raise _broken(number, f"was kept and is not there any more: the log ends at event {last}")
    if found != hash:
        raise _broken(number, "is not the one that was kept: it, or one before it, was written anew")


def _broken(number: int, what: str) -> ChainBroken:
    return ChainBroken(f"Event {number} {what}.", do=COMPARE)
