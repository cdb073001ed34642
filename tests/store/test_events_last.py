"""The log is taken last: whoever waits for anything else meanwhile keeps nobody who writes an event waiting."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import TypeVar

import pytest
from django.db import transaction

from tests.databases import close
from tests.recorded import ANA, SUES, a_mail, assessed
from watchword.errors import RecordConflict
from watchword.reading.originals import Original, Position
from watchword.reading.wishes import Wish
from watchword.settings import Settings
from watchword.store import models
from watchword.store.chain import append_event, events_last, verify_events
from watchword.store.mails import keep_mail, position_of
from watchword.store.notes import take_note
from watchword.store.people import person_for
from watchword.store.record import record
from watchword.store.register import enter_by_hand, take_wish
from watchword.terms import Channel, Note, Person, Scope

NEW_ADDRESS = Person("P-1001", email="ana@example.com")
KNOWN_BY_MORE = "person known by more"
Given = TypeVar("Given")


@pytest.fixture
def asked_for_nothing(database: Settings) -> Settings:
    """Ana is in the register: whatever else she comes to be known by is in the log."""
    enter_by_hand(person_for(ANA), [Scope.CALLS], by="test", origin="hand")
    return database


def in_thread(act: Callable[[], Given]) -> Given:
    try:
        return act()
    finally:
        close()


def actions() -> list[str]:
    return list(models.Event.objects.order_by("number").values_list("action", flat=True))


def keep(id: str, number: int, person: Person, before: Callable[[], object], after: Callable[[], object]) -> None:
    """A mail as it is taken in from a mailbox, with something that happens around its place in there being written."""
    contact = a_mail(SUES, id=id, person=person)

    def alongside(row: models.Contact) -> None:
        before()
        keep_mail(row, Original(b"Subject: My bill", f"mail {number}"), id, Position("imap", 1, number))
        after()

    record(contact, assessed(contact), (), alongside=alongside, actor="test")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite one writes at a time
def test_two_mails_of_one_mailbox_do_not_wait_for_each_other(asked_for_nothing: Settings) -> None:
    """One comes from an address that is new of somebody in the register, the other has the mailbox's place."""
    heard_of_ana, place_is_taken = Event(), Event()

    def of_ana() -> None:
        keep("m-1", 1, NEW_ADDRESS, lambda: (heard_of_ana.set(), place_is_taken.wait()), lambda: None)

    def of_ben() -> None:
        keep("m-2", 2, Person(name="Ben"), heard_of_ana.wait, place_is_taken.set)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_thread, of_ana), pool.submit(in_thread, of_ben)]:
            done.result()
    assert actions() == ["register entry made", "contact recorded", KNOWN_BY_MORE, "contact recorded"]
    assert position_of("imap") == Position("imap", 1, 2)
    assert verify_events() == 4


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_tables_of_wishes_do_not_wait_for_each_other(database: Settings) -> None:
    """Rows of both are taken in at the same time, and each table makes entries."""
    both_began = Barrier(2)

    def taken(whose: str) -> None:
        with events_last():  # as the rows of a table that are taken in together
            take_wish(Wish(Person(whose), (), (), (Scope.CALLS,), "CRM", None), by="test")
            both_began.wait(60)  # broken when one keeps the other waiting
            append_event("test", "taken", whose)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_thread, partial(taken, whose)) for whose in ("P-1", "P-2")]:
            done.result()
    assert actions() == ["register entry made", "taken"] * 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_nor_do_they_when_they_name_the_same_people_in_another_order(database: Settings) -> None:
    both_began, people = Barrier(2), [Person("P-1"), Person("P-2")]
    for one in people:
        person_for(one)

    def taken(first: Person, second: Person, way: Scope) -> None:
        with events_last():
            take_wish(Wish(first, (), (), (way,), "CRM", None), by="test")
            both_began.wait(60)
            take_wish(Wish(second, (), (), (way,), "CRM", None), by="test")

    tables = partial(taken, *people, Scope.CALLS), partial(taken, *reversed(people), Scope.MAIL)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(in_thread, table) for table in tables]:
            done.result()
    assert models.RegisterEntry.objects.count() == 4


def test_events_are_written_in_their_order_when_all_else_is(asked_for_nothing: Settings) -> None:
    note = Note("n1", "LIMS", "Pt emailed.", Channel.EMAIL, None, None)
    with events_last():
        append_event("test", "first", "a")
        take_note(NEW_ADDRESS, note)
        append_event("test", "last", "b")
        assert actions() == ["register entry made"]
    assert actions() == ["register entry made", "first", KNOWN_BY_MORE, "last"]
    assert verify_events() == 4


def test_what_was_undone_leaves_no_event(asked_for_nothing: Settings) -> None:
    with events_last():
        append_event("test", "first", "a")
        with pytest.raises(RecordConflict, match="too long"):
            take_note(NEW_ADDRESS, Note("n" * 400, "LIMS", "Pt emailed.", Channel.EMAIL, None, None))
    assert actions() == ["register entry made", "first"]
    assert not models.Identity.objects.filter(value="ana@example.com").exists()


def test_nothing_is_kept_back_after_a_failure(database: Settings) -> None:
    def fails() -> None:
        with events_last():
            append_event("test", "undone", "a")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fails()
    append_event("test", "written", "b")
    with transaction.atomic():
        append_event("test", "written at once", "c")
        assert actions() == ["written", "written at once"]
