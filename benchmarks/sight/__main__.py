"""Measure sight over labelled contacts.

    python -m benchmarks.sight                          the public benchmark
    python -m benchmarks.sight --contacts corpus/dev/contacts --errors

Errors are listed for development sets only: whoever sees the benchmark's errors would soon be tuning to them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.sight import details, score
from benchmarks.sight.labelled import BENCHMARK, read_labelled
from benchmarks.sight.plans import exact
from watchword import assess, open_policy

SHARES = ("false alarms", "questions", "exact action plans", "levels right", "scopes right", "numbers right")
KINDS = ("keyword", "repeated_contact", "frustration", "do_not_contact")


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight", description=__doc__.splitlines()[0])
    parser.add_argument("--contacts", type=Path, default=BENCHMARK, help="a folder of labelled .jsonl files")
    parser.add_argument("--policy", default="natera-billing")
    parser.add_argument("--errors", action="store_true", help="list every wrong contact (development sets only)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    given = parser.parse_args()
    if given.errors and given.contacts.resolve() == BENCHMARK.resolve():
        parser.error("the benchmark's errors are not listed; use a development set")
    policy = open_policy(given.policy)
    rows = [(row, assess(row.contact, policy)) for row in read_labelled(given.contacts)]
    if not rows:
        parser.error(f"there are no labelled contacts in {given.contacts}")
    figures = measure(rows)
    show(figures)
    if given.errors:
        show_errors(rows)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(rows: list[score.Row]) -> dict[str, object]:
    """Every figure of one run."""
    terms = sorted({name for row, _ in rows for name in row.expected if name[0] == "keyword"}, key=str)
    clear = score.flagless(rows)
    plans = sum(exact(row, assessment) for row, assessment in rows)
    right, levels = score.levels_right(rows)
    alarms, asked = score.false_alarms(clear), score.questions(clear)
    return {
        "contacts": len(rows),
        "all flags": figure(rows, lambda some: score.flags(some, lambda name: True)),
        "kinds": {kind: figure(rows, partial(score.of_kind, kind=kind)) for kind in KINDS},
        "terms": {str(term): figure(rows, partial(score.of_term, term=term)) for _, term in terms},
        "flagless": share(len(clear), len(rows)),
        "false alarms": share(alarms, len(clear)),
        "questions": share(asked, len(clear)),
        "false alarms by temptation": dict(Counter(row.hard for row, a in clear if a.outcome == "escalate")),
        "exact action plans": share(plans, len(rows)),
        "levels right": share(right, levels),
        "scopes right": share(*details.scopes(rows)),
        "numbers right": share(*details.numbers(rows)),
        "signs": figure(rows, details.signs),
    }


def figure(rows: list[score.Row], scored: Callable[[Sequence[score.Row]], score.Score]) -> dict[str, object]:
    """One score with its interval."""
    found = scored(rows)
    low, high = score.resampled(rows, lambda some: scored(some).f1)
    return {
        "expected": found.true + found.missed,
        "precision": round(found.precision, 3),
        "recall": round(found.recall, 3),
        "f1": round(found.f1, 3),
        "f1 from": round(low, 3),
        "f1 to": round(high, 3),
    }


def share(part: int, whole: int) -> dict[str, object]:
    """A proportion with its interval."""
    low, high = score.interval(part, whole)
    return {
        "count": part,
        "of": whole,
        "share": round(part / max(1, whole), 4),
        "from": round(low, 4),
        "to": round(high, 4),
    }


def show(figures: dict[str, object]) -> None:
    """Print the figures as a table."""
    print(f"{'':28}{'expected':>9}{'precision':>11}{'recall':>8}{'F1':>7}   95 % interval")
    line("all flags", figures["all flags"])
    for group in ("kinds", "terms"):
        print()
        for name, found in figures[group].items():  # type: ignore[attr-defined]
            line(name, found)
    print()
    for name in SHARES:
        found = figures[name]
        text = f"{found['count']} of {found['of']}"  # type: ignore[index]
        print(f"{name:28}{text:>14}  {found['share']:.1%}  ({found['from']:.1%} to {found['to']:.1%})")  # type: ignore[index]
    print()
    line("signs of frustration", figures["signs"])
    print(f"false alarms by temptation: {figures['false alarms by temptation']}")


def line(name: str, found: object) -> None:
    """Print one score."""
    f: dict[str, float] = found  # type: ignore[assignment]
    print(
        f"{name:28}{f['expected']:>9}{f['precision']:>11.3f}{f['recall']:>8.3f}{f['f1']:>7.3f}"
        f"   {f['f1 from']:.3f} to {f['f1 to']:.3f}"
    )


def show_errors(rows: list[score.Row]) -> None:
    """List what was missed and what was raised without reason, with the words."""
    for labelled, assessment in rows:
        raised = {(flag.kind, flag.term): flag for flag in assessment.flags}
        missed = [f"{name[1] or name[0]}" for name in labelled.expected if name not in raised]
        extra = [
            f"{flag.term or flag.kind} [{flag.level}] {[piece.quote[:60] for piece in flag.evidence[:3]]}"
            for name, flag in raised.items()
            if name not in labelled.expected and name not in labelled.optional
        ]
        if missed or extra:
            print(f"\n{labelled.place} {labelled.contact.id} ({labelled.hard})  MISSED {missed}  EXTRA {extra}")
            for aside in assessment.set_aside:
                print(f"    aside {aside.term}: {aside.quote!r} {aside.because}")
            for turn in labelled.contact.turns:
                print(f"    {turn.speaker:6} {turn.text}")
            if labelled.contact.body:
                print(f"    {labelled.contact.subject} | {labelled.contact.body[:1500]}")


if __name__ == "__main__":
    sys.exit(main())
