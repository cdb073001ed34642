"""A patient id that was kept with a call and is somebody else's: it is taken back, with what followed from it.

The call is that person's no more: what only it taught of them is taken away (``taught``), their earlier contacts count
no more, and what waits because of them falls. An entry of the register that the call led to goes over to whoever is
calling, by their telephone or address; while nothing is known of them it stays where it is, in force, and goes over
once they are told. What was let go or sent stays as it is. The id is remembered: nothing but somebody who types it
again makes the call theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from watchword import terms
from watchword.errors import RecordConflict
from watchword.escalation.standing import Replan
from watchword.escalation.steps import PlannedStep
from watchword.store import rows
from watchword.store.calls import find_call
from watchword.store.chain import append_event, events_last
from watchword.store.contacts import contact_of, new_row
from watchword.store.earlier import with_notes_known
from watchword.store.locked import locked, takes_away_alone
from watchword.store.models import Contact, Event, IdentityKind, Person
from watchword.store.people import comparable, identities, name_key, who_have_ids
from watchword.store.record import write
from watchword.store.register import entries_follow
from watchword.store.taught import Reach, only_from_call, take_from_call, taught_by

TAKEN_BACK = "patient id taken back"
CHANGES = ("person", "given_person", "taught", "history")


@dataclass(frozen=True, slots=True)
class Mistaken:
    """A call as it is without a patient id, to be assessed; ``version`` is the one at which it was read."""

    row: int
    version: int
    is_open: bool
    id: str
    contact: terms.Contact


def without_id(key: str, patient_id: str, *, actor: str) -> Mistaken | None:
    """A call without this patient id of its own; None when whoever asks took it back already.

    Raises NotRecorded, and RecordConflict when the call has no such id, or somebody else was quicker.
    """
    row, id = find_call(key), comparable(IdentityKind.PATIENT_ID, patient_id)
    if id and id == comparable(IdentityKind.PATIENT_ID, row.given_person.get("patient_id") or ""):
        person, but = _left(row, id, only_from_call(row))
        contact = replace(contact_of(row), person=person, history=None)
        return Mistaken(row.pk, row.version, row.is_open, id, with_notes_known(contact, begun=row.at, but=but))
    if id in (row.not_theirs or ()):
        if (who := _who_took_back(row)) not in ("", actor):
            raise RecordConflict(f"The patient id was taken back already, by {who}.", do="Look at the call again.")
        return None
    raise RecordConflict(
        "This patient id is not the call's.", do="Look at the call again: somebody may have been quicker."
    )


def take_back(
    call: Mistaken,
    assessment: terms.Assessment | None,
    steps: Sequence[PlannedStep],
    *,
    replan: Replan | None,
    actor: str,
) -> bool:
    """Write down that the id is somebody else's and what follows from it, all or nothing.

    False, with nothing written, when the call is another by now: it must be read and assessed again.
    """
    with events_last():
        takes_away_alone()
        row = rows.found_locked(Contact, "id", call.row)
        if row is None or row.version != call.version:
            return False
        locked(Person).get(pk=row.person_id)
        goes = only_from_call(row)
        given, but = _left(row, call.id, goes)
        if given != call.contact.person:
            return False
        take_from_call(row)
        was = Person.objects.get(pk=row.person_id)
        _is_of_another(row, call, *taught_by(given, but=but, otherwise=None if was.pk in but else was))
        entries_follow(row)
        if assessment is not None:
            write(
                row,
                call.contact,
                assessment,
                steps,
                added=0,
                replan=replan,
                is_open=call.is_open,
                actor=actor,
                changed=True,
            )
        detail = {"person": was.pk, "to": row.person_id, "takes": sorted(kind for kind, _ in goes)}
        append_event(actor, TAKEN_BACK, f"contact {row.key}", detail)
    return True


def _who_took_back(row: Contact) -> str:
    told = Event.objects.filter(subject=f"contact {row.key}", action=TAKEN_BACK).order_by("-number").first()
    return told.actor if told else ""


def _left(row: Contact, id: str, goes: set[Reach]) -> tuple[terms.Person, frozenset[int]]:
    """What a call gives of whoever is calling without this id, and the people who they are not.

    The telephone stays, for the call came from there; a name or an address that is the other person's goes. When
    nobody was known by the id, there is no other person.
    """
    given = replace(terms.Person(**row.given_person), patient_id=None)
    but = who_have_ids(row.not_theirs)
    if (IdentityKind.PATIENT_ID, id) in goes:
        return given, but
    theirs = set(row.person.identities.values_list("kind", "value")) - goes
    known = {(kind.value, value) for kind, (value, _) in identities(replace(given, phone=None)).items()}
    if known & theirs:
        given = replace(given, email=None)
    if given.name and name_key(given.name) == row.person.name_key:
        given = replace(given, name=None)
    return given, but | {row.person_id}


def _is_of_another(row: Contact, call: Mistaken, person: Person, taught: list[str]) -> None:
    as_left = new_row(call.contact, person, source=row.source, is_open=row.is_open, taught=taught)
    for name in CHANGES:
        setattr(row, name, getattr(as_left, name))
    row.not_theirs = [*(row.not_theirs or ()), call.id]
    row.version += 1  # whoever remembers the call reads it again
    row.save()
