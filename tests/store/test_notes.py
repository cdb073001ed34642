"""Notes come once, however often they are imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.recorded import a_call, keep
from watchword.errors import RecordConflict
from watchword.settings import Settings
from watchword.store.models import Person
from watchword.store.notes import keep_note, notes_of
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
