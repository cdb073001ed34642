"""JSON values, one after another, into contacts: our own shape, whole transcripts, and events put together to calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from watchword.errors import ContactInvalid, InputError, Place
from watchword.reading.contacts import contact_from_json
from watchword.reading.transcripts import Event, OpenCalls, read_transcript
from watchword.terms import Contact


def contacts_from_values(values: Iterable[tuple[Place, Any] | InputError]) -> Iterator[Contact | InputError]:
    """A contact or an error for each value, in order; errors among the values are passed on.

    The events of a call give one contact, where the call ends or, without an end, after the last value.
    """
    calls = OpenCalls()
    for value in values:
        if isinstance(value, InputError):
            yield value
            continue
        try:
            contact = _contact(*value, calls)
        except ContactInvalid as error:
            yield error
        else:
            if contact is not None:
                yield contact
    yield from calls.rest()


def _contact(place: Place, raw: Any, calls: OpenCalls) -> Contact | None:
    found = read_transcript(raw, place=place) if isinstance(raw, dict) else None
    if isinstance(found, Event):
        return calls.take(found)
    return found or contact_from_json(raw, place=place)
