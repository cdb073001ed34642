"""How many contacts there have been on an issue, this one included.

Carries out decision 5 of DESIGN: phone and email together, over all notes systems taken together; our own outbound
calls and internal notes are no contacts; the same contact noted in two systems counts once; a doubt is shown and never
counted; a system that could not be read is named and never taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchword.history.direction import Direction, Reading, read_direction
from watchword.history.same_contact import group_contacts, in_utc, moment, time_order
from watchword.history.same_issue import Bearing, Verdict, compare_issues, name_words
from watchword.history.words import plain_words
from watchword.policy.schema import ContactsCount
from watchword.terms import RECORDED_HERE, Channel, Contact, Count, History, Note

THIS_ONE = timedelta(minutes=15)  # a note this near to the contact was written during it or right after it
CUT_OFF = frozenset("dropped disconnected hung".split())  # then the customer called once more

CHANNEL_WORDS = {
    Channel.EMAIL: frozenset("email emailed emails emailing wrote".split()),
    Channel.PHONE: frozenset("call called calls calling phoned voicemail phone rang lvm spoke".split()),
}
OTHER_CHANNELS = frozenset("letter mail post fax portal chat sms text in-person walk-in social web".split())
NOUNS = {Channel.PHONE: "call", Channel.EMAIL: "email", None: "contact"}
ON_ANY_ISSUE = Verdict(Bearing.SAME, "any issue counts", by_reference=True)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A note that may be an earlier contact, what it was read as, and how it bears on the issue."""

    note: Note
    reading: Reading
    verdict: Verdict = ON_ANY_ISSUE


def count_contacts(contact: Contact, history: History, condition: ContactsCount, sources: tuple[str, ...]) -> Count:
    """Count the contacts on this contact's issue in the notes, this one included.

    ``sources`` are the notes systems the policy reads, in the order in which their notes are kept. Every note stands
    exactly once in ``counted``, ``doubtful`` or ``left_out``; the order in which notes are handed in is no matter.
    """
    if not history.notes:
        return Count(1, (), (), (), history.sources_read, history.sources_failed)
    tally = _Tally()
    entries = _possible_contacts(contact, history.notes, sources, tally)
    entries = _within_reach(contact, entries, condition, tally)
    entries = _about_the_issue(contact, entries, condition)
    entries = [entry for entry in entries if not tally.leaves_out(entry.note, _this_contact(contact, entry))]
    notes = [entry.note for entry in entries]
    for group in group_contacts(notes, sources):
        _settle([entries[place] for place in group], condition, tally)
    return tally.count(history)


class _Tally:
    """What has been decided so far, note by note."""

    def __init__(self) -> None:
        self.counted: list[Note] = []
        self.doubtful: list[Note] = []
        self.left_out: list[tuple[Note, str]] = []

    def leaves_out(self, note: Note, reason: str | None) -> bool:
        """Leave a note out if there is a reason to; says whether there was."""
        if reason is not None:
            self.left_out.append((note, reason))
        return reason is not None

    def count(self, history: History) -> Count:
        """Everything in time order."""
        counted, doubtful = sorted(self.counted, key=time_order), sorted(self.doubtful, key=time_order)
        left_out = sorted(self.left_out, key=lambda pair: (time_order(pair[0]), pair[1]))
        told = _share_ids(history.notes)
        return Count(
            contacts_on_this_issue=1 + len(counted),
            counted=tuple(note.id for note in counted),
            doubtful=tuple(note.id for note in doubtful),
            left_out=tuple((note.id, why) for note, why in left_out),
            sources_read=history.sources_read,
            sources_failed=history.sources_failed,
            counted_from=tuple(note.source for note in counted if told),
            doubtful_from=tuple(note.source for note in doubtful if told),
            left_out_from=tuple(note.source for note, _ in left_out if told),
        )


def notes_of_ids(notes: Iterable[Note], ids: Sequence[str], systems: Sequence[str]) -> list[Note]:
    """The notes that a count names by id, and by system where it gives these, in the count's order."""
    found: dict[tuple[str, str], list[Note]] = {}
    for note in sorted(notes, key=time_order, reverse=True):
        found.setdefault((note.id, note.source if systems else ""), []).append(note)
    return [found[name].pop() for name in zip(ids, systems or ("",) * len(ids), strict=True)]


def told_apart(ids: Sequence[str], systems: Sequence[str]) -> list[str]:
    """The ids of notes as people read them: with their systems where two have the same id."""
    return [f"{system} {id}" for id, system in zip(ids, systems, strict=True)] if systems else list(ids)


def _share_ids(notes: Sequence[Note]) -> bool:
    """Do two systems call a note alike?"""
    return len({(note.id, note.source) for note in notes}) > len({note.id for note in notes})


def _possible_contacts(
    contact: Contact, notes: Sequence[Note], sources: tuple[str, ...], tally: _Tally
) -> list[_Entry]:
    """The notes of the policy's sources that tell, or may tell, of a contact by the customer."""
    wanted = {source.casefold().strip() for source in sources}
    names = name_words(contact.person)
    entries = []
    for note in sorted(notes, key=time_order):
        if note.source == RECORDED_HERE and note.id == contact.id:
            tally.leaves_out(note, "this contact itself, already noted")
            continue
        if wanted and note.source.strip() and note.source.casefold().strip() not in wanted:
            tally.leaves_out(note, f"from {note.source}, which the policy does not read")
            continue
        reading = read_direction(note, names)
        if reading.direction in (Direction.INBOUND, Direction.UNCLEAR):
            entries.append(_Entry(note, reading))
        else:
            tally.leaves_out(note, reading.because)
    return entries


def _within_reach(contact: Contact, entries: Sequence[_Entry], condition: ContactsCount, tally: _Tally) -> list[_Entry]:
    """The entries before this contact, within the time limit, through a channel that the rule counts."""
    received = _received(contact)
    upto = received or max((at for entry in entries if (at := moment(entry.note))), default=None)
    kept = []
    for entry in entries:
        reason = _too_late(contact, entry.note, received) or _too_early(entry.note, upto, condition)
        if reason is None and _channel_counts(entry.note, condition) is False:
            reason = "through a channel the rule does not count"
        if not tally.leaves_out(entry.note, reason):
            kept.append(entry)
    return kept


def _received(contact: Contact) -> datetime | None:
    return None if contact.received_at is None else in_utc(contact.received_at)


def _too_late(contact: Contact, note: Note, received: datetime | None) -> str | None:
    at = moment(note)
    if received is None or at is None or at <= received:
        return None
    ours = note.channel in (contact.channel, None) and note.source != RECORDED_HERE
    return "this contact itself, already noted" if ours and at - received <= THIS_ONE else "later than this contact"


def _too_early(note: Note, upto: datetime | None, condition: ContactsCount) -> str | None:
    at = moment(note)
    if condition.days is None or upto is None or at is None:
        return None
    return (
        None if at.date() >= (upto - timedelta(days=condition.days)).date() else f"outside the last {condition.within}"
    )


def _channel_counts(note: Note, condition: ContactsCount) -> bool | None:
    """Does the rule count the note's channel? None when neither the record nor the words of the note name it."""
    if note.channel is not None:
        return note.channel in condition.through
    given = note.extra.get("channel")
    if isinstance(given, str) and given.casefold().strip() in OTHER_CHANNELS:
        return False
    words = set(plain_words(note.note))
    told = [channel for channel, signs in CHANNEL_WORDS.items() if words & signs]
    if set(condition.through) >= set(Channel):
        return True
    return told[0] in condition.through if len(told) == 1 else None


def _about_the_issue(contact: Contact, entries: Sequence[_Entry], condition: ContactsCount) -> list[_Entry]:
    if condition.about == "any issue":
        return list(entries)
    # Only plain contacts may tell what the issue is; a note that may be no contact at all must not sway the others.
    plain = [entry for entry in entries if entry.reading.direction is Direction.INBOUND]
    unclear = [entry for entry in entries if entry.reading.direction is not Direction.INBOUND]
    compared = zip(plain, compare_issues(contact, [entry.note for entry in plain]), strict=True)
    judged = [_Entry(entry.note, entry.reading, verdict) for entry, verdict in compared]
    for entry in unclear:
        judged.append(_Entry(entry.note, entry.reading, compare_issues(contact, [entry.note])[0]))
    return judged


def _this_contact(contact: Contact, entry: _Entry) -> str | None:
    """A note shortly before the contact's time, on its channel and not about another issue, is this contact's own.

    Another contact that is recorded here is none of its notes, however near: who is not helped calls again at once.
    """
    if entry.note.source == RECORDED_HERE:
        return None
    received, at = _received(contact), moment(entry.note)
    if received is None or at is None or received - at > THIS_ONE or entry.note.channel not in (contact.channel, None):
        return None
    if entry.verdict.bearing is Bearing.ANOTHER or CUT_OFF & set(plain_words(entry.note.note)):
        return None
    return "this contact itself, already noted"


def _settle(group: Sequence[_Entry], condition: ContactsCount, tally: _Tally) -> None:
    """Decide one contact, told by one note or by several; the first is the one that is kept."""
    kept, verdict = group[0].note, _verdict(group)
    if verdict.bearing is Bearing.ANOTHER:
        for entry in group:
            tally.leaves_out(entry.note, verdict.because)
        return
    sure = verdict.bearing is Bearing.SAME and _on_record(group, verdict, condition)
    (tally.counted if sure else tally.doubtful).append(kept)
    for entry in group[1:]:
        noun = NOUNS[entry.note.channel or kept.channel]
        tally.leaves_out(entry.note, f"same {noun} as {kept.id}, noted in {entry.note.source}")


def _on_record(group: Sequence[_Entry], verdict: Verdict, condition: ContactsCount) -> bool:
    """Is it plain that this was a contact, that it came before this one, and that the rule counts its channel?"""
    if not any(entry.reading.direction is Direction.INBOUND for entry in group):
        return False
    if not any(_channel_counts(entry.note, condition) for entry in group):
        return False
    dated = any(entry.note.at is not None for entry in group)
    return dated or (verdict.by_reference and condition.days is None)


def _verdict(group: Sequence[_Entry]) -> Verdict:
    """The verdict on a contact told by several notes: a reference decides before words, the same before another."""
    sure = [entry.verdict for entry in group if entry.verdict.by_reference]
    for bearing in (Bearing.SAME, Bearing.ANOTHER):
        for verdict in sure:
            if verdict.bearing is bearing:
                return verdict
    order = (Bearing.SAME, Bearing.DOUBTFUL, Bearing.ANOTHER)
    return min((entry.verdict for entry in group), key=lambda verdict: order.index(verdict.bearing))
