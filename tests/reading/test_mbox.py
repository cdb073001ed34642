"""Mailboxes: cut where a mail begins and nowhere else, one mail at a time, however broken one of them is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import FileUnreadable, Place
from watchword.reading.mail import contacts_from_mbox
from watchword.reading.mbox import mails_in
from watchword.settings import Settings
from watchword.terms import Contact

MAILS = Path(__file__).parent / "mails"
HEAD = b"From: Jane <jane@example.com>\nSubject: Bill\n"
ANY = Place("any.mbox")


def test_a_mailbox_is_read_mail_by_mail() -> None:
    found = list(contacts_from_mbox(MAILS / "mailbox.mbox", Settings()))
    bodies = [entry.body if isinstance(entry, Contact) else str(entry.place).rpartition("/")[2] for entry in found]
    assert bodies == [
        "Hello,\n\nFrom the first day I asked for an itemised bill.\n\nFrom my side there is nothing more to say, and\n"
        "this paragraph begins with that word, too.\n\n>From what you wrote",
        "A mailbox line without a date.",
        "mailbox.mbox:24",
        "The last one.",
    ]
    assert [entry.id for entry in found if isinstance(entry, Contact)] == [
        "one@example.com",
        "two@example.com",
        "three@example.com",
    ]


def test_one_mail_too_large_does_not_stop_the_mailbox(tmp_path: Path) -> None:
    line = b"From a@example.com Tue Mar  4 10:02:11 2025\r\n"
    path = tmp_path / "box"
    path.write_bytes(line + HEAD + b"\n" + b"x" * 200_000 + b"\n\r\n" + line + HEAD + b"\nsmall\n")
    large, small = contacts_from_mbox(path, Settings(largest_mail=100_000))
    assert isinstance(large, FileUnreadable)
    assert large.place == Place(str(path), 1)
    assert isinstance(small, Contact)
    assert small.body == "small"


def test_a_file_that_is_no_mailbox_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(HEAD)
    with pytest.raises(FileUnreadable, match="no mailbox"):
        list(contacts_from_mbox(path, Settings()))


def test_a_mailbox_is_held_one_mail_at_a_time() -> None:
    """Reading has not gone on past the next mail when one is handed out."""
    one = b"From a@example.com Tue Mar  4 10:02:11 2025\n" + HEAD + b"\n" + b"words\n" * 100 + b"\n"
    opened = io.BytesIO(one * 1000)
    next(mails_in(opened, ANY, largest=10_000))
    assert opened.tell() < 2 * len(one)


MAILBOX_LINES = [
    b"From a 10:02 2025\n",
    b"From \n",
    b"From a\n",
    b"\n",
    b"\r\n",
    b">From x\n",
    b"To: x\n",
    b"words",
    b"words\n",
]


@given(st.lists(st.sampled_from(MAILBOX_LINES)).map(b"".join))
def test_no_word_of_a_mailbox_is_lost(lines: bytes) -> None:
    found = list(mails_in(io.BytesIO(b"From x\n" + lines), ANY, largest=10**6))
    kept = b"".join(mail or b"" for _, mail in found)
    assert found[0][0] == Place("any.mbox", 1)
    for word in (b"words", b"To: x"):
        assert kept.count(word) == lines.count(word)
