"""The sieve behind the gate: a small network that reads a text's words in their order.

The gate adds words up, and much calm talk about bills has the words of what is no calm talk. What the gate lets through
is read here once more, in a fiftieth of the time that the encoder takes, and only the rest is shown to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import Any

from watchword.detection.model.encoder import open_network

UNREADABLE = 100  # [UNK] of the vocabulary, for a text of which nothing is left
MOST_TOKENS = 192


class Sieve:
    """Safe to share between threads."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def score(self, tokens: Sequence[int]) -> float:
        """How likely a text of these tokens is to carry anything, as log-odds."""
        import numpy

        given = numpy.array([list(tokens[:MOST_TOKENS]) or [UNREADABLE]], dtype=numpy.int64)
        return float(self._session.run(None, {"text": given})[0][0])


def open_sieve(folder: Traversable) -> Sieve:
    """The sieve that lies in a folder. Raises ModelError when it cannot be loaded."""
    return Sieve(open_network(folder.joinpath("sieve.onnx")))
