"""Measuring the bars: from which log-odds a meaning is asked about, and from which it is acted on.

Measured on whole contacts of the development sets, which no network was trained on, and on the policy's own examples,
which say how a plain statement is to be taken. What a wording of the policy adds
to the log-odds is fitted first; then the bars of each group of labels are those with the least cost, the costs of all
groups together weighing in so that a group of few cases does not follow its accidents.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy

from training.contacts import ACT, ASK, EITHER, NONE, Case, Heard, cases, example_cases, group_of
from training.progress import say_at_once
from watchword.detection import weigh
from watchword.detection.lexicon import Entry, lexicon_for
from watchword.detection.model.calibration import Calibration
from watchword.detection.model.encoder import open_encoder
from watchword.detection.model.gate import open_gate
from watchword.detection.model.grams import open_grams
from watchword.detection.model.own import open_background
from watchword.detection.model.reader import ShippedModel
from watchword.detection.model.sieve import open_sieve
from watchword.policy.schema import Lean, Policy

WORDINGS = (weigh.NONE, weigh.MEANT, weigh.LISTED, weigh.AIMED, weigh.DOUBT, weigh.ASIDE)
UNHEARD = -30.0  # log-odds of what gate, sieve and scan never put before the network
GRID = numpy.round(numpy.arange(-4.0, 6.01, 0.25), 2)
STEPS = {  # what a wording may add: one in its plain meaning always speaks for it, the more so a listed word
    weigh.MEANT: numpy.arange(0.5, 4.01, 0.5),
    weigh.LISTED: numpy.arange(1.5, 4.01, 0.5),
    weigh.AIMED: numpy.arange(1.5, 6.01, 0.5),
    weigh.DOUBT: numpy.arange(-1.0, 2.01, 0.5),
    weigh.ASIDE: numpy.arange(-1.5, 0.01, 0.5),  # the rules that judge a sentence are fallible, in long turns above all
}
GRAMS = (0.5, 1.0, 1.5)  # weights of the words that are tried
LISTED = "listed"  # the name of bars for any rule
AS_GOOD = 1.02  # times the least log-loss, or the least cost in few words
AS_MUCH = 1.005  # times the least cost: bars that differ by less than one example would move
# What a case weighs in few words: most alarms come out of contacts that tempt, and an example is the owner's own word.
PLAIN_WEIGHS, CONTACT_WEIGHS, EXAMPLE_WEIGHS = 1.0, 10.0, 30.0
TOGETHER = 0.12  # weight of all groups' cost in the choice for one
# The cost of what is done (nothing, ask, act) for what was expected, by lean: a missed flag is 1.
COSTS: dict[Lean, dict[str, tuple[float, float, float]]] = {
    Lean.CATCH_MORE: {NONE: (0.0, 0.45, 1.2), ASK: (0.6, 0.0, 0.3), ACT: (1.0, 0.25, 0.0)},
    Lean.EVEN: {NONE: (0.0, 0.6, 1.7), ASK: (0.6, 0.0, 0.4), ACT: (1.0, 0.25, 0.0)},
    Lean.FEWER_FALSE_ALARMS: {NONE: (0.0, 0.9, 2.9), ASK: (0.6, 0.0, 0.5), ACT: (1.0, 0.25, 0.0)},
}


class Judged(NamedTuple):
    """A case: the log-odds by which it is asked about and by which it is acted on, its doubtful places left out;
    whether it has any, what was expected, and what it weighs.
    """

    ask: float
    act: float
    doubted: bool
    expected: str
    weight: float


def members(policy: Policy) -> dict[str, list[Entry]]:
    """The meanings of each group that the model knows."""
    found: dict[str, list[Entry]] = {}
    for entry in lexicon_for(policy).meanings:
        if entry.known is not None:
            found.setdefault(group_of(entry), []).append(entry)
    return found


class Tunable:
    """A model whose words can be weighed differently, each window read by the encoder once."""

    def __init__(self, folder: Path, name: str, gate_bar: float, sieve_bar: float) -> None:
        self._encoder = open_encoder(folder)
        self._encoder.look = cache(self._encoder.look)  # type: ignore[method-assign]
        self._parts = open_grams(folder), open_gate(folder), open_sieve(folder)
        self._background = open_background(folder)
        self._calibration = Calibration(name, {}, {}, {}, 0.0, gate_bar, sieve_bar, 0.0, {}, {}, 1.0)

    def weighing(self, grams: float) -> ShippedModel:
        """The model with this weight of the words; it has no bars yet."""
        return ShippedModel(self._encoder, *self._parts, replace(self._calibration, grams=grams), self._background)


def fit(policy: Policy, model: Tunable) -> tuple[float, dict[str, float], list[Case], list[Case]]:
    """The weight of the words and what the wordings add; the development contacts and the policy's examples heard so.

    Taken is the smallest weight whose log-loss is as good as the least.
    """
    tried: list[tuple[float, float, dict[str, float], list[Case], list[Case]]] = []
    for grams in GRAMS:
        weighing = model.weighing(grams)
        development, examples = cases(policy, weighing), example_cases(policy, weighing)
        wordings, loss = fit_wordings(development + examples)
        say_at_once(f"weight of the words {grams}: log-loss {loss:.4f}")
        tried.append((grams, loss, wordings, development, examples))
    least = min(loss for _, loss, *_ in tried)
    grams, _, wordings, development, examples = next(one for one in tried if one[1] <= least * AS_GOOD)
    return grams, wordings, development, examples


def loudness(places: Sequence[Heard], wordings: Mapping[str, float]) -> float:
    """The log-odds of a case over these places, the wordings weighed in."""
    return weigh.together([_weighed(heard, wordings) for heard in places]) if places else UNHEARD


def fit_wordings(found_cases: Sequence[Case]) -> tuple[dict[str, float], float]:
    """What each kind of wording adds, by coordinate descent on the log-loss with one slope and one lean for all."""
    known = [case for case in found_cases if case.expected != EITHER and case.heard]
    wanted = numpy.array([{NONE: 0.0, ASK: 0.5, ACT: 1.0}[case.expected] for case in known])
    found, least = dict.fromkeys(WORDINGS, 0.0), math.inf
    for _ in range(2):
        for wording, steps in STEPS.items():
            losses = [_loss(known, wanted, {**found, wording: float(step)}) for step in steps]
            found[wording], least = float(steps[int(numpy.argmin(losses))]), min(losses)
    return found, least


def _loss(known: Sequence[Case], wanted: numpy.ndarray, wordings: Mapping[str, float]) -> float:
    odds = numpy.array([loudness(case.heard, wordings) for case in known])
    best = math.inf
    for slope in (0.35, 0.5, 0.75, 1.0):
        for lean in (-2.0, -1.0, 0.0, 1.0):
            z = slope * odds + lean
            loss = float((numpy.logaddexp(0.0, z) - wanted * z).mean())
            best = min(best, loss)
    return best


def doubt_bar(found_cases: Sequence[Case], wordings: Mapping[str, float]) -> float:
    """From which log-odds of an honest doubt a place is asked about, whatever else is heard in it: the highest whose
    cost over all groups, each with its best bars, is as good as the least. One for all: doubts are few.
    """
    cost = {
        float(bar): sum(_cost_table(one, COSTS[Lean.EVEN]).min() for one in judged.values())
        for bar in GRID
        for judged in [_by_group(found_cases, wordings, bar)]
    }
    return max(bar for bar in cost if cost[bar] <= min(cost.values()) * AS_MUCH)


def bars(
    found_cases: Iterable[Case], wordings: Mapping[str, float], doubt: float
) -> dict[str, dict[str, dict[str, float]]]:
    """For each group and lean, the bars with the least cost over all places of a contact."""
    return _least_of_each(_by_group(found_cases, wordings, doubt), AS_MUCH)


def _by_group(found_cases: Iterable[Case], wordings: Mapping[str, float], doubt: float) -> dict[str, list[Judged]]:
    judged: dict[str, list[Judged]] = {}
    for case in found_cases:
        if case.expected != EITHER:
            sure, doubted = _told_apart(case.heard, doubt)
            odds = loudness(sure, wordings)
            judged.setdefault(case.group, []).append(Judged(odds, odds, doubted, case.expected, 1.0))
    return judged


def _told_apart(places: Sequence[Heard], doubt: float) -> tuple[list[Heard], bool]:
    """The places that are no honest doubt, and whether there are others."""
    sure = [heard for heard in places if heard.doubt < doubt]
    return sure, len(sure) < len(places)


def few_words_bars(
    weighed_cases: Iterable[tuple[float, Sequence[Case]]],
    wordings: Mapping[str, float],
    rules: Mapping[str, str],
    doubt: float,
) -> dict[str, dict[str, dict[str, float]]]:
    """For each rule and lean, the bars with the least cost for one place of few words. Cases come with what one of them
    weighs; ``rules`` has the rule of each group. Under the name LISTED, those for places in which a
    wording of the policy stands in its plain meaning.

    A short place of a contact counts where nothing longer in it is louder, or where nothing is to be raised. Such
    contacts hold few short places; so of bars that cost as little, those are taken that raise least.
    """
    judged: dict[str, list[Judged]] = {}
    for weight, found_cases in weighed_cases:
        for case in found_cases:
            short = [heard for heard in case.heard if heard.by_itself is not None]
            listed = [heard for heard in short if heard.wording in weigh.IN_SO_MANY_WORDS]
            for name, places in ((rules[case.group], short), (LISTED, listed)):
                as_loud = _loudest(places, wordings) == _loudest(case.heard, wordings)
                if case.expected == NONE or (case.expected != EITHER and as_loud):
                    sure, doubted = _told_apart(places, doubt)
                    one = Judged(*_by_itself(sure, wordings), doubted, case.expected, weight)
                    judged.setdefault(name, []).append(one)
    return _least_of_each(judged, AS_GOOD)


def _least_of_each(judged: Mapping[str, Sequence[Judged]], as_good: float) -> dict[str, dict[str, dict[str, float]]]:
    """By name and lean, the highest bars whose cost is at most ``as_good`` times the least; the costs under all other
    names weigh in a little. A lean to fewer false alarms never has lower bars.
    """
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in judged}
    lowest = dict.fromkeys(judged, (0, 0))
    for lean, costs in COSTS.items():
        tables = {name: _cost_table(cases_of_name, costs) for name, cases_of_name in judged.items()}
        together = sum(tables.values())
        for name, table in tables.items():
            weighed = table + TOGETHER * together
            cheap = numpy.argwhere(weighed <= weighed.min() * as_good).tolist()
            ask, act = max(cheap, key=lambda bars: (sum(bars), bars))
            lowest[name] = ask, act = max(ask, lowest[name][0]), max(act, lowest[name][1])
            found[name][lean.value] = {"ask": float(GRID[ask]), "act": float(GRID[act])}
    return found


def _loudest(places: Sequence[Heard], wordings: Mapping[str, float]) -> float:
    return max((_weighed(heard, wordings) for heard in places), default=UNHEARD)


def _weighed(heard: Heard, wordings: Mapping[str, float]) -> float:
    return heard.odds + wordings[heard.wording]


def _by_itself(places: Sequence[Heard], wordings: Mapping[str, float]) -> tuple[float, float]:
    """The log-odds by which the loudest of some short places is asked about, and by which it is acted on."""
    found = [(heard.by_itself, wordings[heard.wording]) for heard in places if heard.by_itself is not None]
    fainter = max((odds[1] + wording for odds, wording in found), default=UNHEARD)
    return fainter, max((odds[0] + wording for odds, wording in found), default=UNHEARD)


def _cost_table(judged: Iterable[Judged], costs: Mapping[str, tuple[float, float, float]]) -> numpy.ndarray:
    """The cost at each (ask, act) of the grid; impossible where act is below ask."""
    table = numpy.zeros((len(GRID), len(GRID)))
    for case in judged:
        nothing, ask, act = costs[case.expected]
        asked, acted = ((case.ask >= GRID) | case.doubted)[:, None], (case.act >= GRID)[None, :]
        table += case.weight * numpy.where(acted, act, numpy.where(asked, ask, nothing))
    return numpy.where(GRID[None, :] >= GRID[:, None], table, numpy.inf)
