"""Notes of earlier contacts, as the systems that keep them hand them in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from watchword.errors import ContactInvalid, RecordConflict, WatchwordError
from watchword.reading.contacts import note_from_json
from watchword.store.chain import append_event, events_last
from watchword.store.notes import Kept, check_is_found, take_note
from watchword.store.sources import heard, not_read
from watchword.store.struck import strike_named
from watchword.web.access import KeyScope
from watchword.web.api.answers import NotesKept, NoteStruck
from watchword.web.api.contacts import PLACE, values_in
from watchword.web.api.keys import Keyed, actor
from watchword.web.api.shapes import NotesIn, NoteStruckIn

router = Router(tags=["notes"])
KEY = Keyed(KeyScope.NOTES)


@router.post("/notes", response=NotesKept, auth=KEY)
def take(request: HttpRequest, given: NotesIn) -> dict[str, int]:
    """Hand in one note or many, all or none: a note is known again by its source and id, and never kept twice.

    `sources_read` names the systems that were read, also those without any news; `sources_failed` those that could not
    be, which every assessment then says until they are read again.
    """
    whole = values_in(request)
    if not isinstance(whole, dict):
        raise ContactInvalid("The request is no object.", do='Send {"notes": […]}.')
    noted = [_noted(raw, number) for number, raw in enumerate(whole.get("notes") or ())]
    counts = dict.fromkeys(Kept, 0)
    with events_last():
        for number, (person, note) in enumerate(noted):
            counts[_kept(person, note, number)] += 1
        heard(frozenset(given.sources_read) | {note.source for _, note in noted})
        not_read(frozenset(given.sources_failed), by=actor(request))
        if counts[Kept.NEW] or counts[Kept.CHANGED]:
            append_event(actor(request), "notes handed in", "notes", {kept.value: counts[kept] for kept in Kept})
    return {kept.value: counts[kept] for kept in Kept}


@router.post("/notes/strike", response=NoteStruck, auth=KEY)
def strike_out(request: HttpRequest, given: NoteStruckIn) -> dict[str, bool]:
    """Take a note back that your system deleted, or handed in under the wrong person: it counts no more.

    It is not deleted: people see it struck out, with your reason. Handed in again for the same person it stays so;
    for another person, it is theirs and counts. A telephone or an address that only it taught is its person's no more.
    """
    return {"new": strike_named(given.source, str(given.id), by=actor(request), why=given.reason)}


def _noted(raw: dict[str, Any], number: int) -> Any:
    try:
        noted = note_from_json(raw, place=PLACE)
        check_is_found(*noted, place=PLACE)
    except ContactInvalid as error:
        raise ContactInvalid(f"notes[{number}]: {error.what}", do=_do(error)) from None
    return noted


def _kept(person: Any, note: Any, number: int) -> Kept:
    try:
        return take_note(person, note)
    except RecordConflict as error:
        raise RecordConflict(f"notes[{number}]: {error.what}", do=_do(error)) from None


def _do(error: WatchwordError) -> str:
    return f"{error.do} Nothing of this request was kept: send it again without this note, or with it mended."
