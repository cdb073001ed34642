"""A model that says what the test tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from watchword.detection.lexicon import Entry
from watchword.detection.meaning import Hit, Reading
from watchword.policy.load import load_policy
from watchword.terms import Assessment, Contact, Level, Passage, Scope, Zone
from watchword.triage.assess import assess

POLICY = load_policy("natera-billing")
QUIET = -9.0


class Told:
    """Says of each turn what it was told; asks from log-odds 0, acts from 2."""

    name = "told"

    def __init__(
        self,
        odds: Mapping[int, Mapping[str, float]],
        alone: Mapping[str, float] = MappingProxyType({}),
        bare: Mapping[int, Mapping[str, float]] | None = None,
        doubts: Mapping[int, Mapping[str, float]] = MappingProxyType({}),
        taken_back: tuple[int, ...] = (),
    ) -> None:
        self.told = odds
        self.alone = alone  # what it says of a sentence read by itself
        self.told_bare = odds if bare is None else bare  # and of each turn without what stood before it
        self.doubts = doubts
        self.taken_back = taken_back

    def read(
        self, passages: Sequence[Passage], hits: Sequence[Hit], meanings: Sequence[Entry], first: int = 0
    ) -> list[Reading]:
        return [self.reading(passage) for passage in passages if passage.zone is Zone.OWN]

    def reading(self, passage: Passage) -> Reading:
        told = self.told.get(passage.turn or 0, {})
        bare = self.told_bare.get(passage.turn or 0, {})
        doubts = self.doubts.get(passage.turn or 0, {})
        return Reading(
            passage=passage,
            start=0,
            end=len(passage.text),
            text=passage.text,
            begins=passage.turn,
            odds=lambda entry: told.get(entry.known or "", QUIET),
            doubt=lambda entry: doubts.get(entry.known or "", QUIET),
            where=lambda entry: [(passage, 0, len(passage.text))],
            bare=lambda entry: bare.get(entry.known or "", QUIET),
            alone=lambda entry, at: self.alone.get(entry.known or "", -math.inf),
            scopes=(Scope.CALLS,),
            reason="somebody else's affair",
            taken_back=passage.turn in self.taken_back,
        )

    def weighed(self, entry: Entry, reading: Reading, wording: str) -> float:
        return reading.odds(entry) + {"listed": 1.0, "aimed": 1.0, "aside": -4.0}.get(wording, 0.0)

    def level(self, entry: Entry, odds: float) -> Level | None:
        return Level.ESCALATE if odds >= 2 else Level.CLARIFY if odds >= 0 else None

    def level_in_few_words(self, entry: Entry, odds: float, listed: bool) -> Level | None:
        return None

    def is_doubt(self, odds: float) -> bool:
        return odds >= 1


def told(
    contact: Contact, odds: Mapping[int, Mapping[str, float]], alone: Mapping[str, float] = MappingProxyType({})
) -> Assessment:
    return assess(contact, POLICY, None, Told(odds, alone))


def flags(found: Assessment) -> list[tuple[str | None, Level]]:
    return [(flag.term or flag.kind, flag.level) for flag in found.flags]
