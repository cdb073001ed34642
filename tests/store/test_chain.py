"""The log of events: whole, and found out when it was touched."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.databases import close
from watchword.errors import ChainBroken, StoreError
from watchword.settings import Settings
from watchword.store.chain import append_event, verify_events
from watchword.store.models import ChainHead, Event

TRIGGERS = {
    "sqlite": ("DROP TRIGGER event_stays", "DROP TRIGGER event_stays_as_it_is"),
    "postgresql": ("DROP TRIGGER event_stays ON store_event",),
}


def tamper(statement: str) -> None:
    """What somebody with the database's password could do."""
    with connection.cursor() as cursor:
        for drop in TRIGGERS[connection.vendor]:
            cursor.execute(drop)
        cursor.execute(statement)


def test_events_make_a_chain(database: Settings) -> None:
    for number in range(5):
        append_event("ana", "looked", f"contact c-{number}", {"page": number, "odd": "\x00", "part": 0.1})
    assert verify_events() == 5
    assert list(Event.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_an_empty_log_is_whole(database: Settings) -> None:
    assert verify_events() == 0


def test_many_at_once_make_one_chain(database: Settings) -> None:
    def write(number: int) -> None:
        try:
            append_event("ana", "looked", f"contact c-{number}")
        finally:
            close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert verify_events() == 40


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE store_event SET actor = 'ben' WHERE number = 3", "Event 3 was changed"),
        ("UPDATE store_event SET detail = '{}' WHERE number = 2", "Event 2 was changed"),
        ("DELETE FROM store_event WHERE number = 3", "Event 3 is missing"),
        ("DELETE FROM store_event WHERE number = 5", "Event 5 is missing"),
        ("DELETE FROM store_event", "Event 1 is missing"),
        ("DELETE FROM store_chainhead", "The end of the chain is gone: nothing tells that event 5 is the last"),
        ("UPDATE store_event SET detail = '{\"page\": 1e999}' WHERE number = 2", "Event 2 was changed"),
    ],
)
def test_a_change_is_found(database: Settings, statement: str, what: str) -> None:
    for number in range(5):
        append_event("ana", "looked", f"contact c-{number}", {"page": number})
    tamper(statement)
    with pytest.raises(ChainBroken, match=what):
        verify_events()


def test_a_cut_with_a_head_put_back_is_found_by_the_hash(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    ChainHead.objects.update(hash="1" * 64)
    with pytest.raises(ChainBroken, match="does not fit the end"):
        verify_events()


def test_an_event_that_was_put_before_the_first_is_found(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    with connection.cursor() as cursor:  # no trigger forbids it, for it takes no other's place
        cursor.execute(
            "INSERT INTO store_event (number, at, actor, action, subject, detail, previous, hash) "
            "SELECT 0, at, 'ben', action, subject, detail, previous, 'x' FROM store_event"
        )
    with pytest.raises(ChainBroken, match="Event 0 was put in before the first"):
        verify_events()


COLUMNS = "number, at, actor, action, subject, detail, previous, hash"
ANOTHER = "SELECT {number}, at, 'ben', action, subject, detail, previous, {hash}"
IN_THE_PLACE = {  # of the third of five events, whose rows SQLite numbers too
    "its number": ("", "", "3", "'x'"),
    "its hash": ("", "", "6", "hash"),
    "its row": ("rowid, ", "3, ", "6", "'x'"),
}


def _put(verb: str, place: str) -> str:
    row_column, row, number, hash = IN_THE_PLACE[place]
    what = ANOTHER.format(number=number, hash=hash).replace("SELECT ", f"SELECT {row}")
    return f"{verb} INTO store_event ({row_column}{COLUMNS}) {what} FROM store_event WHERE number = 3"


def _elsewhere(settings: Settings, statement: str) -> None:
    """By a program that knows nothing of Django's."""
    with closing(sqlite3.connect(settings.folder / "watchword.sqlite")) as opened, opened:
        opened.execute(statement)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL has no such statement
@pytest.mark.parametrize("place", IN_THE_PLACE)
@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT"])
def test_no_event_takes_the_place_of_another(database: Settings, verb: str, place: str) -> None:
    for number in range(5):
        append_event("ana", "looked", f"contact c-{number}")
    kept = list(Event.objects.values())
    with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
        _elsewhere(database, _put(verb, place))
    assert list(Event.objects.values()) == kept
    assert verify_events() == 5
    append_event("ana", "looked", "contact c-6")
    assert verify_events() == 6


def test_an_event_that_is_there_is_not_inserted_by_changing_it(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    again = f"INSERT INTO store_event ({COLUMNS}) SELECT {COLUMNS} FROM store_event WHERE number = 1"
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{again} ON CONFLICT (number) DO UPDATE SET actor = 'ben'")
    assert Event.objects.get().actor == "ana"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_event_that_was_put_into_an_older_database_is_found(database: Settings) -> None:
    """The way back and forth: what was done while nothing forbade it shows, and afterwards it is forbidden."""
    for number in range(5):
        append_event("ana", "looked", f"contact c-{number}")
    call_command("migrate", "store", "0012", verbosity=0)
    _elsewhere(database, _put("REPLACE", "its number"))
    call_command("migrate", "store", verbosity=0)
    with pytest.raises(ChainBroken, match="Event 3 was changed"):
        verify_events()
    with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
        _elsewhere(database, _put("REPLACE", "its hash"))


def test_the_code_has_no_way_to_change_one(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    event = Event.objects.get()
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(actor="ben")):
        with pytest.raises(StoreError, match="never changed"):
            change()


def test_no_event_follows_where_the_end_of_the_chain_is_gone(database: Settings) -> None:
    append_event("a", "looked", "thing 1")
    ChainHead.objects.all().delete()
    with pytest.raises(ChainBroken, match="no event can follow"):
        append_event("a", "looked", "thing 2")
    assert Event.objects.count() == 1
