"""The one door for files: every kind, in order, with an error in place of what cannot be read, in flat memory."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.reading.door import EVENTS, SAMPLES, SETTINGS, Write, found, line, mail, memory_of, told
from watchword.errors import ContactInvalid, FileUnreadable, InputError, Place
from watchword.reading.files import count_ahead, read_contacts
from watchword.reading.stream import BLOCK
from watchword.settings import Settings
from watchword.terms import Channel, Contact


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, raw: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return written


# Lines


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "A.JSONL"])
def test_lines_are_read_in_order(write: Write, name: str) -> None:
    assert told(write(name, line("a") + b"\n  \r\n" + line("b").strip() + b"\r\n" + line("c").strip())) == [
        "a",
        "b",
        "c",
    ]


def test_a_broken_line_in_the_middle_leaves_the_others(write: Write) -> None:
    path = write("a.jsonl", line("a") + b'{"id": "b", "channel\n' + b"[]\n" + line("d", body=5) + line("e"))
    assert told(path) == [
        "a",
        "a.jsonl:2:13: This is not JSON: Unterminated string starting at.",
        "a.jsonl:3: The contact is a list; it must be an object.",
        "a.jsonl:4: body is a number; it must be a text.",
        "e",
    ]
    assert all(isinstance(one, Contact | ContactInvalid) for one in found(path))


def test_a_first_line_that_is_no_json_leaves_the_others(write: Write) -> None:
    path = write("a.jsonl", b"# exported on Monday\n" + line("a"))
    assert told(path) == ["a.jsonl:1:1: This is not JSON: Expecting value.", "a"]


def test_line_numbers_count_blank_lines(write: Write) -> None:
    assert told(write("a.jsonl", b"\n \n{\n\n}\n" + line("a"))) == [
        "a.jsonl:3:2: This is not JSON: Expecting property name enclosed in double quotes.",
        "a.jsonl:5:1: This is not JSON: Expecting value.",
        "a",
    ]


def test_a_byte_order_mark_is_passed_over(write: Write) -> None:
    assert told(write("a.jsonl", b"\xef\xbb\xbf" + line("a"))) == ["a"]
    assert told(write("a.json", b"\xef\xbb\xbf\r\n" + line("a"))) == ["a"]


def test_a_line_that_is_not_utf8_leaves_the_others(write: Write) -> None:
    path = write("a.jsonl", line("a") + '{"id": "café"}\n'.encode("latin-1") + line("b"))
    assert told(path) == ["a", "a.jsonl:2: Byte 12 is not UTF-8 text.", "b"]


@pytest.mark.parametrize(("over", "expected"), [(0, "long"), (1, "a.jsonl:2: The contact is longer than 500 bytes.")])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_over_the_limit_is_an_error(write: Write, over: int, expected: str, end: bytes) -> None:
    bare = len(line("long", body="").strip())
    long = line("long", body="x" * (500 - bare + over)).strip()
    path = write("a.jsonl", line("a") + long + end + line("b"))
    assert told(path, settings=Settings(largest_contact=500)) == ["a", expected, "b"]


def test_a_last_line_over_the_limit_ends_the_file(write: Write) -> None:
    path = write("a.jsonl", line("a") + b"x" * (3 * BLOCK))
    assert told(path, settings=Settings(largest_contact=500))[1:] == [
        "a.jsonl:2: The contact is longer than 500 bytes."
    ]


def test_a_line_over_the_limit_is_not_held_in_memory(write: Write) -> None:
    path = write("a.jsonl", line("a") + b'{"id": "' + b"x" * 20_000_000 + b'"}\n' + line("b"))
    expected = ["a", "a.jsonl:2: The contact is longer than 1000000 bytes.", "b"]
    result, peak = memory_of(lambda: told(path, settings=Settings(largest_contact=1_000_000)))
    assert result == expected
    assert peak < 4_000_000


def test_a_text_of_twenty_megabytes_is_read(write: Write) -> None:
    body = "no end of line " * 1_400_000
    (contact,) = found(write("a.jsonl", line("a", body=body)))
    assert isinstance(contact, Contact)
    assert contact.body == body


def test_nul_bytes_crash_nothing(write: Write) -> None:
    path = write(
        "a.jsonl", line("a") + b"\0\0\0\n" + line("b", body="x\0y") + b'{"id": "c", "channel": "email", "body": "\0"}'
    )
    assert told(path) == ["a", "a.jsonl:2:1: This is not JSON: Expecting value.", "b", "c"]


@pytest.mark.parametrize("rubbish", [b"\x89PNG\r\n\x1a\n\0\0\n" * 50, bytes(range(128, 256)) * 40])
def test_binary_rubbish_is_one_error(write: Write, rubbish: bytes) -> None:
    assert told(write("a.jsonl", rubbish)) == ["a.jsonl: The file is not text."]


def test_utf16_is_one_error(write: Write) -> None:
    assert told(write("a.jsonl", line("a").decode().encode("utf-16"))) == ["a.jsonl: The file is not text."]


def test_a_letter_cut_at_the_end_of_a_block_is_no_rubbish(write: Write) -> None:
    path = write("a.jsonl", ("x" + "é" * BLOCK).encode() + b"\n" + line("a"))
    assert told(path)[-1] == "a"


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.jsonl.gz"])
def test_a_file_without_contacts_is_told(write: Write, name: str, raw: bytes) -> None:
    path = write(name, gzip.compress(raw) if name.endswith(".gz") else raw)
    assert told(path) == [f"{name}: The file holds no contact."]


def test_live_events_in_lines_make_calls() -> None:
    assert told(EVENTS) == ["live-a", "live-b"]


# Other kinds


def test_the_samples_are_read_whole() -> None:
    calls = found(SAMPLES / "calls.jsonl")
    assert [one.id for one in calls if isinstance(one, Contact)] == [f"call-{n:02d}" for n in range(1, 15)]
    transcripts = found(SAMPLES / "transcripts")
    assert [one.unread for one in transcripts if isinstance(one, Contact)] == [()] * 4


def test_webvtt_is_read(write: Write) -> None:
    assert told(write("day 1.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nAgent: Hi.\n")) == ["day 1"]
    assert told(write("b.vtt", b"WEBVTT\n\n\xff")) == ["b.vtt: Byte 9 is not UTF-8 text."]
    assert told(write("c.vtt", b"")) == ["c.vtt: The file holds no contact."]
    got = told(write("d.vtt", b"WEBVTT\n" * 99), settings=Settings(largest_contact=99))
    assert got == ["d.vtt: The file is larger than 99 bytes."]


@pytest.fixture
def mail_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for the mail room, which has tests of its own; here only what is handed to it counts."""

    def contact_from_mail(raw: bytes, *, place: Place, settings: Settings) -> Contact:
        if raw.startswith(b"bad"):
            raise ContactInvalid("The mail is bad.", do="Mend it.", place=place)
        return Contact(raw.decode(), Channel.EMAIL)

    def contacts_from_mbox(path: Path, settings: Settings) -> Iterator[Contact | InputError]:
        yield Contact(f"first of {path.name}", Channel.EMAIL)
        yield ContactInvalid("The second is bad.", do="Mend it.", place=Place(path.name))

    module = ModuleType("watchword.reading.mail")
    module.__dict__.update(contact_from_mail=contact_from_mail, contacts_from_mbox=contacts_from_mbox)
    monkeypatch.setitem(sys.modules, "watchword.reading.mail", module)


@pytest.mark.usefixtures("mail_reader")
def test_mails_and_mailboxes_are_handed_to_the_mail_room(write: Write) -> None:
    assert told(write("a.eml", b"one")) == ["one"]
    assert told(write("b.EML", b"bad")) == ["b.EML: The mail is bad."]
    assert told(write("c.mbox", b"")) == ["first of c.mbox", "c.mbox: The second is bad."]
    assert told(write("inbox", b"From ana Mon\n"))[0] == "first of inbox"
    got = told(write("d.eml", b"x" * 100), settings=Settings(largest_mail=99))
    assert got == ["d.eml: The file is larger than 99 bytes."]


@pytest.mark.parametrize("name", ["a.pdf", "inbox", ".DS_Store", "a.eml.gz", "a.gz", "jsonl"])
def test_an_unknown_kind_is_an_error(write: Write, name: str) -> None:
    (error,) = found(write(name, b"Frau Holle"))
    assert isinstance(error, FileUnreadable)
    assert error.what == "This is no kind of file that can be read."
    assert ".jsonl" in error.do


def test_a_folder_is_read_whole_and_sorted(write: Write, tmp_path: Path) -> None:
    for name in ("b/2.jsonl", "b/1.jsonl", "a.jsonl", "c.jsonl", "b/x.pdf"):
        write(f"in/{name}", line(name))
    assert told(tmp_path / "in") == [
        "a.jsonl",
        "b/1.jsonl",
        "b/2.jsonl",
        "in/b/x.pdf: This is no kind of file that can be read.",
        "c.jsonl",
    ]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert told(tmp_path / "in") == ["in: The folder is empty."]


def test_links_and_pipes_in_a_folder_are_told(write: Write, tmp_path: Path) -> None:
    write("in/a.jsonl", line("a"))
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "b.jsonl").symlink_to(tmp_path / "in" / "a.jsonl")
    (tmp_path / "in" / "gone.jsonl").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "in" / "pipe.jsonl")
    assert told(tmp_path / "in") == [
        "a",
        "in/again: This is a link to a folder; it was not followed.",
        "a",
        "in/gone.jsonl: There is no such file.",
        "in/pipe.jsonl: This is a device or a pipe, not a file.",
    ]


@pytest.mark.parametrize("path", ["nosuch.jsonl", "no/such/folder", "a\0b.jsonl", ""])
def test_a_missing_file_is_an_error(path: str) -> None:
    (error,) = found(path)
    assert isinstance(error, FileUnreadable)
    assert error.do


def test_a_file_that_may_not_be_opened_is_an_error(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.jsonl", line("a"))

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, to whom nothing is refused
    assert told(path) == ["a.jsonl: The file cannot be read: Permission denied."]


def test_a_file_that_breaks_while_it_is_read_is_an_error(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(io.BytesIO):
        def readline(self, size: int | None = -1) -> bytes:
            if got := super().readline(size):
                return got
            raise OSError(5, "Input/output error")

    path = write("a.jsonl", line("a"))
    monkeypatch.setattr(Path, "open", lambda self, mode: Breaking(line("a")))
    assert told(path) == ["a", "a.jsonl: The file cannot be read: Input/output error."]


def test_a_name_that_is_no_unicode_can_be_printed(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jsonl")
    Path(path).write_bytes(b"oops\n")
    (error,) = found(path)
    assert "caf\\udce9.jsonl:1:1" in str(error).encode().decode()


# Standard input


def stdin_of(raw: bytes) -> list[str]:
    return told("-", stdin=io.BytesIO(raw))


@pytest.mark.parametrize(
    "raw",
    [
        line("a") + line("b"),
        b"\n" + line("a") + b"\n" + line("b").strip(),
        b"[" + line("a") + b"," + line("b") + b"]",
        b" [\n" + line("a") + b"," + line("b") + b"]",
    ],
)
def test_standard_input_may_be_lines_or_an_array(raw: bytes) -> None:
    assert stdin_of(raw) == ["a", "b"]


def test_standard_input_may_be_one_object_laid_out() -> None:
    assert stdin_of(json.dumps(mail("a"), indent=2).encode()) == ["a"]


def test_a_broken_line_of_standard_input_leaves_the_others() -> None:
    assert stdin_of(line("a") + b"oops\n" + line("b")) == [
        "a",
        "standard input:2:1: This is not JSON: Expecting value.",
        "b",
    ]


@pytest.mark.parametrize("raw", [b"From ana\n", b"\n\nWEBVTT\n", b"\x89PNG\n"])
def test_standard_input_of_another_kind_says_what_to_do(raw: bytes) -> None:
    (error,) = found("-", stdin=io.BytesIO(raw))
    assert isinstance(error, FileUnreadable)
    assert error.what == "Standard input begins with neither { nor [."
    assert "as JSON lines" in error.do


def test_empty_standard_input_is_told() -> None:
    assert stdin_of(b"") == told("-") == ["standard input: The file holds no contact."]


def test_standard_input_is_read_as_it_comes() -> None:
    class Arriving(io.RawIOBase):
        """Gives a line at a time and fails the test when more is asked for than has come."""

        def __init__(self) -> None:
            self.lines = [line("a"), line("b")]

        def readable(self) -> bool:
            return True

        def readline(self, size: int | None = -1, /) -> bytes:
            assert self.lines, "asked for a line before the first contact was given"
            return self.lines.pop(0)

    contacts = read_contacts(["-"], settings=SETTINGS, stdin=Arriving())  # type: ignore[arg-type]
    first = next(contacts)
    assert isinstance(first, Contact)
    assert first.id == "a"


# Order, progress


def test_files_come_in_the_order_given(write: Write) -> None:
    first, second = write("z.jsonl", line("z")), write("a.jsonl", line("a"))
    assert told(first, second, "-", stdin=io.BytesIO(line("s"))) == ["z", "a", "s"]


def test_progress_ends_at_the_total(write: Write, tmp_path: Path) -> None:
    write("in/a.jsonl", b"".join(line(str(n), body="x" * 1000) for n in range(300)))
    write("in/b.jsonl.gz", gzip.compress(b"".join(line(str(n), body=os.urandom(500).hex()) for n in range(300))))
    write("in/c.json", b"[" + b",".join(line(str(n), body="x" * 1000) for n in range(300)) + b"]")
    write("in/d.pdf", b"x" * 1000)
    seen: list[int] = []
    paths = [str(tmp_path / "in")]
    assert sum(1 for _ in read_contacts(paths, settings=SETTINGS, progress=seen.append)) == 901
    assert seen == sorted(seen)
    assert len(seen) > 8
    assert seen[-1] == count_ahead(paths)
    assert seen[-1] == sum(path.stat().st_size for path in (tmp_path / "in").iterdir())


def test_what_cannot_be_known_ahead_is_none(write: Write) -> None:
    path = write("a.jsonl", line("a"))
    assert count_ahead([str(path), "-"]) is None
    assert count_ahead([str(path), "nosuch"]) == path.stat().st_size
    assert count_ahead(iter([str(path)])) == path.stat().st_size
