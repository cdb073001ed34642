"""Which notes tell of one and the same contact, noted in several systems.

The same contact noted in two systems counts once (DESIGN, decision 5). Two notes in one system are two contacts,
unless they are the same record handed over twice. What is recorded here bears the time at which the contact began; the
note that a clerk makes of it bears the time at which the call had ended or the mail was answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import combinations

from watchword.history.issue_field import issue_references
from watchword.history.references import Reference, references
from watchword.history.words import plain_words
from watchword.terms import RECORDED_HERE, Channel, Note

TimeOrder = tuple[bool, datetime, tuple[str, ...]]
CLOSE = timedelta(minutes=30)
NOTED_WITHIN = {Channel.PHONE: timedelta(hours=8), Channel.EMAIL: timedelta(days=1)}  # of what is recorded here
ALIKE = 0.5  # the share of all words that two notes must have in common to be clearly about the same
ONCE_MORE = frozenset("again back second third another".split())


def group_contacts(notes: Sequence[Note], sources: Sequence[str]) -> list[list[int]]:
    """Group the places of notes that tell of one contact. In each group the note to keep comes first.

    Kept is the earliest note of the first source in the order of ``sources``. The order of notes is no matter.
    """
    rank = {source.casefold().strip(): place for place, source in enumerate(sources)}
    records = _same_records(notes)
    group_of = {record[0]: list(record) for record in records}
    for one, two in _pairs_by_nearness(notes, [record[0] for record in records]):
        first, second = group_of[one], group_of[two]
        if first is not second and not _systems(notes, first) & _systems(notes, second):
            first.extend(second)
            for place in second:
                group_of[place] = first
            group_of[two] = first
            for head, group in group_of.items():
                if group is second:
                    group_of[head] = first
    unique = {id(group): group for group in group_of.values()}.values()
    return [sorted(group, key=lambda place: _keeping(notes[place], rank)) for group in unique]


def moment(note: Note) -> datetime | None:
    """When a note was made, in UTC, or None when it carries no date."""
    return None if note.at is None else in_utc(note.at)


def in_utc(at: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is taken for UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def time_order(note: Note) -> TimeOrder:
    """A key that puts notes in time order, those without a date last, and leaves no two different notes equal."""
    at = moment(note)
    rest = (_system(note), note.id, note.note, note.channel or "", note.issue or "", note.source)
    return at is None, at or datetime.min.replace(tzinfo=UTC), rest


def _keeping(note: Note, rank: dict[str, int]) -> tuple[int, TimeOrder]:
    return rank.get(_system(note), len(rank)), time_order(note)


def _system(note: Note) -> str:
    return note.source.casefold().strip()


def _systems(notes: Sequence[Note], group: Sequence[int]) -> set[str]:
    return {_system(notes[place]) for place in group}


def _same_records(notes: Sequence[Note]) -> list[list[int]]:
    """Notes of one system that are one record: two of number, text and time are the same, the number or both others."""
    records: list[list[int]] = []
    by_mark: dict[tuple[object, ...], list[int]] = {}
    for place in sorted(range(len(notes)), key=lambda place: time_order(notes[place])):
        note = notes[place]
        system, text = _system(note), " ".join(note.note.split())
        marks: list[tuple[object, ...]] = []
        if note.id:
            marks = [(system, "id and text", note.id, text), (system, "id and time", note.id, moment(note))]
        if note.at is not None and note.source != RECORDED_HERE:  # where each contact has an id of its own
            marks.append((system, "text and time", text, moment(note)))
        record = next((by_mark[mark] for mark in marks if mark in by_mark), None)
        if record is None:
            record = []
            records.append(record)
        record.append(place)
        for mark in marks:
            by_mark.setdefault(mark, record)
    return records


def _pairs_by_nearness(notes: Sequence[Note], places: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of notes in different systems that may tell of one contact, the surest first."""
    found = []
    for one, two in _neighbours(notes, places):
        nearness = _nearness(notes[one], notes[two])
        if nearness is not None:
            keys = sorted((time_order(notes[one]), time_order(notes[two])))
            found.append((nearness, keys, one, two))
    return [(one, two) for _, _, one, two in sorted(found)]


def _neighbours(notes: Sequence[Note], places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs in different systems that lie within a day, and pairs of one text of which one has no date."""
    ordered = sorted(places, key=lambda place: time_order(notes[place]))
    dated = [place for place in ordered if notes[place].at is not None]
    for rank, one in enumerate(dated):
        for two in dated[rank + 1 :]:
            if _apart(notes[one], notes[two]) > timedelta(days=1):
                break
            if _system(notes[one]) != _system(notes[two]):
                yield one, two
    if len(dated) == len(ordered):
        return
    by_text = defaultdict(list)
    for place in ordered:
        by_text[plain_words(notes[place].note)].append(place)
    for alike in by_text.values():
        for one, two in combinations(alike, 2):
            undated = notes[one].at is None or notes[two].at is None
            if undated and _system(notes[one]) != _system(notes[two]):
                yield one, two


def _nearness(one: Note, two: Note) -> tuple[int, timedelta] | None:
    """How surely two notes of different systems tell of one contact (0 is surest), or None when they do not."""
    if one.channel is not two.channel and one.channel is not None and two.channel is not None:
        return None
    if _name_different_issues(one, two):
        return None
    if one.at is None or two.at is None:
        return 3, CLOSE
    begun, later = in_utc(one.at), in_utc(two.at)
    apart = _apart(one, two)
    if _date_only(begun) or _date_only(later):
        return (2, apart) if begun.date() == later.date() else None
    if apart <= CLOSE:
        return 0, apart
    if begun.date() == later.date() and _alike(one, two):
        return 1, apart
    return (2, apart) if _noted_when_done(one, two) or _noted_when_done(two, one) else None


def _noted_when_done(recorded: Note, note: Note) -> bool:
    """Is one a contact recorded here, and the other what was noted of it, on the same issue, once it was dealt with?"""
    begun, noted = moment(recorded), moment(note)
    if recorded.source != RECORDED_HERE or recorded.channel is None or begun is None or noted is None:
        return False
    if not timedelta(0) <= noted - begun <= NOTED_WITHIN[recorded.channel] or ONCE_MORE & set(plain_words(note.note)):
        return False
    return any(a.agrees(b) for a in _named(recorded) for b in _named(note))


def _apart(one: Note, two: Note) -> timedelta:
    begun, later = moment(one), moment(two)
    return abs(later - begun) if begun and later else timedelta.max


def _date_only(at: datetime) -> bool:
    return at.time() == time.min


def _name_different_issues(one: Note, two: Note) -> bool:
    mine, its = _named(one), _named(two)
    return any(a.differs(b) for a in mine for b in its) and not any(a.agrees(b) for a in mine for b in its)


def _named(note: Note) -> frozenset[Reference]:
    return issue_references(note.issue) | references(note.note)


def _alike(one: Note, two: Note) -> bool:
    """Are two notes clearly about the same, and does neither alone say that it was once more?"""
    mine, its = set(plain_words(one.note)), set(plain_words(two.note))
    if min(len(mine), len(its)) < 3 or (mine ^ its) & ONCE_MORE:
        return False
    return len(mine & its) >= ALIKE * len(mine | its)
