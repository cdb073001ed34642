"""Meanings of the owner's own, learnt from one sentence and a handful of examples, without a training run.

The network's embedding puts texts that mean alike near one another. A ridge regression (Hoerl & Kennard 1970) on the
sentence and the examples, with ordinary contact-centre talk as the background, gives a direction along which a text is
weighed. Each meaning is measured by that talk, of which more lies near to one meaning than to another. It is solved in
a millisecond, the same way each time, so a policy that is read again answers the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.resources.abc import Traversable
from typing import Any

from watchword.detection.lexicon import Taught
from watchword.errors import ModelError

Numbers = Any  # an array of numpy, which is imported only where the encoder runs
RIDGE = 0.3  # chosen on the five invented meanings of the development set, as are the next two
ORDINARY = 0.95  # share of ordinary talk that lies below 0
BACKGROUND = 0.3  # weight of all ordinary talk together, where the examples each way together weigh 1
WIDTH = 384  # of an embedding
MOST_LEARNT = 64  # meanings kept
LEAST_APART = 0.05  # of examples and ordinary talk; examples that say nothing in particular raise nothing for it


class OwnMeanings:
    """Weighs texts against taught meanings. ``embed`` gives a text's embedding, of length one."""

    def __init__(self, embed: Callable[[str], Numbers], background: Numbers) -> None:
        self._embed = embed
        self._background = background
        self._direction = lru_cache(maxsize=MOST_LEARNT)(self._learn)

    def score(self, taught: Taught, meaning: Numbers) -> float:
        """How much an embedding speaks for a taught meaning: 1 and more for its examples, below 0 for ordinary
        talk.
        """
        direction = self._direction(taught)
        return float(meaning @ direction[:-1] + direction[-1])

    def _learn(self, taught: Taught) -> Numbers:
        import numpy

        holds = [self._embed(text) for text in (taught.means, *taught.holds)]
        leaves = [self._embed(text) for text in taught.leaves]
        rows = numpy.vstack([*holds, *leaves, self._background])
        rows = numpy.hstack([rows, numpy.ones((len(rows), 1))])
        shares = [1 / len(holds)] * len(holds) + [1 / max(1, len(leaves))] * len(leaves)
        weights = numpy.array(shares + [BACKGROUND / len(self._background)] * len(self._background))
        sides = numpy.array([1.0] * len(holds) + [-1.0] * (len(rows) - len(holds)))
        weighed = rows * weights[:, None]
        penalty = numpy.full(rows.shape[1], RIDGE)
        penalty[-1] = RIDGE / 100  # the constant is hardly held back
        direction = numpy.linalg.solve(weighed.T @ rows + numpy.diag(penalty), weighed.T @ sides)
        along = rows @ direction
        nothing = numpy.quantile(along[-len(self._background) :], ORDINARY)
        direction[-1] -= nothing
        return direction / max(float(along[: len(holds)].min() - nothing), LEAST_APART)


def open_background(folder: Traversable) -> Numbers:
    """Embeddings of ordinary contact-centre talk. Raises ModelError when they are not there or not whole."""
    import numpy

    try:
        halves = numpy.frombuffer(folder.joinpath("background.bin").read_bytes(), dtype="<f2")
        return halves.astype("float64").reshape(-1, WIDTH)
    except (OSError, ValueError) as error:
        raise ModelError("The meaning model's background cannot be read.", do="Install Watchword again.") from error
