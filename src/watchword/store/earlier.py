"""What is known here of whoever a contact is from: the notes of other systems, and the contacts recorded here.

They are found by what people are known by, and by the issue when nothing tells whose it is.

Each system knows a customer by something else, so notes of several people here may be one customer's: everybody whom
nothing tells apart from whoever contacts us. Which of their notes are contacts on the same issue, and which tell of one
contact twice, is decided where notes are counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django.db.models import Prefetch, Q, QuerySet

from watchword import terms
from watchword.history.issue_field import issue_references, name_one_issue
from watchword.history.recorded import named_by, note_of_recorded
from watchword.history.references import Reference
from watchword.store.contacts import history_of
from watchword.store.models import Contact, IdentityKind, Note, Person, Turn
from watchword.store.models.contacts import LONGEST_ISSUE_KEY
from watchword.store.notes import note_of, telling_keys
from watchword.store.people import Known, identities, name_key
from watchword.store.sources import read_and_failed
from watchword.store.storable import storable
from watchword.store.struck import without_struck

MOST_PEOPLE = 200  # who share a telephone or an address, the newest
MOST_NOTES = 500  # of one customer, the newest
MOST_CONTACTS = 50  # of one customer, the newest, that were recorded here under another issue field or none
TOLD_OF = ("key", "channel", "at", "issue", "given_person", "extra")
Row = TypeVar("Row", Note, Contact)


def with_earlier_notes(contact: terms.Contact) -> terms.Contact:
    """The contact with the notes that are kept here beside those that came with it.

    One that is recorded already keeps the notes that it was recorded with: told again, it is assessed the same.
    """
    kept = Contact.objects.filter(key=storable(contact.id)).first()
    return with_notes_known(contact) if kept is None else replace(contact, history=history_of(kept))


def with_notes_known(
    contact: terms.Contact, *, begun: datetime | None = None, but: Collection[int] = ()
) -> terms.Contact:
    """The contact with the notes that are kept here by now beside those that it has, and none of people in ``but``.

    ``begun`` is when it was first recorded: of one that does not say when it was received, what came later is no
    earlier contact.
    """
    read, failed = read_and_failed()
    known = identities(contact.person)
    reached = (person for person in _reached(known, contact.person.name) if person.pk not in but)
    people = [person for person in reached if _may_be(person, contact.person.name, known)]
    before = _before(contact, contact.received_at or begun)
    notes = [*_notes(contact, known, people), *_recorded_here(contact, known, people, before)]
    notes += _by_issue_alone(contact, known, people, before, but)
    if contact.history is None and not (notes or read or failed):
        return contact
    own = without_struck(contact.history or terms.History())
    return replace(contact, history=joined(own, notes, read, failed))


def joined(
    own: terms.History, notes: Sequence[terms.Note], read: tuple[str, ...], failed: tuple[str, ...]
) -> terms.History:
    """A contact's own history with what else is known: what it says of a system itself is newer."""
    brought = {(note.source, note.id) for note in own.notes}
    more = [note for note in notes if (note.source, note.id) not in brought]
    told = {*own.sources_read, *own.sources_failed}
    return terms.History(
        notes=(*own.notes, *more),
        sources_read=tuple(dict.fromkeys((*own.sources_read, *(name for name in read if name not in told)))),
        sources_failed=tuple(dict.fromkeys((*own.sources_failed, *(name for name in failed if name not in told)))),
        struck=own.struck,
    )


def _notes(contact: terms.Contact, known: Known, people: list[Person]) -> list[terms.Note]:
    """The notes of these people: all on this very issue, and the newest of the others."""
    if not people:
        return []
    issue = issue_references(contact.issue)
    theirs = Note.objects.filter(person__in=people, struck_at__isnull=True).order_by("-at", "-id")
    keys = {one.key[:LONGEST_ISSUE_KEY] for one in issue}
    found = list(theirs.filter(issue_key__in=keys)[:MOST_NOTES])
    found += theirs.exclude(issue_key__in=keys)[: MOST_NOTES - len(found)]
    if _are_several(people, known):  # a family's telephone: only what is on this issue is surely about it
        found = [note for note in found if _is_on(issue, note)]
    return [note_of(note) for note in found]


def _by_issue_alone(
    contact: terms.Contact, known: Known, people: list[Person], before: QuerySet[Contact], but: Collection[int]
) -> list[terms.Note]:
    """Notes and contacts on this very issue of a customer who may be whoever contacts us, though nothing else leads
    to them.

    A date or a short number tells nobody's, nor does a number under which several customers are known.
    """
    issue = issue_references(contact.issue)
    keys = telling_keys(issue)
    if not keys:
        return []
    on_it = Note.objects.filter(issue_key__in=keys, struck_at__isnull=True)
    noted = _of_others(on_it.order_by("-at", "-id"), people)
    recorded = _of_others(before.filter(_under(contact)), people)
    found: list[Note | Contact] = [*(row for row in noted if _is_on(issue, row)), *recorded]
    found = [row for row in found if row.person_id not in but]
    found = [row for row in found if _may_be(row.person, contact.person.name, known) and _may_be_of(row.person, people)]
    if _are_several([row.person for row in found], known):
        return []
    return [note_of(row) if isinstance(row, Note) else note_of_recorded(_as_told(row, None), row.at) for row in found]


def _of_others(rows: QuerySet[Row], people: list[Person]) -> QuerySet[Row]:
    """The newest of these rows whose person is none of these people."""
    others = rows.exclude(person__in=people).select_related("person")
    return others.prefetch_related("person__identities")[:MOST_NOTES]


def _is_on(issue: frozenset[Reference], note: Note) -> bool:
    return name_one_issue(issue, issue_references(note.issue))


def _under(contact: terms.Contact) -> Q:
    """The condition that a contact recorded here has this very issue field, if there is one."""
    issue = storable(contact.issue or "").strip()
    return Q(issue_key=issue[:LONGEST_ISSUE_KEY], issue=issue) if issue else Q(pk__in=())


def _before(contact: terms.Contact, upto: datetime | None) -> QuerySet[Contact]:
    """The contacts recorded here before this one, newest first. One that is told more of is no earlier contact than
    itself.
    """
    found = Contact.objects.exclude(key=storable(contact.id)).order_by("-at", "-id")
    return found if upto is None else found.filter(at__lte=upto)  # one of the same second was taken in before


def _recorded_here(
    contact: terms.Contact, known: Known, people: list[Person], before: QuerySet[Contact]
) -> list[terms.Note]:
    """Earlier contacts of these people that were recorded here, as notes: all on this very issue field, and the newest
    of the others.
    """
    if not people:
        return []
    theirs, on_it = before.filter(person__in=people).only(*TOLD_OF), _under(contact)
    rows = list(theirs.filter(on_it)[:MOST_NOTES])
    others = list(theirs.exclude(on_it)[:MOST_CONTACTS])
    told = [*rows, *others]
    heard = _with_words([row for row in told if not issue_references(row.issue)][:MOST_CONTACTS])
    earlier = {row.pk: _as_told(row, heard.get(row.pk)) for row in told}
    if _are_several(people, known):  # as with notes: only what is on this issue is surely about it
        ours = named_by(contact)
        told = [*rows, *(row for row in others if name_one_issue(ours, named_by(earlier[row.pk])))]
    return [note_of_recorded(earlier[row.pk], row.at) for row in told]


def _with_words(rows: list[Contact]) -> dict[int, Contact]:
    """The same rows with what was said in them: without a number on record, only that tells what they were about."""
    if not rows:
        return {}
    said = Contact.objects.filter(pk__in=[row.pk for row in rows]).only("subject", "body")
    callers = Turn.objects.filter(speaker=terms.Speaker.CALLER.value)
    return {row.pk: row for row in said.prefetch_related(Prefetch("turns", callers))}


def _as_told(row: Contact, words: Contact | None) -> terms.Contact:
    return terms.Contact(
        id=row.key,
        channel=terms.Channel(row.channel),
        person=terms.Person(**row.given_person),
        issue=row.issue,
        turns=tuple(terms.Turn(terms.Speaker.CALLER, turn.text) for turn in words.turns.all()) if words else (),
        subject=words.subject if words else None,
        body=words.body if words else None,
        extra=row.extra,
    )


def _reached(known: Known, name: str | None) -> list[Person]:
    """Everybody known by something that the contact names; of a great many who share it, those who are here newly."""
    found: dict[int, Person] = {}
    for kind, (value, _) in known.items():
        rows = Person.objects.filter(identities__kind=kind, identities__value=value)
        if name and kind is not IdentityKind.PATIENT_ID:  # whom another name tells apart takes no place
            rows = rows.filter(name_key__in=("", name_key(name)))
        found |= {person.pk: person for person in rows.prefetch_related("identities").order_by("-id")[:MOST_PEOPLE]}
    return list(found.values())


def _may_be(person: Person, name: str | None, known: Known) -> bool:
    """Whether nothing tells this person apart from whoever contacts us: another patient id, or another name."""
    ids = _ids([person])
    if IdentityKind.PATIENT_ID in known and ids:
        return known[IdentityKind.PATIENT_ID][0] in ids
    return not name or not person.name or name_key(name) == person.name_key


def _may_be_of(person: Person, people: list[Person]) -> bool:
    """Whether nothing tells this person apart from those whom the contact's telephone or address led to."""
    ids, names = _ids(people), {one.name_key for one in people if one.name_key}
    own = _ids([person])
    return not (ids and own and not ids & own) and not (names and person.name_key and person.name_key not in names)


def _ids(people: list[Person]) -> set[str]:
    every = (one for person in people for one in person.identities.all())
    return {one.value for one in every if one.kind == IdentityKind.PATIENT_ID}


def _are_several(people: list[Person], known: Known) -> bool:
    """Whether these are certainly not all one customer: two patient ids, or two names, and none is the caller's."""
    if IdentityKind.PATIENT_ID in known:
        return False
    return len(_ids(people)) > 1 or len({person.name_key for person in people if person.name_key}) > 1
