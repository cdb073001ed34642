"""The seam for reading meanings: whoever can say which of a policy's meanings a passage holds.

Two readers can sit here. ``PhraseReader`` finds the wordings that the policy lists. A model that knows a meaning in
wordings nobody listed gives the same sightings; which readers are asked is decided where the rooms are wired together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from watchword.detection.lexicon import Entry, Lexicon
from watchword.terms import Level, Passage


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something the policy names, seen in a passage at the characters from ``start`` to ``end`` of its text."""

    entry: Entry
    passage: Passage
    start: int
    end: int
    level: Level
    why: str = ""  # why it is in doubt, where it is
    number: int | None = None  # contacts claimed, the present one included


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the policy found in a passage, not yet judged."""

    entry: Entry
    passage: Passage
    start: int
    end: int


class MeaningReader(Protocol):
    """Reads the policy's meanings out of passages."""

    def read(self, passages: Sequence[Passage]) -> list[Hit]:
        """Every place where one of the policy's words or meanings is found, in the order of the passages."""
        ...


class PhraseReader:
    """Finds the words and wordings that stand in the policy."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._scanner = lexicon.scanner
        self._entries = lexicon.entries

    def read(self, passages: Sequence[Passage]) -> list[Hit]:
        """Every listed word and wording found, one hit for each entry that it stands for."""
        hits: list[Hit] = []
        look = self._scanner.raw_hits
        for passage in passages:
            raw = look(passage.text)
            if raw:
                hits += [
                    Hit(entry, passage, start, end)
                    for number, start, end in self._scanner.located(passage.text, raw)
                    for entry in self._entries[number]
                ]
        return hits
