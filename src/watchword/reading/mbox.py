"""A mailbox file cut into its mails, one at a time, however long the file.

The standard library's reader first indexes the whole file, opens it for writing and takes every line that begins with
"From " for a new mail; this one reads straight through and asks for a date or a header as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from watchword.errors import Place

CHUNK = 1 << 16  # a line longer than this is read piece by piece
WITH_DATE = re.compile(rb"From .*\d{1,2}:\d\d.*\b\d{4}\b")
HEADER = re.compile(
    rb"(?:return-path|delivered-to|received|message-id|mime-version|content-type|x-[a-z-]+|from|to|subject|date|sender):",
    re.IGNORECASE,
)
ESCAPED = re.compile(rb">+From ")


def mails_in(opened: BinaryIO, place: Place, *, largest: int) -> Iterator[tuple[Place, bytes | None]]:
    """Each mail with the place where it begins, as it was before it was put into the mailbox.

    None stands for a mail of more than ``largest`` bytes, which is not kept in memory.
    """
    mail: list[bytes] = []
    size, began = 0, 0
    for number, line, opens in _lines(opened):
        if opens or not began:
            if began:
                yield Place(place.file, began), _whole(mail, size, largest)
            mail, size, began = [], 0, number
        if opens:
            continue
        size += len(line)
        if size <= largest:
            mail.append(line[1:] if ESCAPED.match(line) else line)
        else:
            mail.clear()
    if began:
        yield Place(place.file, began), _whole(mail, size, largest)


def begins_as_mailbox(path: Path) -> bool:
    """Whether a file's first line is one that opens a mail."""
    with path.open("rb") as opened:
        return opened.read(5) == b"From "


def _whole(mail: list[bytes], size: int, largest: int) -> bytes | None:
    return b"".join(mail) if size <= largest else None


def _lines(opened: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Each line with its number, counted from 1, and whether it opens a mail."""
    number, after_blank, is_start = 0, True, True
    held: tuple[int, bytes] | None = None  # a line that opens a mail if a header follows
    while line := opened.readline(CHUNK):
        number += is_start
        if held:
            yield *held, HEADER.match(line) is not None
            held = None
        if is_start and after_blank and line.startswith(b"From "):
            if number == 1 or WITH_DATE.match(line):
                yield number, line, True
            else:
                held = number, line
        else:
            yield number, line, False
        after_blank = is_start and line in (b"\n", b"\r\n")
        is_start = line.endswith(b"\n")
    if held:
        yield *held, False
