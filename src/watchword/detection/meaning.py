"""The seam for reading meanings: what readers hand on, and the two kinds of reader.

``PhraseReader`` finds the words and wordings that a policy lists. A ``MeaningModel`` says how likely a meaning is in a
stretch of text, in whatever wording; `weigh.py` brings both together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from watchword.detection.lexicon import Entry, Lexicon
from watchword.terms import Level, Passage, Scope

if TYPE_CHECKING:
    from watchword.detection.context import Verdict  # its tables are compiled where the first hit is judged

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the policy found in a passage, not yet judged."""

    entry: Entry
    passage: Passage
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A hit and what its place and its sentence make of it.

    ``final`` is what no model may overturn: whose words they are, the channel, an exception of the policy.
    """

    hit: Hit
    verdict: Verdict
    because: str
    final: bool = False
    number: int | None = None
    aimed: bool = False  # whether the sentence speaks of us or of our bill


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
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """A hit that raises nothing, and why."""

    hit: Hit
    because: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was seen in a contact's own words, and which words were set aside."""

    sightings: tuple[Sighting, ...] = ()
    asides: tuple[Aside, ...] = ()


NOTHING_NOTICED = Noticed()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model makes of one stretch of a passage, and of the turns before in which those words began."""

    passage: Passage
    start: int
    end: int
    text: str  # what was read: the stretch itself, after the words that it goes on with
    begins: Hashable  # the same for all readings of what is said without a stop
    odds: Callable[[Entry], float]  # log-odds of an entry's meaning
    doubt: Callable[[Entry], float]  # log-odds that careful people would be in doubt whether it is meant
    where: Callable[[Entry], Sequence[tuple[Passage, int, int]]]  # the sentence that shows it, turn by turn
    bare: Callable[[Entry], float]  # the log-odds without what stood before it
    alone: Callable[[Entry, int | None], float]  # of the sentence at a place of the passage, or of that which shows it
    scopes: tuple[Scope, ...]  # what a do-not-contact request in it covers
    reason: str  # why tempting words mean nothing here, if they do not
    taken_back: bool  # whether it takes back what was threatened


class MeaningModel(Protocol):
    """Knows meanings in wordings that nobody listed."""

    name: str  # which model and which state of it, for the record

    def read(
        self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
    ) -> list[Reading]:
        """Read the stretches of the customer's own words that may carry one of the meanings; all those with hits.

        ``first`` is the first passage to be read; those before it are what was said before.
        """
        ...

    def weighed(self, entry: Entry, reading: Reading, wording: str) -> float:
        """An entry's log-odds in a reading, given what the policy's own wordings came to there."""
        ...

    def level(self, entry: Entry, odds: float) -> Level | None:
        """The level that an entry's log-odds over all places come to."""
        ...

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        """The level that an entry's log-odds in one reading of few words come to; ``listed``: a wording of the policy
        stands there in its plain meaning.
        """
        ...

    def is_doubt(self, odds: float) -> bool:
        """Whether these log-odds of an honest doubt are enough to ask."""
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
