"""One contact in the shape of the contract, from JSON into a Contact.

``id`` and ``channel`` must be there, and ``turns`` for a call, ``subject`` or ``body`` for an
email. ``received_at``, ``person``, ``issue``, ``history``, ``sources_read`` and ``sources_failed`` may be missing or
null. Unknown keys are carried along untouched in ``extra``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NotRequired

from pydantic import PlainValidator, Strict, StrictStr, TypeAdapter
from typing_extensions import TypedDict

from watchword.errors import Place
from watchword.reading.json_text import parse_json
from watchword.reading.shape import held, kind_of, misfit, refusal, shown
from watchword.terms import Channel, Contact, History, Note, Person, Speaker, Turn

_DO = "Mend it where the contact is made; the other contacts are still read."


def parse_moment(text: str) -> datetime:
    """An ISO 8601 date and time; one without a zone is taken as UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    # Exports without a zone come from servers that keep UTC; a guess at the reader's own zone would differ by machine.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        moment.astimezone(UTC)  # at both ends of time there are moments that no database can keep
    except OverflowError:
        raise ValueError("the moment is out of reach") from None
    return moment


def _name(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        try:
            return str(value)
        except ValueError:
            raise misfit("is a number of too many digits") from None
    raise misfit(f"is {kind_of(value)}; it must be a text or a number")


def _id(value: Any) -> str:
    name = _name(value)
    if not name.strip():
        raise misfit("is blank; it must name the contact")
    if not name.isprintable():
        raise misfit("holds characters that cannot be shown")
    return name


def _name_or_none(value: Any) -> str | None:
    return None if value is None else _name(value)


def _source(value: Any) -> str:
    if type(value) is not str or not value.strip():
        raise misfit(f"is {'blank' if type(value) is str else kind_of(value)}; it must name a notes system")
    return value.strip().upper()


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_moment(value)
    except (TypeError, AttributeError, ValueError):
        raise misfit(f"is {shown(value)}; it must be a date and time such as 2025-03-04T15:02:11Z") from None


Name = Annotated[str, PlainValidator(_name)]
NameOrNone = Annotated[str | None, PlainValidator(_name_or_none)]
Source = Annotated[str, PlainValidator(_source)]
Moment = Annotated[datetime | None, PlainValidator(_moment)]


class _Person(TypedDict):
    patient_id: NotRequired[NameOrNone]
    name: NotRequired[StrictStr | None]
    phone: NotRequired[NameOrNone]
    email: NotRequired[StrictStr | None]


class _Turn(TypedDict):
    speaker: Speaker
    text: StrictStr


class _Note(TypedDict):
    id: NotRequired[NameOrNone]
    source: Source
    note: StrictStr
    issue: NotRequired[NameOrNone]
    channel: NotRequired[Any]  # other systems name their channels freely; what is neither of ours stays in extra
    at: NotRequired[Any]  # a note without a readable date is kept, so no date can be refused here


def _note_id(value: Any) -> str:
    name = _name(value)
    if not name.strip():
        raise misfit("is blank; without it the same note could not be known again")
    return name


class _Noted(TypedDict):
    id: Annotated[str, PlainValidator(_note_id)]
    source: Source
    person: _Person
    note: StrictStr
    issue: NotRequired[NameOrNone]
    channel: NotRequired[Any]
    at: NotRequired[Moment]


class _Contact(TypedDict):
    id: Annotated[str, PlainValidator(_id)]
    channel: Channel
    received_at: NotRequired[Moment]
    person: NotRequired[_Person | None]
    issue: NotRequired[NameOrNone]
    turns: NotRequired[Annotated[list[_Turn], Strict()] | None]
    subject: NotRequired[StrictStr | None]
    body: NotRequired[StrictStr | None]
    history: NotRequired[Annotated[list[_Note], Strict()] | None]
    sources_read: NotRequired[Annotated[list[Source], Strict()] | None]
    sources_failed: NotRequired[Annotated[list[Source], Strict()] | None]


_MODEL: TypeAdapter[_Contact] = TypeAdapter(_Contact)
_CONTACT_KEYS = frozenset(_Contact.__annotations__)
_PERSON_KEYS = frozenset(_Person.__annotations__)
_TURN_KEYS = frozenset(_Turn.__annotations__)
_NOTE_KEYS = frozenset(_Note.__annotations__)
_NOTED: TypeAdapter[_Noted] = TypeAdapter(_Noted)
_NOTED_KEYS = frozenset(_Noted.__annotations__)
NOBODY = "person names nobody who could be recognised: give a patient_id, phone or email."


def contact_from_line(line: bytes | str, *, place: Place) -> Contact:
    """The contact that one line of a .jsonl file holds, as contact_from_json gives it.

    Raises ContactInvalid, also for a line that is not JSON or has a key twice in one object.
    """
    return contact_from_json(parse_json(line, place=place), place=place)


def contact_from_json(raw: dict[str, Any], *, place: Place) -> Contact:
    """The contact that a decoded JSON object holds. ``place`` says where it came from, for the error.

    What can be read but needs a person's look (a call without words, words in a field that is not read on the contact's
    channel, a note without a date) stands in ``unread``.
    Raises one ContactInvalid that tells every problem of the contact, with none of the customer's words.
    """
    problems: list[str] = []
    contact = held(_MODEL, raw, problems, subject="The contact")
    if isinstance(raw, dict):
        problems += _wordless(raw)
    if contact is None or problems:
        raise refusal(problems, do=_DO, place=place)
    return _contact(contact, raw)


def _wordless(raw: dict[str, Any]) -> list[str]:
    channel = raw.get("channel")
    if channel == "phone" and raw.get("turns") is None:
        return ["turns is missing; a phone contact needs it."]
    if channel == "email" and raw.get("body") is None and raw.get("subject") is None:
        return ["body is missing; an email needs a body or a subject."]
    return []


def _contact(contact: _Contact, raw: dict[str, Any]) -> Contact:
    turns = contact.get("turns") or ()
    said = tuple(map(_turn, turns, raw["turns"])) if turns else ()
    history, undated = _history(contact, raw)
    person = contact.get("person")
    subject, body = contact.get("subject"), contact.get("body")
    return Contact(
        id=contact["id"],
        channel=contact["channel"],
        received_at=contact.get("received_at"),
        person=Person() if person is None else _person(person, raw["person"]),
        issue=contact.get("issue"),
        turns=said,
        subject=subject,
        body=body,
        history=history,
        unread=(*_not_heard(contact["channel"], said, subject, body), *undated),
        extra=_rest(raw, _CONTACT_KEYS),
    )


def _not_heard(channel: Channel, turns: tuple[Turn, ...], subject: str | None, body: str | None) -> tuple[str, ...]:
    said = any(turn.text.strip() for turn in turns)
    written = {"subject": (subject or "").strip(), "body": (body or "").strip()}
    if channel is Channel.PHONE:
        unread = tuple(f"It has a {name}, which is not read in a call." for name, words in written.items() if words)
        return unread if said else ("The call has no words.", *unread)
    unread = ("It has turns, which are not read in an email.",) if said else ()
    return unread if any(written.values()) else ("The email has no words.", *unread)


def _rest(raw: dict[str, Any], known: frozenset[str]) -> Mapping[str, Any]:
    return {} if raw.keys() <= known else {key: value for key, value in raw.items() if key not in known}


def _turn(turn: _Turn, raw: dict[str, Any]) -> Turn:
    return Turn(turn["speaker"], turn["text"], _rest(raw, _TURN_KEYS))


def _person(person: _Person, raw: dict[str, Any]) -> Person:
    return Person(
        person.get("patient_id"),
        person.get("name"),
        person.get("phone"),
        person.get("email"),
        _rest(raw, _PERSON_KEYS),
    )


def _history(contact: _Contact, raw: dict[str, Any]) -> tuple[History | None, list[str]]:
    notes, read, failed = contact.get("history"), contact.get("sources_read"), contact.get("sources_failed")
    if notes is None and read is None and failed is None:
        return None, []
    kept: list[Note] = []
    undated: list[str] = []
    for position, note in enumerate(notes or (), start=1):
        kept.append(_note(note, raw["history"][position - 1], position))
        if kept[-1].at is None:
            undated.append(f"Note {kept[-1].id[:40]} has no date that can be read.")
    sources = sorted({note.source for note in kept}) if read is None else dict.fromkeys(read)
    return History(tuple(kept), tuple(sources), tuple(dict.fromkeys(failed or ()))), undated


def _note(note: _Note, raw: dict[str, Any], position: int) -> Note:
    named = note.get("channel")
    channel = _channel(named)
    extra = _rest(raw, _NOTE_KEYS)
    if channel is None and named is not None:
        extra = {**extra, "channel": named}
    return Note(
        id=note.get("id") or f"n{position}",
        source=note["source"],
        note=note["note"],
        channel=channel,
        at=_date(note.get("at")),
        issue=note.get("issue"),
        extra=extra,
    )


def note_from_json(raw: dict[str, Any], *, place: Place) -> tuple[Person, Note]:
    """A note of an earlier contact that stands alone, and whose it is. Raises one ContactInvalid for all its problems.

    Stricter than a note that comes with a contact: it must have an id, name somebody, and have a readable date or none.
    """
    problems: list[str] = []
    noted = held(_NOTED, raw, problems, subject="The note")
    person = _person(noted["person"], raw["person"]) if noted else Person()
    if noted and not any((part or "").strip() for part in (person.patient_id, person.phone, person.email)):
        problems.append(NOBODY)
    if noted is None or problems:
        raise refusal(problems, do="Mend it where the note is made.", place=place)
    named = noted.get("channel")
    channel = _channel(named)
    extra = _rest(raw, _NOTED_KEYS)
    if channel is None and named is not None:
        extra = {**extra, "channel": named}
    at, issue = noted.get("at"), noted.get("issue")
    return person, Note(noted["id"], noted["source"], noted["note"], channel, at, issue, extra)


def _channel(named: Any) -> Channel | None:
    word = named.strip().lower() if isinstance(named, str) else None
    return Channel(word) if word in ("phone", "email") else None


def _date(given: Any) -> datetime | None:
    try:
        return parse_moment(given)
    except (TypeError, AttributeError, ValueError):
        return None
