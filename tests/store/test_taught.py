"""A note teaches what its person is known by; struck out, it takes away what nothing else tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.recorded import a_call, keep
from watchword.settings import Settings
from watchword.store import models
from watchword.store.chain import verify_events
from watchword.store.notes import Kept, take_note
from watchword.store.people import know_by, person_for
from watchword.store.register import closed_surely, enter_by_hand, withdraw
from watchword.store.struck import put_back, strike, strike_named
from watchword.terms import Channel, Note, Person, Scope

ID, PHONE, EMAIL = "P-1", "+16505550100", "zoe@example.com"
ANA = Person(ID, "Ana Brook")
WRONG = replace(ANA, phone="(650) 555-0100", email=EMAIL)  # they are Zoe's
NOTE = Note("n1", "LIMS", "Pt called re bill.", Channel.PHONE, datetime(2025, 3, 1, tzinfo=UTC), "INV-1")
OTHER = replace(NOTE, id="n2")
CALLED = (models.IdentityKind.PHONE, PHONE)


def known_by(person: models.Person) -> set[str]:
    return set(person.identities.values_list("value", flat=True))


def struck(note: Note = NOTE) -> None:
    assert strike_named(note.source, note.id, by="user sam", why="another patient's")


def back(note: Note = NOTE) -> None:
    assert put_back(models.Note.objects.get(external_id=note.id).pk, by="user sam")


def test_who_calls_from_what_a_wrong_note_taught_is_not_taken_for_its_person(database: Settings) -> None:
    ana = person_for(ANA)
    take_note(WRONG, NOTE)
    assert person_for(Person(phone=PHONE)) == ana
    struck()
    assert known_by(ana) == {"p-1"}
    assert person_for(Person(phone=PHONE)) != ana
    told = models.Event.objects.get(action="note struck out")
    assert told.detail["takes"] == ["email", "phone"]
    verify_events()


def test_put_back_it_teaches_it_again_and_struck_out_anew_it_takes_it_away_again(database: Settings) -> None:
    ana = person_for(ANA)
    take_note(WRONG, NOTE)
    struck()
    back()
    assert known_by(ana) == {"p-1", PHONE, EMAIL}
    assert ana.identities.get(kind="phone").shown == "(650) 555-0100"
    struck()
    assert known_by(ana) == {"p-1"}


def test_what_the_person_was_known_by_before_stays(database: Settings) -> None:
    ana = person_for(replace(ANA, phone=PHONE))
    take_note(WRONG, NOTE)
    struck()
    assert known_by(ana) == {"p-1", PHONE}


@pytest.mark.parametrize("first", [NOTE, OTHER])
def test_what_another_note_tells_too_stays_until_that_one_is_struck_out(database: Settings, first: Note) -> None:
    take_note(WRONG, NOTE)
    take_note(replace(ANA, phone=PHONE), OTHER)
    ana = models.Person.objects.get()
    struck(first)
    assert PHONE in known_by(ana)
    struck(OTHER if first is NOTE else NOTE)
    assert known_by(ana) == {"p-1"}
    back(OTHER)
    assert known_by(ana) == {"p-1", PHONE}


def test_what_a_contact_gives_stays(database: Settings) -> None:
    take_note(WRONG, NOTE)
    keep(a_call(person=Person(phone="+1 650 555 0100")))
    ana = models.Contact.objects.get().person
    struck()
    assert known_by(ana) == {"p-1", PHONE}


def test_who_has_a_note_alone_is_still_whose_patient_id_it_named(database: Settings) -> None:
    take_note(WRONG, NOTE)
    ana = models.Person.objects.get()
    struck()
    assert known_by(ana) == {"p-1"}
    assert person_for(Person(ID)) == ana


def test_while_a_wish_is_in_force_nothing_is_taken_away(database: Settings) -> None:
    """An entry does not say by what its person was named: what it closes stays closed."""
    take_note(WRONG, NOTE)
    ana = person_for(Person(phone=PHONE))
    entry = enter_by_hand(ana, [Scope.CALLS], by="user sam", origin="a letter")
    struck()
    assert closed_surely([CALLED])[CALLED] == {Scope.CALLS}
    withdraw(entry.pk, by="user sam", why="She asked.")
    back()
    struck()
    assert known_by(ana) == {"p-1"}


def test_nor_while_one_is_of_somebody_who_may_be_the_same(database: Settings) -> None:
    take_note(WRONG, NOTE)
    ana = models.Person.objects.get()
    other = models.Person.objects.create()
    know_by(other, models.IdentityKind.EMAIL, EMAIL)
    enter_by_hand(other, [Scope.CALLS], by="user sam", origin="a letter")
    struck()
    assert known_by(ana) == {"p-1", PHONE, EMAIL}


@pytest.mark.parametrize("given", [WRONG, Person(phone=PHONE), replace(ANA, phone="+16505550101")])
def test_taken_in_again_it_stays_struck_out_and_teaches_nothing(database: Settings, given: Person) -> None:
    take_note(WRONG, NOTE)
    ana = models.Person.objects.get()
    struck()
    take_note(given, NOTE)
    row = models.Note.objects.get()
    assert (row.person, row.struck_at is not None) == (ana, True)
    assert known_by(ana) == {"p-1"}
    back()
    assert known_by(ana) >= {"p-1", PHONE, EMAIL}


def test_taken_in_for_whose_it_is_it_teaches_them(database: Settings) -> None:
    zoe = person_for(Person(phone=PHONE))
    ana = person_for(ANA)
    take_note(WRONG, NOTE)
    struck()
    assert take_note(Person("P-2", "Zoe Lind", PHONE, EMAIL), NOTE) is Kept.CHANGED
    assert models.Note.objects.get().person == zoe, "nobody else has the telephone any more"
    assert (known_by(ana), known_by(zoe)) == ({"p-1"}, {"p-2", PHONE, EMAIL})
    struck()
    assert known_by(zoe) == {"p-2", PHONE}, "she was known by the telephone before"


def test_told_only_later_whose_it_is_it_takes_nothing_from_them(database: Settings) -> None:
    ana = person_for(replace(ANA, phone=PHONE, email="ana@example.org"))
    person_for(Person("P-3", "Bo Brook", PHONE))
    take_note(Person(phone=PHONE), NOTE)
    assert models.Note.objects.get().person != ana
    take_note(replace(ANA, phone=PHONE), NOTE)
    assert models.Note.objects.get().person == ana
    struck()
    assert known_by(ana) == {"p-1", PHONE, "ana@example.org"}


def test_what_an_older_version_kept_taught_nobody_knows_what(database: Settings) -> None:
    take_note(WRONG, NOTE)
    models.Note.objects.update(taught=None)
    ana = models.Person.objects.get()
    assert take_note(WRONG, NOTE) is Kept.KNOWN
    struck()
    assert known_by(ana) == {"p-1", PHONE, EMAIL}
    back()
    take_note(replace(WRONG, phone="+16505550101"), NOTE)
    assert strike(models.Note.objects.get().pk, by="user sam", why="another patient's")
    assert known_by(ana) == {"p-1", PHONE, EMAIL}, "what it taught since is known"
