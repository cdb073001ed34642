"""Mails as they come in, one at a time and unread, and the contact that each of them makes, readable or not."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, cast

from watchword.errors import FileUnreadable, InputError, Place
from watchword.reading.mail import contact_from_mail
from watchword.reading.mbox import mails_in
from watchword.reading.walk import place_of
from watchword.settings import Settings
from watchword.terms import Channel, Contact

HEAD = 64 * 1024  # bytes kept of a mail that is too large to be kept whole
UNREADABLE_FILE = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox has been read: every mail of this UID and below, as long as its UIDVALIDITY is the same."""

    source: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Original:
    """A mail, or what came in its place, before anybody has read it.

    ``whence`` says where it came from, for people. ``trouble`` says why ``raw`` cannot be read as a mail or is only
    its beginning; a person must then look. ``name`` tells it from every other one when ``raw`` does not.
    """

    raw: bytes
    whence: str
    trouble: str | None = None
    name: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 over all that is there of it."""
        return hashlib.sha256(self.name.encode(errors="replace") + self.raw).hexdigest()


def read_original(original: Original, settings: Settings) -> Contact:
    """The contact that a mail makes. Raises InputError for what is no mail or too large to be read."""
    contact = contact_from_mail(original.raw, place=Place(original.whence), settings=settings)
    unread = contact.unread if original.trouble is None else (original.trouble, *contact.unread)
    # Blank lines at the end come and go on the way; the same mail by another way must be the same contact.
    return replace(contact, body=(contact.body or "").rstrip("\r\n"), unread=unread)


def contact_of_mail(original: Original, settings: Settings) -> Contact:
    """The same, but it never raises. What cannot be read is said in ``unread``: a person will look."""
    try:
        return read_original(original, settings)
    except InputError as error:
        return question(original, original.trouble or f"{error.what} It was kept as it came.")
    except Exception as error:  # whatever a stranger sends, it is kept, and a person looks
        return question(original, f"The mail could not be read ({type(error).__name__}). It was kept as it came.")


def question(original: Original, why: str) -> Contact:
    """A contact of which nothing is known but that it came, and why a person must look."""
    return Contact(id=f"mail-{original.hash[:16]}", channel=Channel.EMAIL, unread=(why,))


def originals_in(file: Path, *, largest: int) -> Iterator[Original]:
    """Each mail of a file: .eml or .mbox, also packed as .gz. What cannot be read to its end comes as a question.

    Memory does not grow with the length of a mailbox.
    """
    try:
        yield from _originals(file, largest)
    except FileUnreadable as error:
        yield _whole_file(file, f"{error.what} The file {file.name} was set apart.", largest)
    except UNREADABLE_FILE as error:
        if isinstance(error, FileNotFoundError):
            raise
        yield _whole_file(file, f"The file {file.name} is damaged or cannot be read; it was set apart.", largest)


def kind_of(file: Path) -> tuple[str, bool]:
    """The ending that tells the kind, and whether the file is packed."""
    kind = file.suffix.lower()
    return (Path(file.stem).suffix.lower(), True) if kind == ".gz" else (kind, False)


def _originals(file: Path, largest: int) -> Iterator[Original]:
    kind, packed = kind_of(file)
    if kind not in (".eml", ".mbox", ""):
        what = "A file came that is no mail: its name ends neither in .eml nor in .mbox."
        raise FileUnreadable(what, do="Look at it.", place=place_of(file))
    with _opened(file, packed=packed) as opened:
        begins_as_mailbox = opened.read(5) == b"From "
        opened.seek(0)
        if begins_as_mailbox:
            yield from _of_mailbox(file, opened, largest)
        elif kind == ".mbox":
            what = 'A file came that is no mailbox: it does not begin with a "From " line.'
            raise FileUnreadable(what, do="Look at it.", place=place_of(file))
        else:
            yield _of_mail(file, opened, largest)


def _opened(file: Path, *, packed: bool) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file)) if packed else file.open("rb")


def _of_mail(file: Path, opened: BinaryIO, largest: int) -> Original:
    raw = opened.read(largest + 1)
    whence = f"the file {file.name}"
    if len(raw) <= largest:
        return Original(raw, whence)
    return Original(raw[:HEAD], whence, too_large(largest, f"in the file {file.name}, which was set apart"))


def _of_mailbox(file: Path, opened: BinaryIO, largest: int) -> Iterator[Original]:
    written = file.stat()
    for place, raw in mails_in(opened, place_of(file), largest=largest):
        whence = f"the file {file.name}, line {place.line}"
        if raw is not None:
            yield Original(raw, whence)
        else:
            name = f"{file.name} {written.st_size} {written.st_mtime_ns} {place.line}"
            where = f"at line {place.line} of the file {file.name}, which was set apart"
            yield Original(b"", whence, too_large(largest, where), name)


def too_large(largest: int, where: str) -> str:
    """Why a mail was not kept whole, and where it lies."""
    return f"The mail is larger than {largest} bytes and was not read. It lies {where}."


def not_handed_out(where: str) -> str:
    """Why nothing of a mail is known, and where it came in."""
    return f"The mail server does not hand this mail out. It came into {where}."


def _whole_file(file: Path, trouble: str, largest: int) -> Original:
    """A file that is no mail, or not to its end, with its bytes as far as they can be kept."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(largest + 1)
    except OSError:
        raw = b""
    kept = raw if len(raw) <= largest else raw[:HEAD]
    return Original(kept, f"the file {file.name}", trouble, name=f"file {file.name}")
