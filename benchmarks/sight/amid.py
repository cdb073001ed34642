"""Plain statements by themselves and amid an ordinary call: is what is heard alone heard there, too?

    python -m benchmarks.sight.amid [--plain corpus/dev/plain] [--ordinary corpus/ordinary] [--seed 3]

A statement amid a call stands after three turns of other, calm callers and what was answered to each. Counted are
statements that must be acted on (acted on, asked about, silent) and harmless ones (alarms, questions).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from watchword import assess, open_policy
from watchword.policy.schema import Policy
from watchword.terms import Channel, Contact, Level, Speaker, Turn

CORPUS = Path(__file__).parents[2] / "corpus"
BEFORE = 3  # turns of callers
ALL_RIGHT = "All right, one moment please."  # an agent's answer where the statement or the calm turn has none


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight.amid", description=__doc__.splitlines()[0])
    parser.add_argument("--plain", type=Path, default=CORPUS / "dev" / "plain", help="a folder of plain statements")
    parser.add_argument("--ordinary", type=Path, default=CORPUS / "ordinary", help="a folder of calm turns")
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    policy, draw = open_policy("natera-billing"), random.Random(given.seed)
    calm = [row for row in _rows(given.ordinary) if not row["labels"]]
    statements = _rows(given.plain)
    found: dict[str, Counter[str]] = {"alone": Counter(), "amid a call": Counter()}
    for row in statements:
        for name, before in (("alone", ()), ("amid a call", _talk(draw.sample(calm, BEFORE)))):
            found[name][_became(row, before, policy)] += 1
    print(
        f"{'':14}{'acted on':>10}{'asked about':>13}{'silent':>8}   {'harmless: alarms':>16}{'questions':>11}{'of':>6}"
    )
    for name, became in found.items():
        harmless = sum(became[what] for what in ("alarm", "question", "quiet"))
        told = f"{became['acted on']:10}{became['asked about']:13}{became['silent']:8}"
        print(f"{name:14}{told}   {became['alarm']:16}{became['question']:11}{harmless:6}")
    return 0


def _rows(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _talk(calm: Sequence[dict[str, Any]]) -> tuple[Turn, ...]:
    return tuple(
        turn
        for row in calm
        for turn in (Turn(Speaker.AGENT, row["agent"] or ALL_RIGHT), Turn(Speaker.CALLER, row["text"]))
    )


def _became(row: dict[str, Any], before: Sequence[Turn], policy: Policy) -> str:
    """What came of a statement. Of one that people would ask about anything may come: it is not counted."""
    answered = (Turn(Speaker.AGENT, row["agent"] or ALL_RIGHT),) if row["agent"] or before else ()
    turns = (*before, *answered, Turn(Speaker.CALLER, row["text"]))
    levels = {flag.level for flag in assess(Contact(row["id"], Channel.PHONE, turns=turns), policy).flags}
    names = {None: "silent", Level.CLARIFY: "asked about", Level.ESCALATE: "acted on"}
    if not row["labels"]:
        names = {None: "quiet", Level.CLARIFY: "question", Level.ESCALATE: "alarm"}
    elif Level.ESCALATE not in row["labels"].values():
        return "open"
    return names[Level.ESCALATE if Level.ESCALATE in levels else Level.CLARIFY if levels else None]


if __name__ == "__main__":
    sys.exit(main())
