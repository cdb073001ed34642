"""The earlier contacts beside a call or a mail: notes, and what was recorded here, each with how it counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from watchword.store.contacts import contact_of
from watchword.store.models import Contact
from watchword.store.notes import notes_of
from watchword.store.struck import struck_when
from watchword.terms import RECORDED_HERE, History, Note
from watchword.web.console.marks import named

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
MOST_EARLIER = 30  # notes and contacts shown beside a call
WEIGH = {"counted": "counted", "doubtful": "in doubt"}  # what raises a flag or a doubt, and the words for it


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier contact: a note, or a call or mail recorded here."""

    at: datetime | None
    source: str
    channel: str | None
    issue: str | None
    text: str
    counted: str = ""  # how the count took it
    contact: Contact | None = None
    struck: str = ""  # a note that was struck out, and whether it was since the contact was recorded with it


def earlier_of(row: Contact, record: Mapping[str, Any], most: int = MOST_EARLIER) -> list[Earlier]:
    """What came before a contact, newest first; a note given twice is shown once.

    That is what the count was made from, whoever it was kept as, and what else is known of the person by now. What
    counted or is in doubt is never left out for what is newer.
    """
    given, count = contact_of(row).history or History(), record.get("history", {})
    apart = {(note.source, note.id) for note in given.struck}
    known = [note for note in notes_of(row.person) if note.at is None or note.at <= row.at]
    known = [note for note in known if (note.source, note.id) not in apart]
    notes = list({(note.source, note.id): note for note in (*known, *given.notes)}.values())
    told = [note for note in notes if note.source != RECORDED_HERE]
    found = [_noted(note, count, _struck(when, row)) for note, when in zip(told, struck_when(told), strict=True)]
    gone = zip(given.struck, struck_when(given.struck), strict=True)
    found += [_noted(note, count, _struck(when, row) or "struck out") for note, when in gone]
    found += [_recorded(one, count) for one in _contacts(row, notes, count, most)]
    shown = sorted(found, key=_weight, reverse=True)[:most]
    return sorted(shown, key=lambda one: one.at or LONG_AGO, reverse=True)


def _weight(one: Earlier) -> tuple[bool, datetime]:
    """What is shown rather than another: what counted or is in doubt, and then what is newer."""
    return one.counted in WEIGH.values(), one.at or LONG_AGO


def _contacts(row: Contact, notes: Iterable[Note], count: Mapping[str, Any], most: int) -> Iterable[Contact]:
    """The contacts recorded here that may be shown: those that stand in the history, and the person's own."""
    told = {note.id: _noted(note, count) for note in notes if note.source == RECORDED_HERE}
    first = sorted(told, key=lambda one: _weight(told[one]), reverse=True)[:most]
    every = Contact.objects.exclude(pk=row.pk).prefetch_related("flags")
    own = every.filter(person=row.person, at__lte=row.at).order_by("-at", "-id")[:most]
    return {one.pk: one for one in (*own, *every.filter(key__in=first))}.values()


def _struck(when: datetime | None, row: Contact) -> str:
    if when is None:
        return ""
    return "struck out since" if when > row.recorded_at else "struck out before, and told again"


def _noted(note: Note, count: Mapping[str, Any], struck: str = "") -> Earlier:
    counted = _counted(note.id, note.source, count)
    return Earlier(note.at, note.source, note.channel, note.issue, note.note, counted, struck=struck)


def _counted(id: str, source: str, count: Mapping[str, Any]) -> str:
    """How the count took a note or a contact; where two systems have the same id, it names the system too."""
    for part in ("doubtful", "counted"):
        ids = count.get(part, ())
        if (id, source) in zip(ids, count.get(f"{part}_from", [source] * len(ids)), strict=True):
            return WEIGH[part]
    left = (one for one in count.get("left_out", ()) if one["note"] == id and one.get("source", source) == source)
    return next((one["because"] for one in left), "")


def _recorded(contact: Contact, count: Mapping[str, Any]) -> Earlier:
    flags = ", ".join(named(flag.term or flag.kind) for flag in contact.flags.all() if not flag.trial)
    return Earlier(
        contact.at,
        "recorded here",
        contact.channel,
        contact.issue,
        contact.subject or flags,
        _counted(contact.key, RECORDED_HERE, count),
        contact,
    )
