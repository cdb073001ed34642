"""A note that is struck out counts for nobody who brings it again in a contact's own history; put back, it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.made import NOW, call
from tests.recorded import keep
from watchword.settings import Settings
from watchword.store import models
from watchword.store.contacts import contact_of
from watchword.store.earlier import with_earlier_notes
from watchword.store.notes import take_note
from watchword.store.struck import put_back, strike
from watchword.terms import Channel, Contact, History, Note, Person

ANA = Person("P-1", "Ana Brook")
SEEN = Note("L-1", "LIMS", "Pt called re bill.", Channel.PHONE, NOW - timedelta(days=9), "INV-1")
OTHER = replace(SEEN, id="L-2", at=NOW - timedelta(days=5))
UNNAMED = replace(SEEN, id="n1")  # so it is called by its place, where its system gives it no id


@pytest.fixture(autouse=True)
def struck_out(database: Settings) -> int:
    """A note of Ana's that was struck out."""
    take_note(ANA, SEEN)
    number = models.Note.objects.get().pk
    strike(number, by="user sam", why="another patient's")
    return number


def bringing(*notes: Note, id: str = "c-1", person: Person = ANA) -> Contact:
    said = call("A question.", issue="INV-1", history=History(notes, ("LIMS",)))
    return replace(said, id=id, person=person)


def counts(*notes: Note, id: str = "c-1", person: Person = ANA) -> list[str]:
    """The notes that count for a contact that brings these."""
    history = with_earlier_notes(bringing(*notes, id=id, person=person)).history
    return [note.id for note in history.notes] if history else []


@pytest.mark.parametrize("person", [ANA, Person(), Person("P-2", "Rosa Maye"), Person(phone="+16505550100")])
def test_it_counts_for_nobody_who_brings_it(person: Person) -> None:
    assert counts(SEEN, OTHER, person=person) == ["L-2"]


@pytest.mark.parametrize(
    ("again", "counted"),
    [
        (replace(SEEN, note="Pt called re bill and lab.", at=None, issue="INV-2"), False),  # changed in its system
        (replace(SEEN, source="AMD"), True),  # each system has ids of its own
        (replace(SEEN, id="L-3"), True),
        (UNNAMED, False),
        (replace(UNNAMED, at=OTHER.at), True),
        (replace(UNNAMED, note="Pt called re lab."), True),
        (replace(UNNAMED, issue="INV-2"), True),
        (replace(UNNAMED, source="AMD"), True),
    ],
)
def test_it_is_known_by_its_id_and_without_one_by_all_that_it_says(again: Note, counted: bool) -> None:
    assert counts(again) == ([again.id] if counted else [])


@pytest.mark.parametrize(
    ("again", "counted"),
    [
        ({}, False),
        ({"note": "Pt called re lab."}, False),
        ({"at": OTHER.at}, False),
        ({"note": "Pt called re lab.", "at": OTHER.at}, True),
    ],
)
def test_a_note_that_is_called_by_its_place_is_not_taken_for_another_of_that_id(
    again: dict[str, object], counted: bool
) -> None:
    take_note(ANA, UNNAMED)
    strike(models.Note.objects.get(external_id="n1").pk, by="user sam", why="another patient's")
    assert counts(replace(UNNAMED, **again)) == (["n1"] if counted else [])  # type: ignore[arg-type]


def test_put_back_it_counts_from_then_on(struck_out: int) -> None:
    keep(with_earlier_notes(bringing(SEEN, OTHER)))
    put_back(struck_out, by="user sam")
    assert counts(SEEN, OTHER, id="c-2") == ["L-1", "L-2", "c-1"]
    assert counts(SEEN, OTHER) == ["L-2"], "a contact that is recorded stays as it was assessed"


def test_it_is_kept_apart_from_what_counts_and_comes_back_so() -> None:
    contact = with_earlier_notes(bringing(SEEN, OTHER))
    keep(contact)
    kept = contact_of(models.Contact.objects.get()).history
    assert kept == contact.history
    assert kept is not None
    assert ([note.id for note in kept.notes], kept.struck) == (["L-2"], (SEEN,))


def test_one_of_which_nothing_is_struck_out_is_left_as_it_is() -> None:
    contact = bringing(OTHER, person=Person())
    assert with_earlier_notes(contact) == contact


@pytest.mark.parametrize("act", [strike, put_back])
def test_of_a_call_that_goes_on_it_goes_and_comes_back_by_whatever_it_was_known(
    struck_out: int, act: Callable[..., object]
) -> None:
    if act is strike:
        put_back(struck_out, by="user sam")
    keep(with_earlier_notes(bringing(UNNAMED, OTHER, person=Person())), is_open=True)
    act(struck_out, by="user sam", **({"why": "not hers"} if act is strike else {}))
    kept = contact_of(models.Contact.objects.get()).history
    assert kept is not None
    goes = {"n1"} if act is strike else set()
    assert ({note.id for note in kept.notes}, {note.id for note in kept.struck}) == ({"n1", "L-2"} - goes, goes)
