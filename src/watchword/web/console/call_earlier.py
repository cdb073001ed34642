"""The earlier contacts beside a call: notes, and what was recorded here, each with how it counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watchword.store.contacts import contact_of
from watchword.store.models import Contact
from watchword.store.notes import notes_of
from watchword.terms import RECORDED_HERE, Note

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
MOST_EARLIER = 30  # notes and contacts shown beside a call


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier contact: a note, or a call or mail recorded here."""

    at: Any
    source: str
    channel: str | None
    issue: str | None
    text: str
    counted: str = ""  # how the count took it
    contact: Contact | None = None


def earlier_of(row: Contact, record: dict[str, Any]) -> list[Earlier]:
    """Everything known of the person's earlier contacts, newest first; a note given twice is shown once."""
    given = contact_of(row).history
    notes = {(note.source, note.id): note for note in (*notes_of(row.person), *(given.notes if given else ()))}
    count = record.get("history", {})
    found = [_noted(note, count) for note in notes.values() if note.source != RECORDED_HERE]
    contacts = row.person.contacts.exclude(pk=row.pk).prefetch_related("flags").order_by("-at")[:MOST_EARLIER]
    found += [_recorded(one, count) for one in contacts]
    return sorted(found, key=lambda one: one.at or LONG_AGO, reverse=True)[:MOST_EARLIER]


def _noted(note: Note, count: dict[str, Any]) -> Earlier:
    return Earlier(note.at, note.source, note.channel, note.issue, note.note, _counted(note.id, note.source, count))


def _counted(id: str, source: str, count: dict[str, Any]) -> str:
    """How the count took a note or a contact; where two systems have the same id, it names the system too."""
    for part, how in (("doubtful", "in doubt"), ("counted", "counted")):
        ids = count.get(part, ())
        if (id, source) in zip(ids, count.get(f"{part}_from", [source] * len(ids)), strict=True):
            return how
    left = (one for one in count.get("left_out", ()) if one["note"] == id and one.get("source", source) == source)
    return next((one["because"] for one in left), "")


def _recorded(contact: Contact, count: dict[str, Any]) -> Earlier:
    flags = ", ".join((flag.term or flag.kind).replace("_", " ") for flag in contact.flags.all() if not flag.trial)
    return Earlier(
        contact.at,
        "recorded here",
        contact.channel,
        contact.issue,
        contact.subject or flags,
        _counted(contact.key, RECORDED_HERE, count),
        contact,
    )
