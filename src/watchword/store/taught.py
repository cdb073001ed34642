"""What a note teaches about its person: a telephone or an address that they were not known by.

It is remembered on the note, with all else that the note gives. A note that is struck out may have been another
person's: then what only it taught is taken away again, lest who calls from there be taken for its person.

What a note of an earlier version taught nobody knows, and it stays. So does a patient id, for it says whose the note
was said to be; and all that a person is known by while a wish for silence is in force that may be theirs, for nobody
knows by which of it the wish came.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from watchword import terms
from watchword.store.locked import locked
from watchword.store.models import Identity, IdentityKind, Note, Person
from watchword.store.people import Known, identities, is_silent, know_by

Reach = tuple[str, str]
Taught = list[dict[str, Any]]
REACHED_BY = (IdentityKind.PHONE, IdentityKind.EMAIL)


def with_taught(before: Taught | None, given: terms.Person, new: Collection[IdentityKind]) -> Taught:
    """All that a note gave of its person by now; ``new`` is what of it they were not known by."""
    told = {(one["kind"], one["value"]): dict(one) for one in before or ()}
    for kind, (value, shown) in identities(given).items():
        first = {"kind": kind.value, "value": value, "shown": shown, "new": False}
        one = told.setdefault((kind.value, value), first)
        one["new"] = one["new"] or kind in new
    return list(told.values())


def given_by(note: Note) -> set[Reach]:
    """All that a note gave of its person, as compared."""
    return {(one["kind"], one["value"]) for one in note.taught or ()}


def only_from_notes(person: Person) -> dict[int, list[Identity]]:
    """By note that counts, what goes when it is struck out: notes taught it, and only this one gives it still."""
    rows = list(person.notes.filter(taught__isnull=False).only("struck_at", "taught"))
    new = {(one["kind"], one["value"]) for row in rows for one in row.taught or () if one["new"]}
    has = {(one.kind, one.value): one for one in person.identities.all() if one.kind in REACHED_BY}
    found: dict[int, list[Identity]] = {}
    for one in sorted(new & has.keys()):
        giving = [row.pk for row in rows if row.struck_at is None and one in given_by(row)]
        if len(giving) == 1:
            found.setdefault(giving[0], []).append(has[one])
    if not found or is_silent(person):
        return {}
    called = _given_by_contacts(person)
    return {note: [one for one in these if (one.kind, one.value) not in called] for note, these in found.items()}


def take_away(note: Note) -> list[str]:
    """Have the person of a note that is being struck out be known no more by what only it taught; the kinds of that."""
    if not note.taught:
        return []
    locked(Person).get(pk=note.person_id)  # whoever enters a wish for them holds what it is to hold for
    gone = only_from_notes(note.person).get(note.pk, [])
    Identity.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return [one.kind for one in gone]


def teach_again(note: Note) -> None:
    """Have the person of a note that is put back be known again by what it gives."""
    locked(Person).get(pk=note.person_id)
    for one in note.taught or ():
        if one["kind"] in REACHED_BY:
            new = know_by(note.person, IdentityKind(one["kind"]), one["shown"])
            one["new"] = one["new"] or new


def taken_away(note: Note, has: Collection[Reach]) -> list[str]:
    """What a note that is struck out taught, as it was given, that its person is not known by any more."""
    return [one["shown"] for one in note.taught or () if one["new"] and (one["kind"], one["value"]) not in has]


def _given_by_contacts(person: Person) -> set[Reach]:
    given = person.contacts.values_list("given_person", flat=True)
    known: list[Known] = [identities(terms.Person(**one)) for one in given.iterator()]
    return {(kind.value, value) for these in known for kind, (value, _) in these.items()}
