"""Who got in touch with whom, on the note lines of many styles in ``note_lines.txt``."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchword.history.direction import Direction, read_direction
from watchword.terms import Channel, Note

NAMES = frozenset({"dana", "reyes"})
LINES = [
    tuple(part.strip() for part in line.split("|", 1))
    for line in (Path(__file__).parent / "note_lines.txt").read_text(encoding="utf-8").splitlines()
]

# Read wrongly so far: each is taken for a contact.
KNOWN_GAPS = [
    ("outbound", "Spoke with patient on callback, she will send EOB"),
    ("outbound", "Reached out by email to request insurance card."),
    ("internal", "Note for team: hold collections"),
]

WITHOUT_A_CHANNEL = [
    ("inbound", "Pt called re bill"),
    ("inbound", "disputes 350"),
    ("outbound", "LVM"),
    ("internal", "claim resubmitted"),
    ("unclear", "billing"),
    ("unclear", "adv EOB pending"),
    ("unclear", ""),
]


def direction(text: str, channel: Channel | None = Channel.PHONE) -> Direction:
    return read_direction(Note("n1", "LIMS", text, channel), NAMES).direction


def test_there_are_lines_of_every_direction() -> None:
    named = [answer for answer, _ in LINES]
    assert {answer: named.count(answer) >= 25 for answer in ("inbound", "outbound", "internal", "elsewhere")} == {
        "inbound": True,
        "outbound": True,
        "internal": True,
        "elsewhere": True,
    }


@pytest.mark.parametrize(("answer", "line"), LINES)
def test_a_note_is_read_for_who_got_in_touch(answer: str, line: str) -> None:
    assert direction(line) is Direction(answer)


@pytest.mark.parametrize(("answer", "line"), LINES)
def test_capitals_and_the_channel_email_change_no_plain_reading(answer: str, line: str) -> None:
    contact = Direction(answer) is Direction.INBOUND
    assert (direction(line, Channel.EMAIL) is Direction.INBOUND) is contact
    assert (direction(line.upper()) is Direction.INBOUND) is contact


@pytest.mark.parametrize(("answer", "line"), KNOWN_GAPS)
def test_a_known_gap_is_still_open(answer: str, line: str) -> None:
    assert direction(line) is not Direction(answer), "closed: move it to note_lines.txt"


@pytest.mark.parametrize(("answer", "line"), WITHOUT_A_CHANNEL)
def test_without_a_channel_a_contact_must_be_told(answer: str, line: str) -> None:
    assert direction(line, None) is Direction(answer)


def test_what_may_have_been_done_alone_is_unclear() -> None:
    assert direction("Updated insurance") is Direction.UNCLEAR


@pytest.mark.parametrize(
    ("extra", "answer"),
    [
        ({"direction": "inbound"}, "inbound"),
        ({"direction": "OUT"}, "outbound"),
        ({"type": "Call - outbound"}, "outbound"),
        ({"call_type": "IB"}, "inbound"),
        ({"type": "internal_note"}, "internal"),
        ({"type": "check in"}, "inbound"),
        ({"author": "SYSTEM"}, "internal"),
        ({"author": "patient"}, "inbound"),
        ({"author": "Maria G"}, "inbound"),
    ],
)
def test_the_records_own_marks_go_before_the_words(extra: dict[str, str], answer: str) -> None:
    assert read_direction(Note("n1", "LIMS", "pt called", Channel.PHONE, extra=extra)).direction is Direction(answer)


def test_an_insurers_call_is_marked_inbound_too() -> None:
    note = Note("n1", "LIMS", "Aetna rep called re claim", Channel.PHONE, extra={"direction": "inbound"})
    assert read_direction(note).direction is Direction.ELSEWHERE


def test_a_mark_that_is_no_text_is_passed_over() -> None:
    note = Note("n1", "LIMS", "pt called", Channel.PHONE, extra={"direction": 1, "author": None})
    assert read_direction(note).direction is Direction.INBOUND
