"""Which notes tell of one contact: the same call noted in two systems, and calls that only look alike."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from watchword.history.same_contact import group_contacts
from watchword.terms import RECORDED_HERE, Channel, Note

SOURCES = ("LIMS", "AMD", "CRM")
PHONE, EMAIL = Channel.PHONE, Channel.EMAIL


def at(text: str | None) -> datetime | None:
    if text is None:
        return None
    day, _, clock = text.partition(" ")
    hour, minute = (clock or "00:00").split(":")
    return datetime(2025, 3, int(day), int(hour), int(minute), tzinfo=UTC)


def note(
    id: str,
    source: str,
    when: str | None,
    text: str = "Pt called re bill",
    channel: Channel | None = PHONE,
    issue: str | None = None,
) -> Note:
    return Note(id, source, text, channel, at(when), issue)


def groups(*notes: Note) -> list[list[str]]:
    return sorted([notes[place].id for place in group] for group in group_contacts(notes, SOURCES))


ONE = [
    ("minutes apart", note("a", "LIMS", "4 10:00"), note("b", "AMD", "4 10:05", "patient phoned, wants refund")),
    ("half an hour apart", note("a", "LIMS", "4 10:00"), note("b", "AMD", "4 10:30")),
    ("across midnight", note("a", "LIMS", "4 23:50"), note("b", "AMD", "5 00:10")),
    ("one without a channel", note("a", "LIMS", "4 10:00"), note("b", "CRM", "4 10:02", channel=None)),
    ("one with a date only", note("a", "LIMS", "4 16:20"), note("b", "AMD", "4")),
    ("both with a date only", note("a", "LIMS", "4"), note("b", "AMD", "4")),
    (
        "hours apart in the same words",
        note("a", "LIMS", "4 10:00", "Pt called re INV-20391, disputes charge"),
        note("b", "AMD", "4 15:00", "pt called re inv 20391 disputes the charge"),
    ),
    ("no date, the same words", note("a", "LIMS", None), note("b", "AMD", "4 10:00")),
    ("one system, handed over twice", note("a", "LIMS", "4 10:00"), note("a", "LIMS", "4 10:00")),
    ("one system, same text and time", note("a", "LIMS", "4 10:00"), note("b", "LIMS", "4 10:00")),
    ("one system, same number and text", note("a", "LIMS", None), note("a", "LIMS", None)),
    ("the source in other letters", note("a", "lims", "4 10:00"), note("b", "LIMS", "4 10:00")),
    (
        "one of them names the issue",
        note("a", "LIMS", "4 10:00", issue="INV-1"),
        note("b", "AMD", "4 10:10"),
    ),
    (
        "two emails in two systems",
        note("a", "LIMS", "4 9:00", channel=EMAIL),
        note("b", "CRM", "4 9:01", channel=EMAIL),
    ),
]

TWO = [
    ("one system, minutes apart", note("a", "LIMS", "4 10:00"), note("b", "LIMS", "4 10:05")),
    ("one system, the same text another day", note("a", "LIMS", "4 10:00"), note("b", "LIMS", "5 10:00")),
    ("one system, no dates, the same text", note("a", "LIMS", None), note("b", "LIMS", None)),
    ("a call and an email", note("a", "LIMS", "4 10:00"), note("b", "AMD", "4 10:05", channel=EMAIL)),
    (
        "more than half an hour",
        note("a", "LIMS", "4 10:00", "disputes 350"),
        note("b", "AMD", "4 10:31", "wants refund"),
    ),
    ("another day", note("a", "LIMS", "4 10:00"), note("b", "AMD", "5 10:00")),
    ("a date only, another day", note("a", "LIMS", "4 10:00"), note("b", "AMD", "5")),
    ("two issues", note("a", "LIMS", "4 10:00", issue="INV-1"), note("b", "AMD", "4 10:05", issue="INV-2")),
    ("two issues in the words", note("a", "LIMS", "4", "re inv 777"), note("b", "AMD", "4", "re inv 888")),
    (
        "hours apart, once more",
        note("a", "LIMS", "4 10:00", "Pt called re INV-20391"),
        note("b", "AMD", "4 15:00", "Pt called again re INV-20391"),
    ),
    ("no date, other words", note("a", "LIMS", None, "disputes 350"), note("b", "AMD", "4 10:00", "wants refund")),
]


def recorded(id: str, when: str, channel: Channel = PHONE, issue: str = "INV-20391") -> Note:
    """A contact that was recorded here, at the moment at which it began."""
    told = "Patient called." if channel is PHONE else "Patient emailed."
    return Note(id, RECORDED_HERE, told, channel, at(when), issue)


ONE += [
    ("a long call, noted when it had ended", recorded("a", "4 9:00"), note("b", "LIMS", "4 9:40", "re inv 20391")),
    (
        "a mail, noted when it was answered",
        recorded("a", "4 17:00", EMAIL),
        note("b", "LIMS", "5 9:30", "answered", EMAIL, issue="20391"),
    ),
    ("a call noted after midnight", recorded("a", "4 23:00"), note("b", "LIMS", "5 0:20", issue="INV-20391")),
]
TWO += [
    ("recorded here twice at once", recorded("a", "4 9:00"), recorded("b", "4 9:00")),
    ("noted before it began", recorded("b", "4 9:40"), note("a", "LIMS", "4 9:00", issue="INV-20391")),
    ("noted on the next day", recorded("a", "4 9:00"), note("b", "LIMS", "5 8:00", issue="INV-20391")),
    ("a note of another issue", recorded("a", "4 9:00"), note("b", "LIMS", "4 9:40", issue="INV-777")),
    ("a note that names no issue", recorded("a", "4 9:00"), note("b", "LIMS", "4 9:40")),
    ("once more", recorded("a", "4 9:00"), note("b", "LIMS", "4 9:40", "Pt called again", issue="INV-20391")),
    (
        "a call and the note of a mail",
        recorded("a", "4 9:00"),
        note("b", "LIMS", "4 9:40", channel=EMAIL, issue="20391"),
    ),
]


def test_each_contact_recorded_here_has_the_nearest_note_and_no_more_than_one_of_a_system() -> None:
    notes = (
        recorded("a", "4 9:00"),
        note("b", "LIMS", "4 9:40", issue="INV-20391"),
        recorded("c", "4 14:00"),
        note("d", "LIMS", "4 15:00", issue="INV-20391"),
        note("e", "LIMS", "4 16:00", issue="INV-20391"),
    )
    assert groups(*notes) == [["b", "a"], ["d", "c"], ["e"]]


@pytest.mark.parametrize(("case", "one", "two"), ONE, ids=[case for case, _, _ in ONE])
def test_one_contact(case: str, one: Note, two: Note) -> None:
    kept_first = [[two.id, one.id]] if one.source == RECORDED_HERE else [[one.id, two.id]]
    assert groups(one, two) == kept_first
    assert groups(two, one) == kept_first


@pytest.mark.parametrize(("case", "one", "two"), TWO, ids=[case for case, _, _ in TWO])
def test_two_contacts(case: str, one: Note, two: Note) -> None:
    assert groups(one, two) == [["a"], ["b"]]


def test_three_systems_are_one_contact_by_way_of_the_second() -> None:
    notes = (note("a", "CRM", "4 10:00"), note("b", "AMD", "4 10:25"), note("c", "LIMS", "4 10:50", "wants refund"))
    assert groups(*notes) == [["c", "b", "a"]]


def test_two_calls_in_one_system_stay_two_when_another_system_lies_between() -> None:
    notes = (note("a", "LIMS", "4 10:00"), note("b", "AMD", "4 10:10"), note("c", "LIMS", "4 10:25"))
    assert groups(*notes) == [["a", "b"], ["c"]]


def test_two_calls_noted_twice_each_are_two() -> None:
    notes = (
        note("a", "LIMS", "4 10:00"),
        note("b", "AMD", "4 10:08"),
        note("c", "LIMS", "4 10:20"),
        note("d", "AMD", "4 10:29"),
    )
    assert groups(*notes) == [["a", "b"], ["c", "d"]]


def test_one_date_only_note_doubles_one_call_of_its_day() -> None:
    notes = (note("a", "LIMS", "4 10:00"), note("b", "LIMS", "4 15:00"), note("c", "AMD", "4"))
    assert sorted(map(len, groups(*notes))) == [1, 2]


def test_the_order_of_notes_is_no_matter() -> None:
    notes = (
        note("a", "LIMS", "4 10:00"),
        note("b", "AMD", "4 10:08"),
        note("c", "LIMS", "4 10:20"),
        note("d", "CRM", "4"),
    )
    assert {str(groups(*order)) for order in permutations(notes)} == {str(groups(*notes))}


def test_kept_is_the_first_source_even_when_it_is_later() -> None:
    assert groups(note("a", "CRM", "4 10:00"), note("b", "LIMS", "4 10:20")) == [["b", "a"]]


def test_a_time_without_a_zone_is_taken_for_utc() -> None:
    naive = Note("b", "AMD", "Pt called", PHONE, datetime(2025, 3, 4, 10, 5))
    assert groups(note("a", "LIMS", "4 10:00"), naive) == [["a", "b"]]
