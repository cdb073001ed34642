"""How far a long piece of work is, told at each tenth of it."""

from __future__ import annotations

import time
from collections.abc import Callable

Say = Callable[[str], None]


def say_at_once(line: str) -> None:
    """Print a line that is seen at once, in a file or a pipe too."""
    print(line, flush=True)


class Progress:
    """Tells at each tenth of ``whole`` how much is done and how long the rest may take."""

    def __init__(
        self, name: str, whole: int, say: Say = say_at_once, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._whole, self._say, self._clock = name, whole, say, clock
        self._begun = clock()
        self._done = 0

    def add(self, count: int) -> None:
        """So many more are done."""
        before, self._done = self._done, self._done + count
        if before * 10 // self._whole < self._done * 10 // self._whole:
            gone = self._clock() - self._begun
            left = gone * (self._whole - self._done) / self._done
            self._say(
                f"{self._name}: {self._done:,} of {self._whole:,} texts, {gone / 60:.0f} min gone, "
                f"about {left / 60:.0f} min to go"
            )
