"""Things found in passages, kept by where they stand: what touches a place is found without looking at all the others.

A mail of megabytes may hold a hundred thousand listed words, and each is asked which others it touches.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from watchword.terms import Passage


class Placed(Protocol):
    """Something that stands in a passage, from ``start`` to ``end`` of its text."""

    @property
    def passage(self) -> Passage: ...  # noqa: D102
    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102


Thing = TypeVar("Thing")


class Nearby(Generic[Thing]):
    """Things by their places; ``place`` says where each stands."""

    def __init__(self, things: Iterable[Thing], place: Callable[[Thing], Placed]) -> None:
        by_passage: dict[int, list[tuple[int, int, int, Thing]]] = {}
        for number, thing in enumerate(things):
            at = place(thing)
            by_passage.setdefault(id(at.passage), []).append((at.start, at.end, number, thing))
        self._rows = {key: sorted(rows, key=lambda row: row[0]) for key, rows in by_passage.items()}
        self._starts = {key: [row[0] for row in rows] for key, rows in self._rows.items()}
        self._longest = {key: max(row[1] - row[0] for row in rows) for key, rows in self._rows.items()}

    def touching(self, place: Placed) -> list[Thing]:
        """Those that share a character with the place, in the order in which they were given."""
        return [thing for _, thing in sorted(self._touching(place), key=lambda found: found[0])]

    def touches(self, place: Placed) -> bool:
        """Whether one of them does."""
        return next(self._touching(place), None) is not None

    def _touching(self, place: Placed) -> Iterator[tuple[int, Thing]]:
        key = id(place.passage)
        rows = self._rows.get(key)
        if not rows:
            return
        at = bisect_left(self._starts[key], place.start - self._longest[key])
        while at < len(rows) and rows[at][0] < place.end:
            start, end, number, thing = rows[at]
            if place.start < end and start < place.end:
                yield number, thing
            at += 1
