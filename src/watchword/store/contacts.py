"""Contacts into rows and back: what comes back is assessed to the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from watchword import terms
from watchword.errors import RecordConflict
from watchword.reading.contacts import parse_moment
from watchword.store.models import Contact, Note, Person, Turn
from watchword.store.models.contacts import LONGEST_ISSUE_KEY, LONGEST_KEY
from watchword.store.notes import is_again
from watchword.store.storable import plain, storable, storable_or_none

STRUCK = "struck"  # in a kept history: notes that count no more


def new_row(
    contact: terms.Contact, person: Person, *, source: str, is_open: bool, taught: Sequence[str] = ()
) -> Contact:
    """A row for a contact, not saved yet. Raises RecordConflict for an id too long to be kept.

    ``taught`` is what of it was new of its person.
    """
    if len(contact.id) > LONGEST_KEY:
        raise RecordConflict(
            f"The contact's id has {len(contact.id)} characters.", do=f"Give it one of at most {LONGEST_KEY}."
        )
    now = timezone.now()
    issue = storable_or_none(contact.issue)
    return Contact(
        key=storable(contact.id),
        channel=contact.channel.value,
        source=source,
        received_at=contact.received_at,
        at=contact.received_at or now,
        recorded_at=now,
        ended_at=None if is_open else now,
        is_open=is_open,
        person=person,
        given_person=_person_values(contact.person),
        taught=list(taught),
        issue=issue,
        issue_key=(issue or "")[:LONGEST_ISSUE_KEY],
        subject=storable_or_none(contact.subject),
        body=storable_or_none(contact.body),
        history=None if contact.history is None else _history_values(contact.history),
        unread=plain(contact.unread),
        extra=plain(contact.extra),
    )


def add_turns(row: Contact, turns: tuple[terms.Turn, ...]) -> int:
    """Keep the turns that are not kept yet, and give their number: below zero when more are kept than are told.

    Raises RecordConflict when an old one differs.
    """
    kept = list(row.turns.order_by("number").values_list("speaker", "text"))
    given = [(turn.speaker.value, storable(turn.text)) for turn in turns]
    shared = min(len(kept), len(given))
    if kept[:shared] != given[:shared]:
        raise _conflict(row.key)
    if len(given) > len(kept):
        Turn.objects.bulk_create(turn_rows(row.pk, len(kept), turns[len(kept) :]))
    return len(given) - len(kept)


def as_kept(turn: terms.Turn) -> terms.Turn:
    """The turn as it comes back from the database."""
    return terms.Turn(turn.speaker, storable(turn.text), plain(turn.extra))


def turn_rows(contact: int, number: int, turns: Sequence[terms.Turn]) -> list[Turn]:
    """Rows for turns, of which the first has this number; not saved yet."""
    return [
        Turn(
            contact_id=contact,
            number=at,
            speaker=turn.speaker.value,
            text=storable(turn.text),
            extra=plain(turn.extra),
        )
        for at, turn in enumerate(turns, number)
    ]


def check_same(row: Contact, contact: terms.Contact) -> None:
    """Whether the row is this contact, as far as it was said then. Raises RecordConflict."""
    is_call = contact.channel is terms.Channel.PHONE  # told again without a key it contradicts nothing; a mail is whole
    same = row.channel == contact.channel.value and all(
        (is_call and now is None) or before == storable_or_none(now)
        for before, now in ((row.subject, contact.subject), (row.body, contact.body))
    )
    if not same:
        raise _conflict(row.key)
    kept, given = row.given_person, _person_values(contact.person)
    about = {name: (kept.get(name), given[name]) for name in ("patient_id", "name", "phone", "email")}
    about["issue"] = row.issue, storable_or_none(contact.issue)
    if other := [name for name, (before, now) in about.items() if before and now and before != now]:
        wrong_id = " A patient id that is somebody else's is taken back on the call's page." if is_call else ""
        raise RecordConflict(
            f"The contact {row.key} is recorded already, with another {other[0].replace('_', ' ')}.",
            do="Give every contact an id of its own." + (wrong_id if other[0] == "patient_id" else ""),
        )


def check_whole(row: Contact, contact: terms.Contact) -> None:
    """Whether a call that is over is told with every turn: whoever does so knows what is told of it.

    Raises RecordConflict. It may be told with more, unless it was led turn by turn: then its end was told too.
    """
    kept, told = row.turns.count(), len(contact.turns)
    if told < kept:
        raise RecordConflict(f"The contact {row.key} is recorded already, with more turns.", do="Tell all of them.")
    if told > kept and row.ended_at != row.recorded_at:
        raise RecordConflict(f"The call {row.key} has ended.", do="Give every call an id of its own.")


def contact_of(row: Contact, turns: Iterable[Turn] | None = None) -> terms.Contact:
    """The contact that a row holds. Its turns are looked for unless they are given."""
    said = row.turns.all() if turns is None else turns
    return terms.Contact(
        id=row.key,
        channel=terms.Channel(row.channel),
        received_at=row.received_at,
        person=terms.Person(**row.given_person),
        issue=row.issue,
        turns=tuple(terms.Turn(terms.Speaker(turn.speaker), turn.text, turn.extra) for turn in said),
        subject=row.subject,
        body=row.body,
        history=history_of(row),
        unread=tuple(row.unread),
        extra=row.extra,
    )


def history_of(row: Contact) -> terms.History | None:
    """The earlier notes that a contact was recorded with, those apart that were struck out by then, or that were while
    the call was open.
    """
    return None if row.history is None else _history(row.history)


def set_apart(row: Contact, note: Note, *, struck: bool) -> bool:
    """Put a note of a row's history among those that were struck out since, or back; whether it was among the others.

    The row is not saved.
    """
    history = row.history or {}
    whence, whither = ("notes", STRUCK) if struck else (STRUCK, "notes")
    of_its_system = [one for one in history.get(whence, ()) if one["source"] == note.source]
    found = [one for one in of_its_system if is_again(note, *_notes([one]))]
    if found:
        history[whence] = [one for one in history[whence] if one not in found]
        history[whither] = [*history.get(whither, ()), *found]
    return bool(found)


def _person_values(person: terms.Person) -> dict[str, Any]:
    values: dict[str, Any] = plain(
        {
            "patient_id": person.patient_id,
            "name": person.name,
            "phone": person.phone,
            "email": person.email,
            "extra": person.extra,
        }
    )
    return values


def _history_values(history: terms.History) -> dict[str, Any]:
    struck = {STRUCK: [_note_values(note) for note in history.struck]} if history.struck else {}
    values: dict[str, Any] = plain(
        {
            "notes": [_note_values(note) for note in history.notes],
            "sources_read": history.sources_read,
            "sources_failed": history.sources_failed,
            **struck,
        }
    )
    return values


def _note_values(note: terms.Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "source": note.source,
        "note": note.note,
        "channel": note.channel.value if note.channel else None,
        "at": note.at,
        "issue": note.issue,
        "extra": note.extra,
    }


def _history(values: dict[str, Any]) -> terms.History:
    read, failed = tuple(values["sources_read"]), tuple(values["sources_failed"])
    return terms.History(_notes(values["notes"]), read, failed, _notes(values.get(STRUCK, ())))


def _notes(kept: Iterable[dict[str, Any]]) -> tuple[terms.Note, ...]:
    return tuple(
        terms.Note(**{**note, "channel": _channel(note["channel"]), "at": _moment(note["at"])}) for note in kept
    )


def _channel(name: str | None) -> terms.Channel | None:
    return None if name is None else terms.Channel(name)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_moment(text)


def _conflict(key: str) -> RecordConflict:
    return RecordConflict(
        f"The contact {key} is recorded already, with other words.", do="Give every contact an id of its own."
    )
