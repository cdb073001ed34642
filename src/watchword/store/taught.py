"""What a note or a contact teaches about its person: a telephone or an address that they were not known by.

It is remembered on the note, with all else that the note gives. A note that is struck out may have been another
person's: then what only it taught is taken away again, lest who calls from there be taken for its person. So is what
a call taught whose patient id is taken back: the id, if nobody was known by it, and the name, if there was none.

What a note or a contact of an earlier version taught nobody knows, and it stays. So does a note's patient id, for it
says whose the note was said to be; and all that a person is known by while a wish for silence is in force that may be
theirs, for nobody knows by which of it the wish came.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from watchword import terms
from watchword.store.locked import locked
from watchword.store.models import Contact, Identity, IdentityKind, Note, Person
from watchword.store.people import identities, is_silent, know_by, known_person, name_key

Reach = tuple[str, str]
Taught = list[dict[str, Any]]
REACHED_BY = (IdentityKind.PHONE, IdentityKind.EMAIL)
NAME = "name"  # among what a contact taught


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


def taken_away(note: Note, has: Collection[Reach]) -> list[Identity]:
    """What a note that is struck out taught, that its person is not known by any more; kept nowhere else."""
    gone = [one for one in note.taught or () if one["new"] and (one["kind"], one["value"]) not in has]
    return [Identity(kind=one["kind"], value=one["value"], shown=one["shown"]) for one in gone]


def _given_by_contacts(person: Person) -> set[Reach]:
    given = person.contacts.values_list("given_person", flat=True)
    return {one for told in given.iterator() for one in _given(told)}


def _given(told: dict[str, Any]) -> set[Reach]:
    """All that a contact gives of its person, as compared; the name too."""
    given = terms.Person(**told)
    name = {(NAME, name_key(given.name))} if given.name else set()
    return name | {(kind.value, value) for kind, (value, _) in identities(given).items()}


def taught_by(
    given: terms.Person, *, but: Collection[int] = (), otherwise: Person | None = None
) -> tuple[Person, list[str]]:
    """The person that a contact names, as `known_person` finds them, and what of it was new of them."""
    person, new = known_person(given, but=but, otherwise=otherwise)
    return person, [*(kind.value for kind in new), *([NAME] if person.named_now else [])]


def only_from_call(row: Contact) -> set[Reach]:
    """What its person is known by no more once a call is not theirs: it was taught, and only this call gives it."""
    new = {(one["kind"], one["value"]) for note in _notes(row) for one in note.taught or () if one["new"]}
    new |= {one for call in row.person.contacts.only("given_person", "taught") for one in _new(call)}
    only = (new & _given(row.given_person)).difference(*(_given_of(other) for other in _others(row)))
    return set() if only and is_silent(row.person, but_for=row.pk) else only


def take_from_call(row: Contact) -> set[Reach]:
    """Have the person of a call that is not theirs be known no more by what only it taught; what that is.

    What others give as well is theirs to have taught from now on.
    """
    person = locked(Person).get(pk=row.person_id)  # whoever enters a wish for them holds what it is to hold for
    gone = only_from_call(row)
    for kind, value in gone:
        person.identities.filter(kind=kind, value=value).delete()
    if any(kind == NAME for kind, _ in gone):
        person.name = person.name_key = ""
        person.save(update_fields=["name", "name_key"])
    for one in _new(row) - gone:
        _hand_on(one, [other for other in _others(row) if one in _given_of(other)])
    return gone


def _new(call: Contact) -> set[Reach]:
    return {one for one in _given(call.given_person) if one[0] in (call.taught or ())}


def _notes(row: Contact) -> QuerySet[Note]:
    return row.person.notes.filter(taught__isnull=False).only("struck_at", "taught")


def _others(row: Contact) -> list[Note | Contact]:
    """What else tells of a call's person: other contacts, and notes that count."""
    calls = row.person.contacts.exclude(pk=row.pk).only("given_person")
    return [*calls, *_notes(row).filter(struck_at__isnull=True)]


def _given_of(other: Note | Contact) -> set[Reach]:
    return given_by(other) if isinstance(other, Note) else _given(other.given_person)


def _hand_on(what: Reach, others: Iterable[Note | Contact]) -> None:
    """Have one of these, which give it, be what taught it. Whatever is locked is passed over, lest both wait."""
    for other in others:
        free = QuerySet(type(other)).select_for_update(no_key=True, skip_locked=True).filter(pk=other.pk).first()
        if free is None:
            continue
        if isinstance(free, Note):
            told = ((one, (one["kind"], one["value"])) for one in free.taught or ())
            free.taught = [{**one, "new": one["new"] or named == what} for one, named in told]
        else:
            free.taught = [*(free.taught or ()), what[0]]
        free.save(update_fields=["taught"])
        break
