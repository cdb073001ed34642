"""Notes of earlier contacts, kept as other systems give them: the same note given again is the same row."""

from __future__ import annotations

from watchword import terms
from watchword.errors import RecordConflict
from watchword.store.models import Note, Person
from watchword.store.storable import plain, storable, storable_or_none

LONGEST_ID = 300  # characters
LONGEST_SOURCE = 200


def keep_note(person: Person, note: terms.Note) -> bool:
    """Keep a note of a person; whether it is new. What the other system changed since is taken over.

    Raises RecordConflict when a note of this id is another person's, or an id is too long to be kept.
    """
    if len(note.id) > LONGEST_ID or len(note.source) > LONGEST_SOURCE:
        raise RecordConflict(
            "A note's id or source is too long.", do=f"Give it an id of at most {LONGEST_ID} characters."
        )
    kept, new = Note.objects.get_or_create(
        source=storable(note.source), external_id=storable(note.id), defaults={"person": person, **_values(note)}
    )
    if kept.person_id != person.pk:
        raise RecordConflict(
            f"A note of this id in {note.source} is another person's.",
            do="Check the import: ids must be each note's own.",
        )
    if not new:
        Note.objects.filter(pk=kept.pk).update(**_values(note))
    return new


def notes_of(person: Person) -> tuple[terms.Note, ...]:
    """Every note of a person, oldest first, those without a date last."""
    rows = person.notes.order_by("at", "id")
    return tuple(sorted((_note(row) for row in rows), key=lambda note: note.at is None))


def _values(note: terms.Note) -> dict[str, object]:
    return {
        "channel": note.channel.value if note.channel else None,
        "at": note.at,
        "issue": storable_or_none(note.issue),
        "text": storable(note.note),
        "extra": plain(note.extra),
    }


def _note(row: Note) -> terms.Note:
    channel = terms.Channel(row.channel) if row.channel else None
    return terms.Note(row.external_id, row.source, row.text, channel, row.at, row.issue, row.extra)
