"""The gate before the encoder: words and pairs of words, weighed and added up.

Most turns of most calls are ordinary, and a sum over their words says so in some microseconds. Only what the sum cannot
rule out is shown to the encoder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from math import sqrt
from zlib import crc32

from watchword.errors import ModelError

SIZE = 1 << 18  # weights, one for each remainder of a word's checksum
_WORD = re.compile(r"[a-z0-9']+")


class Gate:
    """Weights in steps of ``step``; a text's score is the mean-like sum of the weights of its words and pairs."""

    def __init__(self, weights: bytes, step: float, lean: float) -> None:
        self._weights = memoryview(weights).cast("b")
        self._step = step
        self._lean = lean

    def score(self, text: str) -> float:
        """How likely a text is to carry anything, as log-odds; comparable between texts of different lengths."""
        weights = self._weights
        total = count = 0
        for slot in slots(text):
            total += weights[slot]
            count += 1
        return self._lean + (total * self._step / sqrt(count) if count else 0.0)


def slots(text: str) -> Iterator[int]:
    """The slots of a text's words and pairs of neighbours, each as often as it stands there."""
    earlier = b"<"
    for word in _WORD.findall(text.lower()):
        this = word.encode()
        yield crc32(this) % SIZE
        yield crc32(this, crc32(earlier)) % SIZE
        earlier = this


def open_gate(folder: Traversable) -> Gate:
    """The gate that lies in a folder. Raises ModelError when it is not there or not whole."""
    try:
        head, _, weights = folder.joinpath("gate.bin").read_bytes().partition(b"\n")
        step, lean = map(float, head.split())
    except (OSError, ValueError) as error:
        raise ModelError("The meaning model's gate cannot be read.", do="Install Watchword again.") from error
    if len(weights) != SIZE:
        raise ModelError("The meaning model's gate is not whole.", do="Install Watchword again.")
    return Gate(weights, step, lean)
