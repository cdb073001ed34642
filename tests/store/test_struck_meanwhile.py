"""A note is struck out while a wish for silence is entered: whoever asked is closed by all that they asked from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

import pytest
from django.db import connection, transaction

from tests.connectors.test_built_in import ENTRY
from tests.databases import close
from tests.recorded import NO_MORE, a_call, keep
from watchword.reading.wishes import Wish
from watchword.settings import Settings
from watchword.store import models, struck
from watchword.store.notes import take_note
from watchword.store.people import person_for
from watchword.store.register import Register, closed_surely, enter_named, take_wish
from watchword.store.taught import take_away
from watchword.terms import Channel, Note, Person, Scope

PHONE = "+16505550100"
ANA, CALLER = Person("P-1", "Ana Brook"), Person(phone=PHONE)
CALLED = (models.IdentityKind.PHONE, PHONE)
WRONG = Note("n1", "LIMS", "Pt called re bill.", Channel.PHONE, None, "INV-1")  # it says that the telephone is Ana's

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite one writes at a time


@pytest.fixture
def beside(database: Settings) -> Iterator[ThreadPoolExecutor]:
    """Where something else is done at the same time; a wrong note was taken in for Ana."""
    person_for(ANA)
    take_note(Person("P-1", "Ana Brook", PHONE), WRONG)
    with ThreadPoolExecutor(1) as pool:
        yield pool


def apart(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        close()


def done_or_waiting(one: Future[None]) -> None:
    """Until it is done, or waits for what somebody else has locked."""
    with connection.cursor() as cursor:
        while not wait([one], timeout=0.02).done:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return


def struck_out() -> None:
    assert struck.strike_named("LIMS", "n1", by="user sam", why="another patient's")


def strike_midway(monkeypatch: pytest.MonkeyPatch, midway: Callable[[], None]) -> None:
    """Strike the note out, and do something else once it is found what goes with it."""

    def found(note: models.Note) -> list[str]:
        monkeypatch.setattr(struck, "take_away", take_away)
        gone = take_away(note)
        midway()
        return gone

    monkeypatch.setattr(struck, "take_away", found)
    struck_out()


def strike_beside(beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Strike the note out while this is done, as far as it comes."""
    begun: list[Future[None]] = []

    def begin() -> None:
        begun.append(beside.submit(apart, act))
        done_or_waiting(begun[0])

    strike_midway(monkeypatch, begin)
    begun[0].result()


def another_note() -> int:
    """Another wrong note on the same telephone."""
    take_note(Person("P-1", phone=PHONE), replace(WRONG, id="n2"))
    return models.Note.objects.get(external_id="n2").pk


def called_and_entered() -> None:
    keep(a_call(NO_MORE, person=CALLER))
    Register().enter(ENTRY)


def entered_by_hand() -> None:
    enter_named(CALLER, [Scope.CALLS], by="user sam", origin="a letter")


def imported() -> None:
    take_wish(Wish(CALLER, (PHONE,), (), (Scope.CALLS,), "dialer", None), by="user sam")


def is_closed() -> bool:
    return Scope.CALLS in closed_surely([CALLED])[CALLED]


def test_whoever_called_meanwhile_is_closed_by_the_telephone_that_they_called_from(
    beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = lambda: keep(a_call(NO_MORE, person=CALLER))  # noqa: E731
    strike_midway(monkeypatch, lambda: beside.submit(apart, called).result())
    Register().enter(ENTRY)
    assert is_closed()


@pytest.mark.parametrize("enter", [called_and_entered, entered_by_hand, imported])
def test_an_entry_that_is_made_meanwhile_holds_for_it(
    beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, enter: Callable[[], None]
) -> None:
    strike_beside(beside, monkeypatch, enter)
    assert is_closed()


def test_what_is_struck_out_after_an_entry_waits_for_it_and_takes_nothing(beside: ThreadPoolExecutor) -> None:
    keep(a_call(NO_MORE, person=ANA))
    with transaction.atomic():
        Register().enter(ENTRY)
        striking = beside.submit(apart, struck_out)
        done_or_waiting(striking)
    striking.result()
    assert is_closed()


def test_of_two_notes_that_are_struck_out_at_once_the_last_takes_what_both_taught(
    beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = another_note()
    strike_beside(beside, monkeypatch, lambda: struck.strike(number, by="user sam", why="not hers"))
    assert not models.Identity.objects.filter(value=PHONE).exists()


def test_a_note_that_is_put_back_meanwhile_teaches_it_again(
    beside: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = another_note()
    struck.strike(number, by="user sam", why="not hers")
    strike_beside(beside, monkeypatch, lambda: struck.put_back(number, by="user sam"))
    assert models.Identity.objects.filter(value=PHONE).exists()
