"""Notes of earlier contacts, kept as other systems give them: the same note given again is the same row."""

from __future__ import annotations

import re
from enum import StrEnum

from django.db import IntegrityError, transaction

from watchword import terms
from watchword.errors import ContactInvalid, Place, RecordConflict
from watchword.history.issue_field import issue_references
from watchword.history.references import Reference
from watchword.reading.wishes import reach_problems
from watchword.store import rows
from watchword.store.chain import append_event, events_last
from watchword.store.models import Note, Person
from watchword.store.models.contacts import LONGEST_ISSUE_KEY
from watchword.store.people import identities, known_person, learn, still_of
from watchword.store.storable import plain, storable, storable_or_none
from watchword.store.taught import Taught, given_by, with_taught

LONGEST_ID = 300  # characters
LONGEST_SOURCE = 200
SHORTEST_NUMBER = 4  # digits of an issue that tells whose a note is, when nothing else does
PLACE = re.compile(r"n[1-9][0-9]*")  # what a note is called that came with a contact and had no id: its place there

NAMED = "SELECT * FROM store_note WHERE source = %s AND external_id = %s"  # asked for every row of a table


class Kept(StrEnum):
    """What became of something that was handed in."""

    NEW = "new"
    CHANGED = "changed"  # known already, and what the other system changed since is taken over
    KNOWN = "known"


def check_is_found(person: terms.Person, note: terms.Note, place: Place) -> None:
    """A note must be found again: by something that its person is known by, or by its issue. Raises ContactInvalid."""
    if identities(person) or telling_keys(issue_references(note.issue)):
        return
    wrong = reach_problems(*([given] if given else [] for given in (person.phone, person.email)))
    what = "Nothing else tells whose the note is, and no issue number leads to it."
    raise ContactInvalid(" ".join([*wrong, what]), do="Mend it where the note is made.", place=place)


def telling_keys(issue: frozenset[Reference]) -> set[str]:
    """The numbers of an issue that tell whose a note is, when nothing else does: no date, and none that is short."""
    return {one.key[:LONGEST_ISSUE_KEY] for one in issue if len(one.key) >= SHORTEST_NUMBER and not one.is_date}


def take_note(person: terms.Person, note: terms.Note) -> Kept:
    """Keep a note of whoever is named, all or nothing. Raises RecordConflict.

    One that is given again stays whose it was: who else has come to share a telephone since makes no other note of it.
    What is new about the person is kept, unless the note is struck out.
    """
    with events_last():
        kept = next(iter(rows.found(Note, NAMED + rows.locking(), *_named(note).values())), None)
        if kept is None:
            whose, new = known_person(person)
            return _kept_note(whose, note, None, with_taught(None, person, new))
        is_whose = still_of(kept.person, person, given_by(kept))
        if is_whose is None and kept.struck_at is not None:
            return _gone_over(kept, person, note)
        if is_whose is None:
            raise _another_persons(note)
        moved = is_whose != kept.person
        new = learn(is_whose, person) if kept.struck_at is None else []
        taught = with_taught(None if moved else kept.taught, person, new)
        if moved or taught != kept.taught:
            kept.person, kept.taught = is_whose, taught
            rows.change(kept, "person", "taught")
        became = _kept_note(is_whose, note, kept)
        return Kept.CHANGED if moved else became


def keep_note(person: Person, note: terms.Note) -> bool:
    """Keep a note of a person; whether it is new. Raises RecordConflict."""
    return _kept_note(person, note, Note.objects.filter(**_named(note)).first()) is Kept.NEW


def _kept_note(person: Person, note: terms.Note, kept: Note | None, taught: Taught | None = None) -> Kept:
    """Keep a note of a person. What the other system changed since is taken over. ``taught`` is of a new one.

    Raises RecordConflict when a note of this id is another person's, or an id is too long to be kept.
    """
    if len(note.id) > LONGEST_ID or len(note.source) > LONGEST_SOURCE:
        raise RecordConflict(
            "A note's id or source is too long.", do=f"Give it an id of at most {LONGEST_ID} characters."
        )
    values = _values(note)
    if kept is None:
        kept = _quicker(made := Note(person=person, taught=taught, **_named(note), **values))
        if kept is made:
            return Kept.NEW
    if kept.person_id != person.pk:
        raise _another_persons(note)
    if all(getattr(kept, name) == value for name, value in values.items()):
        return Kept.KNOWN
    Note.objects.filter(pk=kept.pk).update(**values)
    return Kept.CHANGED


def _quicker(made: Note) -> Note:
    """This note, kept; or the one of its name that somebody else has just kept."""
    try:
        with transaction.atomic():
            rows.add(made)
    except IntegrityError:
        return Note.objects.get(source=made.source, external_id=made.external_id)
    return made


def _gone_over(kept: Note, given: terms.Person, note: terms.Note) -> Kept:
    """A note that was struck out, for it was another person's, and now names whose it is: it counts for them."""
    was, (whose, new) = kept.person_id, known_person(given)
    counts = {"struck_at": None, "struck_by": "", "struck_why": ""}
    Note.objects.filter(pk=kept.pk).update(person=whose, taught=with_taught(None, given, new), **counts)
    kept.person = whose
    _kept_note(whose, note, kept)
    append_event("system", "note went over", f"person {was}", {**_named(note), "to": whose.pk})
    return Kept.CHANGED


def notes_of(person: Person) -> tuple[terms.Note, ...]:
    """Every note of a person that is not struck out, oldest first, those without a date last."""
    rows = person.notes.filter(struck_at__isnull=True).order_by("at", "id")
    return tuple(sorted((note_of(row) for row in rows), key=lambda note: note.at is None))


def is_again(row: Note, given: terms.Note) -> bool:
    """Whether a note that comes with a contact is this one that is kept: by its system's id, as when it is handed in.

    One without an id is known by all that it says. An id that may be a place among notes tells only with the words or
    the moment beside it.
    """
    if storable(given.source) != row.source:
        return False
    same_id = storable(given.id) == row.external_id
    if not PLACE.fullmatch(given.id):
        return same_id
    same_words = storable(given.note).strip() == row.text.strip()
    same_moment = given.at is not None and given.at == row.at
    if same_id:
        return same_words or same_moment
    about = given.channel, storable(given.issue or "").strip()
    return same_words and same_moment and about == (row.channel, (row.issue or "").strip())


def issue_key(issue: str | None) -> str:
    """The number by which notes on one issue are found, however it is written; empty when an issue has none.

    It narrows the search: whether two issues are the same is asked of the whole field. Of several numbers it is the
    longest that is no date, for that tells best whose a note is.
    """
    named = sorted(issue_references(issue), key=lambda one: (not one.is_date, len(one.key), one.key))
    return named[-1].key[:LONGEST_ISSUE_KEY] if named else ""


def _named(note: terms.Note) -> dict[str, str]:
    """What a note is known again by."""
    return {"source": storable(note.source), "external_id": storable(note.id)}


def _another_persons(note: terms.Note) -> RecordConflict:
    return RecordConflict(
        f"A note of this id in {note.source} is another person's.", do="Check the import: ids must be each note's own."
    )


def _values(note: terms.Note) -> dict[str, object]:
    return {
        "channel": note.channel.value if note.channel else None,
        "at": note.at,
        "issue": storable_or_none(note.issue),
        "issue_key": storable(issue_key(note.issue)),
        "text": storable(note.note),
        "extra": plain(note.extra),
    }


def note_of(row: Note) -> terms.Note:
    """The note that a row holds."""
    channel = terms.Channel(row.channel) if row.channel else None
    return terms.Note(row.external_id, row.source, row.text, channel, row.at, row.issue, row.extra)
