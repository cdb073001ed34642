"""Bytes of one input, taken by line or by block and counted as they are taken, never held whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from watchword.reading.json_text import UTF8_MARK

BLOCK = 64 * 1024  # bytes taken at a time, and told of at a time


class Stream:
    """A binary file read once from its start.

    ``told`` is called with the number of bytes of the file that have been read so far, now and then; ``position`` says
    that number for a compressed file, whose own bytes are fewer than those taken.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        told: Callable[[int], None] | None = None,
        position: Callable[[], int] | None = None,
    ) -> None:
        self._file = file
        self._told = told
        self._position = position
        self._taken = 0
        self._next_told = BLOCK
        self._ahead = b""
        self.passed_over = 0

    def line(self, longest: int) -> bytes | None:
        """The next line with its end, b"" at the end of the file, None for a line of more than ``longest`` bytes.

        A line that is too long is passed over block by block, so that it is never held.
        """
        line = self._readline(longest + 2)  # room for the end of a line, which is one byte or two
        if len(line) <= longest or len(line.rstrip(b"\r\n")) <= longest:
            return line
        while not line.endswith(b"\n"):
            line = self._readline(BLOCK)
            if not line:
                break
        return None

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end of the file."""
        ahead, self._ahead = self._ahead[:size], self._ahead[size:]
        return ahead + self._count(self._file.read(size - len(ahead)))

    def first_words(self, longest: int) -> bytes:
        """The first line that is not blank, without blanks around it, which the next line or read will give again.

        b"" where there is none; no more than ``longest`` bytes of a longer one. A byte order mark is dropped, and blank
        lines before are passed over and counted in ``passed_over``. Takes no more than the line, for a pipe may have no
        more yet.
        """
        line = self._readline(longest).removeprefix(UTF8_MARK)
        while line and not line.strip():
            self.passed_over += line.count(b"\n")
            line = self._readline(longest)
        self._ahead = line + self._ahead
        return line.strip()

    def _readline(self, size: int) -> bytes:
        if not self._ahead:
            return self._count(self._file.readline(size))
        end = self._ahead.find(b"\n", 0, size) + 1
        take = end or min(size, len(self._ahead))
        ahead, self._ahead = self._ahead[:take], self._ahead[take:]
        if end or take == size:
            return ahead
        return ahead + self._count(self._file.readline(size - take))

    def _count(self, taken: bytes) -> bytes:
        self._taken += len(taken)
        if self._told and self._taken >= self._next_told:
            self._next_told = self._taken + BLOCK
            self._told(self._position() if self._position else self._taken)
        return taken
