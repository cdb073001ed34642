"""The one door through which files are read into contacts: lines, documents, transcripts, mails and mailboxes."""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO

from watchword.errors import FileUnreadable, InputError, Place
from watchword.reading.json_document import values_in_document
from watchword.reading.jsonl import Value, nothing_in, values_in_lines
from watchword.reading.stream import BLOCK, Stream
from watchword.reading.values import contacts_from_values
from watchword.settings import Settings
from watchword.terms import Contact

Found = Contact | InputError
Told = Callable[[int], None]

STDIN = "-"
LINES = frozenset({".jsonl", ".ndjson"})
KINDS_TOLD = ".jsonl, .ndjson, .json (each also with .gz), .vtt, .eml or .mbox"


def read_contacts(
    paths: Iterable[str],
    *,
    settings: Settings,
    stdin: BinaryIO | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Found]:
    """Every contact of the files and folders, in the order given, and an error for everything that is none.

    ``-`` stands for ``stdin``. A folder is read with all that is in it, sorted by name. Contacts come as they are read;
    memory does not grow with the length of a file. ``progress`` is called now and then with the bytes of all files
    read so far, out of ``count_ahead``. Errors are given, never raised.
    """
    before = 0
    for path in paths:
        for file in _files(path):
            if isinstance(file, InputError):
                yield file
                continue
            told = progress and partial(_tell, progress, before)
            yield from _read(file, settings, stdin, told)
            before += _size(file)
            if progress:
                progress(before)


def count_ahead(paths: Iterable[str]) -> int | None:
    """The bytes of all files that read_contacts would read, found without opening one; None where standard input is
    among them, for its length cannot be known.
    """
    wanted = list(paths)
    if STDIN in wanted:
        return None
    return sum(_size(file) for path in wanted for file in _files(path) if isinstance(file, str))


def _tell(progress: Told, before: int, within: int) -> None:
    progress(before + within)


def _size(file: str) -> int:
    try:
        return 0 if file == STDIN else os.stat(file).st_size
    except OSError:
        return 0


def _files(path: str) -> Iterator[str | InputError]:
    """The file, or all files of the folder and its folders; an error for what is neither."""
    try:
        kind = None if path == STDIN else os.stat(path).st_mode
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)
        return
    if kind is None or stat.S_ISREG(kind):
        yield path
    elif stat.S_ISDIR(kind):
        yield from _files_in(path)
    else:
        what = "This is a device or a pipe, not a file."
        yield FileUnreadable(what, do="Give what it holds on standard input, as -.", place=_place(path))


def _files_in(folder: str) -> Iterator[str | InputError]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield _unreadable(folder, error)
        return
    if not names:
        yield FileUnreadable("The folder is empty.", do="Check the export that fills it.", place=_place(folder))
    for name in names:
        path = os.path.join(folder, name)
        if os.path.islink(path) and os.path.isdir(path):
            # Links to folders can go in circles; a person names the folder meant.
            what = "This is a link to a folder; it was not followed."
            yield FileUnreadable(what, do="Give that folder by its own name.", place=_place(path))
        else:
            yield from _files(path)


def _read(file: str, settings: Settings, stdin: BinaryIO | None, told: Told | None) -> Iterator[Found]:
    """What one file holds; an error while it is read ends it, after what could be read."""
    try:
        if file == STDIN:
            yield from _read_stdin(stdin, settings)
        else:
            yield from _read_kind(file, settings, told)
    except (OSError, EOFError, zlib.error) as error:
        yield _unreadable(file, error)


def _read_stdin(stdin: BinaryIO | None, settings: Settings) -> Iterator[Found]:
    name = "standard input"
    stream = Stream(stdin) if stdin else None
    first = stream.first_words(BLOCK) if stream else b""
    if stream is None or not first:
        yield nothing_in(name)
    elif first[:1] not in (b"{", b"["):
        yield FileUnreadable(
            "Standard input begins with neither { nor [.",
            do="Give contacts as JSON lines; give mails and other transcripts as files.",
            place=Place(name, stream.passed_over + 1),
        )
    else:
        # A "{" alone on its line begins one object laid out over many lines, as no line of JSON lines does.
        document = first.startswith(b"[") or first == b"{"
        yield from _contacts(stream, name, settings, values_in_document if document else values_in_lines)


def _read_kind(file: str, settings: Settings, told: Told | None) -> Iterator[Found]:
    path = Path(file)
    kind = path.suffix.lower()
    packed = kind == ".gz"
    if packed:
        kind = Path(path.stem).suffix.lower()
    if kind in LINES or kind == ".json":
        yield from _read_json(file, settings, told, packed, values_in_lines if kind in LINES else values_in_document)
    elif packed:
        yield _unknown_kind(file)
    elif kind == ".vtt":
        yield _read_webvtt(file, settings)
    elif kind == ".eml":
        yield _read_mail(file, settings)
    elif kind == ".mbox" or (not kind and _begins_as_mailbox(file)):
        from watchword.reading.mail import contacts_from_mbox  # late: runs over JSON need no mail reader

        yield from contacts_from_mbox(path, settings)
    else:
        yield _unknown_kind(file)


Values = Callable[..., Iterator[Value | InputError]]


def _read_json(file: str, settings: Settings, told: Told | None, packed: bool, values: Values) -> Iterator[Found]:
    with ExitStack() as opened:
        raw = opened.enter_context(open(file, "rb"))
        unpacked = opened.enter_context(gzip.open(raw)) if packed else raw
        stream = Stream(unpacked, told=told, position=raw.tell if packed else None)  # type: ignore[arg-type]
        yield from _contacts(stream, _printable(file), settings, values)


def _contacts(stream: Stream, name: str, settings: Settings, values: Values) -> Iterator[Found]:
    return contacts_from_values(values(stream, file=name, longest=settings.largest_contact))


def _read_webvtt(file: str, settings: Settings) -> Found:
    from watchword.reading.json_text import decoded
    from watchword.reading.transcripts import contact_from_webvtt

    try:
        raw = _all_of(file, settings.largest_contact, "WATCHWORD_LARGEST_CONTACT")
        return contact_from_webvtt(decoded(raw, _place(file)), place=_place(file))
    except InputError as error:
        return error


def _read_mail(file: str, settings: Settings) -> Found:
    from watchword.reading.mail import contact_from_mail

    try:
        raw = _all_of(file, settings.largest_mail, "WATCHWORD_LARGEST_MAIL")
        return contact_from_mail(raw, place=_place(file), settings=settings)
    except InputError as error:
        return error


def _all_of(file: str, largest: int, setting: str) -> bytes:
    with open(file, "rb") as opened:
        raw = opened.read(largest + 1)
    if len(raw) > largest:
        raise FileUnreadable(
            f"The file is larger than {largest} bytes.", do=f"Raise {setting}, or leave it out.", place=_place(file)
        )
    if not raw.strip():
        raise nothing_in(_printable(file))
    return raw


def _begins_as_mailbox(file: str) -> bool:
    with open(file, "rb") as opened:
        return opened.read(5) == b"From "


def _unknown_kind(file: str) -> FileUnreadable:
    what = "This is no kind of file that can be read."
    return FileUnreadable(what, do=f"Give it the ending {KINDS_TOLD}, or leave it out.", place=_place(file))


def _unreadable(file: str, error: Exception) -> FileUnreadable:
    if isinstance(error, FileNotFoundError):
        return FileUnreadable("There is no such file.", do="Check its name.", place=_place(file))
    why = (error.strerror if isinstance(error, OSError) else None) or "it is damaged"
    what = f"The file cannot be read: {why}."
    return FileUnreadable(what, do="Check the file and its permissions.", place=_place(file))


def _place(file: str) -> Place:
    return Place(_printable(file))


def _printable(file: str) -> str:
    """The file's name with what is no Unicode written out, so that an error about it can always be printed."""
    return file.encode(errors="backslashreplace").decode()
