"""Counting rights and wrongs, with intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.sight.labelled import FlagName, Labelled
from watchword.terms import Assessment, Level, Outcome

Row = tuple[Labelled, Assessment]
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """True positives, false positives and false negatives, and what follows from them."""

    true: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """The part of what was raised that was right."""
        return self.true / (self.true + self.false) if self.true + self.false else 1.0

    @property
    def recall(self) -> float:
        """The part of what was expected that was raised."""
        return self.true / (self.true + self.missed) if self.true + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return (
            2 * self.true / (2 * self.true + self.false + self.missed) if self.true + self.false + self.missed else 1.0
        )


def flags(rows: Sequence[Row], wanted: Callable[[FlagName], bool], by_kind: bool = False) -> Score:
    """Score the flags of some names; at either level a flag counts. By kind, one flag a contact and kind."""
    true = false = missed = 0
    for labelled, assessment in rows:
        raised = {(flag.kind, flag.term) for flag in assessment.flags}
        expected, optional = set(labelled.expected), set(labelled.optional)
        if by_kind:
            raised, expected, optional = ({(kind, None) for kind, _ in names} for names in (raised, expected, optional))
        raised, expected = set(filter(wanted, raised)), set(filter(wanted, expected))
        true += len(raised & expected)
        false += len(raised - expected - optional)
        missed += len(expected - raised)
    return Score(true, false, missed)


def of_kind(rows: Sequence[Row], kind: str) -> Score:
    """Score the flags of a kind, one a contact."""
    return flags(rows, lambda name: name[0] == kind, by_kind=True)


def of_term(rows: Sequence[Row], term: str | None) -> Score:
    """Score the flags of a term."""
    return flags(rows, lambda name: name[1] == term)


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a proportion (Wilson 1927)."""
    if whole == 0:
        return 0.0, 1.0
    z, share = 1.96, part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def resampled(rows: Sequence[Row], figure: Callable[[Sequence[Row]], float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a figure over contacts, with a fixed seed."""
    draw = random.Random(20250109)
    values = sorted(figure(draw.choices(rows, k=len(rows))) for _ in range(RESAMPLES))
    return values[int(RESAMPLES * 0.025)], values[int(RESAMPLES * 0.975)]


def flagless(rows: Sequence[Row]) -> list[Row]:
    """The contacts that must raise nothing."""
    return [row for row in rows if not row[0].expected and not row[0].optional]


def false_alarms(rows: Sequence[Row]) -> int:
    """How many contacts come to escalate."""
    return sum(assessment.outcome is Outcome.ESCALATE for _, assessment in rows)


def questions(rows: Sequence[Row]) -> int:
    """How many contacts come to clarify because of a flag."""
    return sum(assessment.outcome is Outcome.CLARIFY and bool(assessment.flags) for _, assessment in rows)


def levels_right(rows: Sequence[Row]) -> tuple[int, int]:
    """Of the flags rightly raised, how many have the expected level."""
    pairs = [
        (labelled.expected[flag.kind, flag.term], flag.level)
        for labelled, assessment in rows
        for flag in assessment.flags
        if (flag.kind, flag.term) in labelled.expected
    ]
    return sum(Level(expected) is level for expected, level in pairs), len(pairs)
