"""Notes come once, however often they are imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.recorded import a_call, keep
from watchword.errors import RecordConflict
from watchword.settings import Settings
from watchword.store.models import Identity, Person
from watchword.store.models import Note as NoteRow
from watchword.store.notes import Kept, keep_note, notes_of, take_note
from watchword.terms import Channel, Note
from watchword.terms import Person as Named

NOTE = Note("n1", "LIMS", "Patient called.\x00", Channel.PHONE, datetime(2025, 3, 1, tzinfo=UTC), "INV-1", {"by": "u7"})


def test_a_note_given_again_is_the_same_note(database: Settings) -> None:
    keep(a_call())
    ana = Person.objects.get()
    assert [keep_note(ana, NOTE), keep_note(ana, replace(NOTE, note="Patient called twice."))] == [True, False]
    assert keep_note(ana, replace(NOTE, source="AMD", at=None))
    assert notes_of(ana) == (
        replace(NOTE, note="Patient called twice."),
        replace(NOTE, source="AMD", at=None, note="Patient called.�"),
    )


def test_a_note_belongs_to_one_person(database: Settings) -> None:
    keep(a_call())
    keep(a_call(id="c-2", person=Named("P-2", "Ben Lake")))
    ana, ben = Person.objects.order_by("id")
    keep_note(ana, NOTE)
    with pytest.raises(RecordConflict, match="another person's"):
        keep_note(ben, NOTE)
    with pytest.raises(RecordConflict, match="too long"):
        keep_note(ana, replace(NOTE, id="n" * 301))


PHONE = "+16505551212"


def test_a_note_stays_whose_it_was_when_others_come_to_share_the_telephone(database: Settings) -> None:
    assert take_note(Named(phone=PHONE), NOTE) is Kept.NEW
    for id, name in (("P-1", "Ana Brook"), ("P-2", "Ben Brook")):
        keep(a_call(id=id, person=Named(id, name, PHONE)))
    people = Person.objects.count()
    assert take_note(Named(phone=PHONE), NOTE) is Kept.KNOWN
    assert take_note(Named(phone=PHONE, email="ana@example.org"), replace(NOTE, note="Called twice.")) is Kept.CHANGED
    assert Person.objects.count() == people
    whose = NoteRow.objects.get().person
    assert Identity.objects.get(value="ana@example.org").person == whose, "what is new is remembered"


def test_a_note_of_nobody_in_particular_is_known_again(database: Settings) -> None:
    assert [take_note(Named(phone="anonymous"), NOTE) for _ in range(2)] == [Kept.NEW, Kept.KNOWN]
    assert Person.objects.count() == 1


def test_a_note_goes_over_to_the_patient_that_is_named_only_later(database: Settings) -> None:
    keep(a_call(person=Named("P-1", "Ana Brook")))
    take_note(Named(phone=PHONE), NOTE)
    assert take_note(Named("P-1", phone=PHONE), NOTE) is Kept.CHANGED
    assert NoteRow.objects.get().person == Identity.objects.get(value="p-1").person
    assert take_note(Named("P-1", phone=PHONE), NOTE) is Kept.KNOWN


@pytest.mark.parametrize("other", [Named("P-2", "Ana Brook", PHONE), Named(name="Zoe", phone="+16505550100")])
def test_a_note_is_anothers_when_what_is_given_says_so(database: Settings, other: Named) -> None:
    take_note(Named("P-1", "Ana Brook", PHONE), NOTE)
    with pytest.raises(RecordConflict, match="another person's"):
        take_note(other, NOTE)
    assert Person.objects.count() == 1
