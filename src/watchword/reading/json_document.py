"""JSON values from a file that is one JSON document: one object, or an array read one element after another.

An array of any length is read in flat memory: no more is held than one element and the block it ends in.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from watchword.errors import ContactInvalid, InputError, Place
from watchword.reading.json_text import DECODER, check_depth, parse_json, refused
from watchword.reading.jsonl import Value, nothing_in, too_long
from watchword.reading.stream import BLOCK, Stream

_BLANKS = re.compile(r"[ \t\r\n]*")
# Finds the end of an element that the strict decoder refuses; what it reads is thrown away.
_LENIENT = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)
_DELIMITERS = frozenset(" \t\r\n,]")
_NEAR_END = 16  # the longest word, number sign or escape that the end of a window can cut is shorter
_END = "Mend the document there; what stands before it was read."


def values_in_document(stream: Stream, *, file: str, longest: int) -> Iterator[Value | InputError]:
    """The object a document holds, or each element of its array; ``longest`` is in bytes, for one object or element.

    An element that is JSON but cannot be taken for what it says (a key twice, NaN) is an error and the next is read;
    where the text stops being JSON, the last error says so.
    """
    first = stream.first_words(BLOCK)
    if not first:
        yield nothing_in(file)
    elif first.startswith(b"["):
        yield from _Elements(stream, file, longest)
    else:
        yield _whole(stream, file, longest)


def _whole(stream: Stream, file: str, longest: int) -> Value | InputError:
    place = Place(file, stream.passed_over + 1)
    raw = stream.read(longest + 1)
    if len(raw) > longest:
        return too_long(Place(file), longest)
    try:
        return Place(file), parse_json(raw, place=place)
    except ContactInvalid as error:
        return error


class _Elements:
    """The elements of an array, decoded from a window of its text that grows only where one element needs it."""

    def __init__(self, stream: Stream, file: str, longest: int) -> None:
        self._stream, self._file, self._longest = stream, file, longest
        self._letters = codecs.getincrementaldecoder("utf-8")()
        self._window, self._at = "", 0  # what stands before _at has been taken
        self._line = stream.passed_over + 1  # the line that _at stands on
        self._ended = False

    def __iter__(self) -> Iterator[Value | InputError]:
        try:
            self._punctuation("[")
            if self._next() == "]":
                yield nothing_in(self._file)
            else:
                yield from self._all()
            self._punctuation("]")
            if self._next():
                raise self._broken("Extra data", self._at)
        except ContactInvalid as error:
            yield error

    def _all(self) -> Iterator[Value | InputError]:
        while True:
            yield self._element()
            if self._next() != ",":
                return
            self._punctuation(",")

    def _element(self) -> Value | ContactInvalid:
        self._next()
        place = Place(self._file, self._line)
        try:
            value, letters = self._decoded(DECODER, place)
        except _Untakeable as error:
            return self._passed_over(error.told, place)
        if len(letters) * 4 > self._longest and len(letters.encode()) > self._longest:
            return too_long(place, self._longest)
        try:
            check_depth(value, letters, place)
        except ContactInvalid as error:
            return error
        return place, value

    def _passed_over(self, told: ContactInvalid, place: Place) -> ContactInvalid:
        try:
            self._decoded(_LENIENT, place)
        except (_Untakeable, ContactInvalid):
            raise ContactInvalid(told.what, do=_END, place=place) from None
        return told

    def _decoded(self, decoder: json.JSONDecoder, place: Place) -> tuple[Any, str]:
        """The element the window stands at, read by the given decoder, and its text; it is taken then."""
        while True:
            try:
                value, end = decoder.raw_decode(self._window, self._at)
                if self._ended or _is_whole(self._window, end):
                    return value, self._take(end)
            except json.JSONDecodeError as error:
                if self._ended or not _may_go_on(error, self._window):
                    raise self._broken(error.msg.removesuffix(":"), error.pos) from None
            except (ValueError, RecursionError) as error:
                raise _Untakeable(refused(error, place)) from None
            if len(self._window) - self._at > self._longest:
                raise ContactInvalid(too_long(place, self._longest).what, do=_END, place=place)
            self._grow(max(BLOCK, len(self._window) - self._at))

    def _next(self) -> str:
        """The next letter that is no blank, which then stands next; "" at the end of the document."""
        while True:
            blanks = _BLANKS.match(self._window, self._at)
            self._take(blanks.end() if blanks else self._at)
            if self._at < len(self._window) or self._ended:
                return self._window[self._at : self._at + 1]
            self._grow(BLOCK)

    def _punctuation(self, expected: str) -> None:
        if self._next() != expected:
            raise self._broken(f"Expecting '{expected}'", self._at)
        self._take(self._at + 1)

    def _broken(self, what: str, at: int) -> ContactInvalid:
        line_start = self._window.rfind("\n", 0, at)
        column = at - line_start if line_start >= 0 else None
        place = Place(self._file, self._line + self._window.count("\n", self._at, at), column)
        return ContactInvalid(f"This is not JSON: {what}.", do=_END, place=place)

    def _take(self, end: int) -> str:
        taken = self._window[self._at : end]
        self._line += taken.count("\n")
        self._at = end
        return taken

    def _grow(self, size: int) -> None:
        block = self._stream.read(size)
        self._ended = not block
        try:
            letters = self._letters.decode(block, final=self._ended)
        except UnicodeDecodeError:
            raise self._broken("the text is not UTF-8", len(self._window)) from None
        self._window, self._at = self._window[self._at :] + letters, 0


class _Untakeable(Exception):
    """An element that is JSON but cannot be taken for what it says; the next one can still be found."""

    def __init__(self, told: ContactInvalid) -> None:
        super().__init__(told)
        self.told = told


def _is_whole(window: str, end: int) -> bool:
    """Whether an element that ends there cannot go on behind the window, as 1 may turn out to be 1e16."""
    return window[end : end + 1] in _DELIMITERS or len(window) > end + _NEAR_END


def _may_go_on(error: json.JSONDecodeError, window: str) -> bool:
    """Whether the text stopped being JSON only because the window ends there."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(window) - _NEAR_END
