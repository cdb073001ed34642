"""Notes that are struck out: their system deleted them, or they were never this person's.

Nothing is deleted. A note that is struck out counts for no contact from then on, however often it is handed in again
for the same person and whoever's contact brings it in a history of its own, until somebody puts it back; handed in for
another person, it is theirs and counts. By a telephone or an address that only it taught its person is known no more
(``taught``). What is over keeps its count. A call that is still open counts it no more from its next turn on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from watchword import terms
from watchword.errors import NotRecorded
from watchword.store.chain import append_event, events_last
from watchword.store.contacts import set_apart
from watchword.store.locked import locked, takes_away_alone
from watchword.store.models import Contact, Note
from watchword.store.notes import is_again
from watchword.store.same_person import in_lots
from watchword.store.sources import source_name
from watchword.store.storable import storable
from watchword.store.taught import take_away, teach_again

LONGEST_BY = 200


def strike(number: int, *, by: str, why: str) -> bool:
    """Strike a note out; whether it was not before. Raises NotRecorded."""
    return _strike(by, why, pk=number)


def strike_named(source: str, id: str, *, by: str, why: str) -> bool:
    """The same, of a note by what its system calls it. Raises NotRecorded, RecordConflict."""
    return _strike(by, why, source=source_name(source), external_id=storable(id))


def put_back(number: int, *, by: str) -> bool:
    """Have a note count again; whether it was struck out. Raises NotRecorded."""
    with events_last():
        takes_away_alone()
        note = _locked(pk=number)
        if note.struck_at is None:
            return False
        note.struck_at, note.struck_by, note.struck_why = None, "", ""
        _open_calls_follow(note, struck=False)
        teach_again(note)
        _save(note)
        append_event(by, "note put back", f"person {note.person_id}", _named(note))
    return True


def without_struck(history: terms.History) -> terms.History:
    """A history as it counts by now: what is struck out apart, and what was and was put back among the others."""
    every = (*history.notes, *history.struck)
    since = list(zip(every, struck_when(every), strict=True))
    notes, struck = (tuple(note for note, when in since if bool(when) is gone) for gone in (False, True))
    return replace(history, notes=notes, struck=struck)


def struck_when(notes: Sequence[terms.Note]) -> list[datetime | None]:
    """For each of these notes, when it was struck out; None of one that was not, or was put back."""
    found: dict[tuple[str, str | datetime | None], list[Note]] = {}
    for row in (row for few in in_lots(notes) for row in _struck_like(few)):
        for name in (row.external_id, row.at):
            found.setdefault((row.source, name), []).append(row)
    like = ((note, [row for name in _names(note) for row in found.get(name, ())]) for note in notes)
    return [next((row.struck_at for row in rows if is_again(row, note)), None) for note, rows in like]


def _struck_like(notes: Sequence[terms.Note]) -> QuerySet[Note]:
    """The notes that are struck out and may be one of these, by their id or their moment."""
    moments = [note.at for note in notes if note.at is not None]
    alike = Q(external_id__in=[storable(note.id) for note in notes]) | Q(at__in=moments)
    struck = Note.objects.filter(struck_at__isnull=False, source__in={storable(note.source) for note in notes})
    return struck.filter(alike)


def _names(note: terms.Note) -> tuple[tuple[str, str | datetime | None], ...]:
    source = storable(note.source)
    return (source, storable(note.id)), (source, note.at)


def _strike(by: str, why: str, **which: Any) -> bool:
    with transaction.atomic():
        takes_away_alone()
        note = _locked(**which)
        if note.struck_at is not None:
            return False
        _open_calls_follow(note, struck=True)
        takes = take_away(note)
        note.struck_at, note.struck_by, note.struck_why = timezone.now(), storable(by)[:LONGEST_BY], storable(why)
        _save(note)
        detail = {**_named(note), "why": why, **({"takes": takes} if takes else {})}
        append_event(by, "note struck out", f"person {note.person_id}", detail)
    return True


def _open_calls_follow(note: Note, *, struck: bool) -> None:
    """Have calls that are still open and were recorded with a note count without it, or with it again.

    They keep it apart, to be seen. Whoever remembers such a call reads it again, for its version is another.
    """
    for number in [row.pk for row in _open_calls().iterator() if set_apart(row, note, struck=struck)]:
        row = locked(Contact).get(pk=number)
        if row.is_open and set_apart(row, note, struck=struck):
            row.version += 1
            row.save(update_fields=["history", "version"])


def _open_calls() -> QuerySet[Contact]:
    return Contact.objects.filter(is_open=True, history__isnull=False).only("history").order_by("pk")


def _locked(**which: Any) -> Note:
    found = Note.objects.select_for_update().filter(**which).first()
    if found is None:
        raise NotRecorded("There is no such note.", do="Name it by the source and the id that it was handed in with.")
    return found


def _save(note: Note) -> None:
    note.save(update_fields=["struck_at", "struck_by", "struck_why", "taught"])


def _named(note: Note) -> dict[str, str]:
    return {"source": note.source, "id": note.external_id}
