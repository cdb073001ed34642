"""The one door through which files are read into contacts: lines, documents, transcripts, mails and mailboxes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from watchword.errors import FileUnreadable, InputError, Place
from watchword.reading.json_document import values_in_document
from watchword.reading.json_text import decoded
from watchword.reading.jsonl import Value, nothing_in, values_in_lines
from watchword.reading.stream import BLOCK, Stream
from watchword.reading.transcripts import contact_from_webvtt
from watchword.reading.values import contacts_from_values
from watchword.reading.walk import files_of, place_of, size_of, unreadable
from watchword.settings import Settings
from watchword.terms import Contact

Found = Contact | InputError
Told = Callable[[int], None]
Values = Callable[..., Iterator[Value | InputError]]

STDIN = "-"
STDIN_NAME = "standard input"
LINES = frozenset({".jsonl", ".ndjson"})
KINDS_TOLD = ".jsonl, .ndjson, .json (each also with .gz), .vtt, .eml or .mbox"


def read_contacts(
    paths: Iterable[str],
    *,
    settings: Settings,
    stdin: BinaryIO | None = None,
    progress: Told | None = None,
) -> Iterator[Found]:
    """Every contact of the files and folders, in the order given, and an error for everything that is none.

    ``-`` stands for ``stdin``. A folder is read with all that is in it, sorted by name. Contacts come as they are read;
    memory does not grow with the length of a file. ``progress`` is called now and then with the bytes of all files
    read so far, out of ``count_ahead``. Errors are given, never raised.
    """
    before = 0
    for path in paths:
        if path == STDIN:
            yield from _read_stdin(stdin, settings)
            continue
        for file in files_of(path):
            if isinstance(file, InputError):
                yield file
                continue
            yield from _read(file, settings, _further(progress, before))
            before += size_of(file)
            if progress:
                progress(before)


def count_ahead(paths: Iterable[str]) -> int | None:
    """The bytes of all files that read_contacts would read, told without opening one.

    None where standard input is among them, for its length cannot be known.
    """
    wanted = list(paths)
    if STDIN in wanted:
        return None
    return sum(size_of(file) for path in wanted for file in files_of(path) if isinstance(file, Path))


def _further(progress: Told | None, before: int) -> Told | None:
    return None if progress is None else lambda within: progress(before + within)


def _read_stdin(stdin: BinaryIO | None, settings: Settings) -> Iterator[Found]:
    try:
        yield from _contacts_of_stdin(stdin, settings)
    except OSError as error:
        yield unreadable(Path(STDIN_NAME), error)


def _contacts_of_stdin(stdin: BinaryIO | None, settings: Settings) -> Iterator[Found]:
    stream = Stream(stdin) if stdin else None
    first = stream.first_words(BLOCK) if stream else b""
    if stream is None or not first:
        yield nothing_in(STDIN_NAME)
    elif first[:1] not in (b"{", b"["):
        yield FileUnreadable(
            "Standard input begins with neither { nor [.",
            do="Give contacts as JSON lines; give mails and other transcripts as files.",
            place=Place(STDIN_NAME, stream.passed_over + 1),
        )
    else:
        # A "{" alone on its line begins one object laid out over many lines, as no line of JSON lines does.
        document = first.startswith(b"[") or first == b"{"
        yield from _contacts(stream, STDIN_NAME, settings, values_in_document if document else values_in_lines)


def _read(file: Path, settings: Settings, told: Told | None) -> Iterator[Found]:
    """What one file holds; an error while it is read ends it, after what could be read."""
    try:
        yield from _read_kind(file, settings, told)
    except InputError as error:
        yield error
    except (OSError, EOFError, zlib.error) as error:
        yield unreadable(file, error)


def _read_kind(file: Path, settings: Settings, told: Told | None) -> Iterator[Found]:
    kind, packed = _kind(file)
    if kind in LINES:
        yield from _read_json(file, settings, told, packed=packed, values=values_in_lines)
    elif kind == ".json":
        yield from _read_json(file, settings, told, packed=packed, values=values_in_document)
    elif kind == ".vtt":
        raw = _all_of(file, settings.largest_contact, "WATCHWORD_LARGEST_CONTACT")
        yield contact_from_webvtt(decoded(raw, place_of(file)), place=place_of(file))
    elif kind == ".eml":
        yield _read_mail(file, settings)
    elif kind == ".mbox" or (not kind and _begins_as_mailbox(file)):
        from watchword.reading.mail import contacts_from_mbox  # late: runs over JSON need no mail reader

        yield from contacts_from_mbox(file, settings)
    else:
        what = "This is no kind of file that can be read."
        do = f"Give it the ending {KINDS_TOLD}, or leave it out."
        yield FileUnreadable(what, do=do, place=place_of(file))


def _kind(file: Path) -> tuple[str, bool]:
    """The ending that tells the kind, and whether the file is packed; only JSON is read packed."""
    kind = file.suffix.lower()
    if kind == ".gz":
        inner = Path(file.stem).suffix.lower()
        return (inner, True) if inner in LINES or inner == ".json" else (kind, True)
    return kind, False


def _read_json(file: Path, settings: Settings, told: Told | None, *, packed: bool, values: Values) -> Iterator[Found]:
    with ExitStack() as opened:
        raw = opened.enter_context(file.open("rb"))
        unpacked = cast("BinaryIO", opened.enter_context(gzip.open(raw))) if packed else raw
        stream = Stream(unpacked, told=told, position=raw.tell if packed else None)
        yield from _contacts(stream, place_of(file).file, settings, values)


def _contacts(stream: Stream, name: str, settings: Settings, values: Values) -> Iterator[Found]:
    return contacts_from_values(values(stream, file=name, longest=settings.largest_contact))


def _read_mail(file: Path, settings: Settings) -> Contact:
    from watchword.reading.mail import contact_from_mail

    raw = _all_of(file, settings.largest_mail, "WATCHWORD_LARGEST_MAIL")
    return contact_from_mail(raw, place=place_of(file), settings=settings)


def _all_of(file: Path, largest: int, setting: str) -> bytes:
    with file.open("rb") as opened:
        raw = opened.read(largest + 1)
    if len(raw) > largest:
        raise FileUnreadable(
            f"The file is larger than {largest} bytes.", do=f"Raise {setting}, or leave it out.", place=place_of(file)
        )
    if not raw.strip():
        raise nothing_in(place_of(file).file)
    return raw


def _begins_as_mailbox(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(5) == b"From "
