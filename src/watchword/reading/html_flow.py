"""Text as it flows onto the page: spaces collapsed, lines broken, each character with its place in the HTML."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

from watchword.reading.invisible import INVISIBLE, plain_blanks

RUN = re.compile(rf"(?P<run>[^ \t\n\r\f{INVISIBLE}]+(?: [^ \t\n\r\f{INVISIBLE}]+)*)|[ \t\n\r\f]+")
LINE = re.compile(rf"(?P<run>[^\n\r{INVISIBLE}]+)|\r\n?|\n")
ONLY_INVISIBLE = re.compile(f"[{INVISIBLE}]*")
COLLAPSING = " \t\n\r\f"


class Flow:
    """The text shown so far.

    A blank and the break before a block are held back until something visible follows, so that none stands at the
    start, at the end or twice.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.places = array("I")
        self._pieces: list[str] = []
        self._references: list[tuple[int, int]] = []  # index in the text, place of its last character in the source
        self._newlines = 2  # at the end of what is shown; the top of the page counts as a blank line
        self._held_newlines, self._held_newlines_at = 0, 0
        self._held_space_at = -1

    def show(self, start: int, end: int, *, keeps_lines: bool) -> None:
        """Show a stretch of the source that holds no markup."""
        for match in (LINE if keeps_lines else RUN).finditer(self.source, start, end):
            if match.lastgroup:
                self._write(match[0], range(match.start(), match.end()))
            elif keeps_lines:
                self.line_break(match.start())
            elif self._held_space_at < 0:
                self._held_space_at = match.start()

    def show_reference(self, shown: str, start: int, end: int, *, keeps_lines: bool) -> None:
        """Show the characters that a character reference from ``start`` to ``end`` stands for."""
        if shown in COLLAPSING and not (keeps_lines and shown == " "):
            self.line_break(start) if keeps_lines and shown == "\n" else self.space(start)
        elif not ONLY_INVISIBLE.fullmatch(shown):
            self._write(shown, [start] * (len(shown) - 1) + [start if len(shown) == 1 else end - 1])
            self._references.append((len(self.places) - 1, end - 1))

    def space(self, place: int) -> None:
        """A blank, unless one is there already."""
        if self._held_space_at < 0:
            self._held_space_at = place

    def line_break(self, place: int) -> None:
        """End the line; on an empty one, make a blank line."""
        self._release_newlines()
        if self.places:
            self._append("\n", (place,))
            self._newlines += 1

    def part(self, place: int, *, blank_line: bool) -> None:
        """What follows stands on a line of its own, after a blank line if asked."""
        wanted = 2 if blank_line else 1
        if wanted > self._held_newlines:
            self._held_newlines_at = self._held_newlines_at if self._held_newlines else place
            self._held_newlines = wanted

    def text(self) -> str:
        """All that is shown. Call it once, at the end: it settles the places of the character references."""
        text = plain_blanks("".join(self._pieces))
        for index, last in self._references:
            if text[index - 1 : index].isalnum() and not text[index + 1 : index + 2].isalnum():
                self.places[index] = last
        return text

    def _write(self, text: str, places: Iterable[int]) -> None:
        self._release_newlines()
        if self._held_space_at >= 0 and not self._newlines:
            self._append(" ", (self._held_space_at,))
        self._held_space_at = -1
        self._append(text, places)
        self._newlines = 0

    def _release_newlines(self) -> None:
        missing = self._held_newlines - self._newlines
        if missing > 0:
            self._append("\n" * missing, range(self._held_newlines_at, self._held_newlines_at + missing))
            self._newlines += missing
        self._held_newlines = 0
        if self._newlines:
            self._held_space_at = -1

    def _append(self, text: str, places: Iterable[int]) -> None:
        self._pieces.append(text)
        self.places.extend(places)
