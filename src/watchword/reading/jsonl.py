"""JSON values from a file of lines, one value a line; what is wrong with one line says nothing of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from watchword.errors import ContactInvalid, FileUnreadable, InputError, Place
from watchword.reading.json_text import parse_json
from watchword.reading.stream import BLOCK, Stream

Value = tuple[Place, Any]  # a JSON value and where it stands


def values_in_lines(stream: Stream, *, file: str, longest: int) -> Iterator[Value | InputError]:
    """The value of each line that is not blank, or the error of that line. ``longest`` is in bytes.

    A longer line is an error and is not held in memory. A file that begins with neither a JSON value nor text is one
    error, not one a line. A file without a line that holds anything is an error.
    """
    first = stream.first_words(BLOCK)
    if _is_rubbish(first):
        yield FileUnreadable("The file is not text.", do="Give JSON lines in UTF-8.", place=Place(file))
        return
    number, empty = stream.passed_over, True
    while (line := stream.line(longest)) != b"":
        number += 1
        place = Place(file, number)
        if line is None:
            yield too_long(place, longest)
        elif words := line.strip():
            yield _value(words, place)
        else:
            continue
        empty = False
    if empty:
        yield nothing_in(file)


def nothing_in(file: str) -> FileUnreadable:
    """The error for a file without a contact: more often a broken export than a day without calls."""
    return FileUnreadable("The file holds no contact.", do="Check the export that made it.", place=Place(file))


def too_long(place: Place, longest: int) -> ContactInvalid:
    """The error for a contact of more than ``longest`` bytes."""
    return ContactInvalid(
        f"The contact is longer than {longest} bytes.",
        do="Raise WATCHWORD_LARGEST_CONTACT, or take out what is no contact.",
        place=place,
    )


def _value(words: bytes, place: Place) -> Value | InputError:
    try:
        return place, parse_json(words, place=place)
    except ContactInvalid as error:
        return error


def _is_rubbish(first: bytes) -> bool:
    if first[:1] in (b"{", b"[", b""):
        return False
    if b"\0" in first:
        return True
    try:
        first.decode()
    except UnicodeDecodeError as error:
        return error.end < len(first)  # a letter cut off at the end of the block is none
    return False
