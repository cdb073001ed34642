"""Measure speed in one run on one corpus, and print ratios.

    python -m benchmarks.speed [--quick]

Each figure is the median over rounds; in a round every route reads the same texts, one route after the other, so that a
machine that slows down slows all of them down. Slow routes read fewer texts.
"""

from __future__ import annotations

import argparse
import sys
import time
from statistics import median

from benchmarks.speed import routes
from benchmarks.speed.corpus import Corpus, make_corpus
from watchword.detection.lexicon import lexicon_for

SIZES = (30, 300, 3000)
ROUNDS = 5
BUDGET = 0.4  # seconds for one route in one round
ASSESS, SCAN, CEILING = "watchword assess()", "watchword scan stage", "hyperscan called directly"


def main() -> int:
    """Measure and print; exit with 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round, the smaller sizes only")
    given = parser.parse_args()
    rounds, sizes = (1, SIZES[:2]) if given.quick else (ROUNDS, SIZES)
    costs: dict[tuple[str, int, str], float] = {}
    for size in sizes:
        corpus = make_corpus(size, turns=4000, mails=1000)
        for kind, texts in (("turns", corpus.turns), ("mails", corpus.mails)):
            found = measure(corpus, kind, texts, rounds)
            costs |= {(kind, size, name): cost for name, cost in found.items()}
            show(kind, size, found)
    return verdict(costs, sizes)


def measure(corpus: Corpus, kind: str, texts: list[str], rounds: int) -> dict[str, float]:
    """The median cost of each route, in microseconds a text."""
    policy = routes.policy_of(corpus.phrases)
    lexicon_for(policy)
    ways: dict[str, routes.Route] = {
        ASSESS: routes.watchword_turn(policy) if kind == "turns" else routes.watchword_mail(policy),
        SCAN: routes.watchword_scan(policy),
        CEILING: routes.raw_hyperscan(policy),
        "re, one alternation": routes.re_alternation(corpus.phrases),
        "re, a loop": routes.re_loop(corpus.phrases),
        "spaCy PhraseMatcher": routes.spacy_phrase_matcher(corpus.phrases),
        "spaCy Matcher": routes.spacy_matcher(corpus.phrases),
        "Presidio deny list": routes.presidio_deny_list(corpus.phrases),
    }
    counts = {name: how_many(way, texts) for name, way in ways.items()}
    for name, way in ways.items():  # once through first: patterns are prepared at their first hit
        for text in texts[: counts[name]]:
            way(text)
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            some = texts[: counts[name]]
            begun = time.perf_counter()
            for text in some:
                way(text)
            spent[name].append((time.perf_counter() - begun) / len(some) * 1e6)
    return {name: median(times) for name, times in spent.items()}


def how_many(way: routes.Route, texts: list[str]) -> int:
    """How many texts the route can read within its budget; at least twenty."""
    begun = time.perf_counter()
    for text in texts[:20]:
        way(text)
    one = (time.perf_counter() - begun) / 20
    return max(20, min(len(texts), int(BUDGET / one)))


def show(kind: str, size: int, found: dict[str, float]) -> None:
    """Print the costs at one size, and how many times as long each takes as an assessment."""
    print(f"\n{size} phrases, {kind}: microseconds a text, and times the cost of assess()")
    for name, cost in found.items():
        print(f"  {name:28}{cost:>12.2f}{cost / found[ASSESS]:>12.2f}")


def verdict(costs: dict[tuple[str, int, str], float], sizes: tuple[int, ...]) -> int:
    """Print the ratios that are promised; gives the exit status."""
    bars = [
        (
            f"scan stage, share of raw speed, {size} phrases, {kind}",
            costs[kind, size, CEILING] / costs[kind, size, SCAN],
            0.6,
            True,
        )
        for size in sizes
        for kind in ("turns", "mails")
    ]
    bars.append(
        (
            "assess() of a turn, times as fast as spaCy Matcher, 300 phrases",
            costs["turns", 300, "spaCy Matcher"] / costs["turns", 300, ASSESS],
            20,
            True,
        )
    )
    bars += [
        (
            f"cost of a contact, {sizes[-1]} phrases over {sizes[0]}, {kind}",
            costs[kind, sizes[-1], ASSESS] / costs[kind, sizes[0], ASSESS],
            1.5,
            False,
        )
        for kind in ("turns", "mails")
    ]
    print()
    missed = 0
    for name, value, bar, at_least in bars:
        held = value >= bar if at_least else value <= bar
        missed += not held
        print(f"{'held  ' if held else 'MISSED'}  {name}: {value:.2f} ({'at least' if at_least else 'at most'} {bar})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
