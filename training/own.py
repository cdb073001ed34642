"""Measuring the bars for meanings of the owner's own, on the invented ones of the development set."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy

from training.calibrate import COSTS
from training.contacts import ACT, NONE, ROOT
from watchword.detection.lexicon import Taught
from watchword.detection.model.reader import ShippedModel
from watchword.policy.schema import Lean

INVENTED = ROOT / "corpus" / "dev" / "own"
MOST_RAISED = {  # share of ordinary conversations that may be asked about, and escalated
    Lean.CATCH_MORE: (0.16, 0.06),
    Lean.EVEN: (0.08, 0.03),
    Lean.FEWER_FALSE_ALARMS: (0.04, 0.015),
}
GRID = numpy.round(numpy.arange(-3.0, 6.01, 0.1), 2)


@dataclass(frozen=True, slots=True)
class Invented:
    """An invented meaning, as an owner would teach it, and texts with whether they hold it."""

    name: str
    taught: Taught
    texts: tuple[tuple[str, bool], ...]


def invented(folder: Path = INVENTED) -> Iterator[Invented]:
    """The invented meanings of a folder."""
    for file in sorted(folder.glob("*.jsonl")):
        head, *rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        taught = Taught(head["means"], tuple(head["raise"]), tuple(head["leave"]))
        yield Invented(head["meaning"], taught, tuple((row["text"], row["holds"]) for row in rows))


def calibrate(model: ShippedModel, talks: Sequence[Sequence[str]]) -> tuple[dict[str, dict[str, float]], float]:
    """Bars by lean, and the scale that turns a score into log-odds, by logistic regression without a constant.

    The bars are measured on ``talks`` too, ordinary conversations by their loudest turn: a meaning is listened for in
    all of a call, and not in one text. A rule that speaks up in every other call is switched off, so few of them may
    reach a bar, whatever is missed for it.
    """
    texts = [(model.own_score(one.taught, text), holds) for one in invented() for text, holds in one.texts]
    whole = [max(model.own_score(one.taught, turn) for turn in talk) for one in invented() for talk in talks]
    scale = scale_of(texts)
    return bars_by_lean(texts, whole, scale), scale


def bars_by_lean(
    texts: Sequence[tuple[float, bool]], whole: Sequence[float], scale: float
) -> dict[str, dict[str, float]]:
    """The bars of least cost for each lean, of those that enough ordinary conversations stay below.

    Given are the scores of texts with whether they hold the meaning, and the score of each conversation. Of bars that
    cost the same, the lowest are taken.
    """
    scores = numpy.array([score for score, _ in texts] + list(whole))
    holds = numpy.array([holds for _, holds in texts] + [False] * len(whole))
    found = {}
    for lean, costs in COSTS.items():
        table = numpy.full((len(GRID), len(GRID)), numpy.inf)
        for ask in range(len(GRID)):
            for act in range(ask, int(numpy.searchsorted(GRID, scale))):  # what its owner wrote is always raised
                if not _quiet(scale * numpy.array(whole), (GRID[ask], GRID[act]), MOST_RAISED[lean]):
                    continue
                done = (scale * scores >= GRID[ask]).astype(int) + (scale * scores >= GRID[act])
                table[ask, act] = sum(
                    numpy.where(holds, costs[ACT][level], costs[NONE][level])[done == level].sum() for level in range(3)
                )
        ask, act = divmod(int(numpy.argmin(table)), len(GRID))
        found[lean.value] = {"ask": float(GRID[ask]), "act": float(GRID[act])}
    return found


def _quiet(talks: numpy.ndarray, bars: tuple[float, float], most: tuple[float, float]) -> bool:
    """Whether no more ordinary conversations reach each bar than may."""
    return all((talks >= bar).sum() <= share * len(talks) for bar, share in zip(bars, most, strict=True))


def scale_of(texts: Sequence[tuple[float, bool]]) -> float:
    """Log-odds for each unit of a score: that of the least log-loss over the texts, whatever the constant."""
    scores, holds = numpy.array([score for score, _ in texts]), numpy.array([holds for _, holds in texts])
    steps = numpy.arange(0.5, 12.01, 0.25)
    leans = numpy.arange(-3.0, 3.01, 0.25)
    losses = [
        (float((numpy.logaddexp(0, s * scores + b) - holds * (s * scores + b)).mean()), float(s))
        for s in steps
        for b in leans
    ]
    return min(losses)[1]
