"""The log of events: whole, and found out when it was touched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

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


def test_the_code_has_no_way_to_change_one(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    event = Event.objects.get()
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(actor="ben")):
        with pytest.raises(StoreError, match="never changed"):
            change()
