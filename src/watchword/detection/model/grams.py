"""Words and runs of words, weighed for each label: the static half of the model.

It knows nothing of order beyond three words and is blind to what the encoder sees; it errs elsewhere, and the two
together err less than either (the model card has the figures). Its weights are whole steps of one size, a byte each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from math import sqrt
from typing import Any
from zlib import crc32

from watchword.errors import ModelError

Numbers = Any  # an array of numpy, which is imported only where the encoder runs
SIZE = 1 << 17  # rows, one for each remainder of a run's checksum
LAST_WORDS = 8  # of what stood before
_WORD = re.compile(r"[a-z0-9']+")
_PLAIN_WORD = re.compile(r"[a-z']+")


class Grams:
    """A row of weights for each run of words; a text's log-odds are the mean-like sum of its rows."""

    def __init__(self, table: Numbers, step: float, lean: Numbers) -> None:
        self._table = table
        self._step = step
        self._lean = lean

    def odds(self, before: str, text: str) -> Numbers:
        """The log-odds of each label."""
        rows = list(rows_of(before, text))
        if not rows:
            return self._lean
        return self._table[rows].sum(0, dtype="int64") * (self._step / sqrt(len(rows))) + self._lean


def rows_of(before: str, text: str) -> Iterator[int]:
    """The rows of a text: its words, its runs of two and three, and the last words of what stood before."""
    for word in _PLAIN_WORD.findall(before.lower())[-LAST_WORDS:]:
        yield crc32(b"A:" + word.encode()) % SIZE
    second = first = b""
    for word in _WORD.findall(text.lower()):
        this = word.encode()
        yield crc32(this) % SIZE
        if first:
            yield crc32(first + b" " + this) % SIZE
        if second:
            yield crc32(second + b" " + first + b" " + this) % SIZE
        second, first = first, this


def open_grams(folder: Traversable) -> Grams:
    """The weights that lie in a folder. Raises ModelError when they are not there or not whole."""
    import numpy

    try:
        head, _, weights = folder.joinpath("grams.bin").read_bytes().partition(b"\n")
        values = json.loads(head)
        lean = numpy.array(values["lean"])
        return Grams(numpy.frombuffer(weights, dtype="int8").reshape(SIZE, len(lean)), values["step"], lean)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError("The meaning model's words cannot be read.", do="Install Watchword again.") from error
