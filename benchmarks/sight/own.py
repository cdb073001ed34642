"""Measure meanings of an owner's own: one sentence, five examples each way, no training run.

    python -m benchmarks.sight.own [--folder corpus/dev/own] [--lean "catch more"]

Each invented flag is written into a policy as its owner would write it; ninety texts that nobody tuned to are assessed,
and whole ordinary conversations (of the half of the public service talk that no training reads).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.sight.score import Score, interval
from watchword.policy.load import parse_policy
from watchword.policy.schema import Policy
from watchword.terms import Channel, Contact, Speaker, Turn
from watchword.wiring import assess

FOLDER = Path(__file__).parent / "own"
ORDINARY = Path(__file__).parents[3] / "shared" / "data" / "customer_turns.jsonl"
CONVERSATIONS, SEED = 40, 1
HEAD = """
policy: measured
title: Measured
version: 1
in_force_from: "2025-01-01"
owner: Nobody
last_update: {by: Nobody, at: "2025-01-01"}
tickets: {seen: {type: Seen, system: Desk}}
if_several_rules_apply: {order: [measured]}
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight.own", description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--lean", default="even", choices=["catch more", "even", "fewer false alarms"])
    given = parser.parse_args()
    tempting, texts, whole = "tempting texts raised", "ordinary texts raised", "ordinary conversations raised"
    print(f"{'':24}{'precision':>10}{'recall':>8}{'F1':>7}   {tempting:26}{texts:26}{whole}")
    for file in sorted(given.folder.glob("*.jsonl")):
        head, *rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        measure(head, rows, given.lean)
    return 0


def measure(head: dict[str, Any], rows: list[dict[str, Any]], lean: str) -> None:
    """Print the figures of one flag; a flag at either level counts as raised."""
    policy = policy_of(head, lean)
    raised = [bool(assess(contact_of(row, number), policy).flags) for number, row in enumerate(rows)]
    holds = [row["holds"] for row in rows]
    found = Score(
        true=sum(r and h for r, h in zip(raised, holds, strict=True)),
        false=sum(r and not h for r, h in zip(raised, holds, strict=True)),
        missed=sum(h and not r for r, h in zip(raised, holds, strict=True)),
    )
    bare = [r for r, h in zip(raised, holds, strict=True) if not h]
    tempting, ordinary = bare[: len(bare) // 2], bare[len(bare) // 2 :]
    shown = [
        f"{sum(some):>3} of {len(some)} ({interval(sum(some), len(some))[1]:.0%} at most)"
        for some in (tempting, ordinary, [bool(assess(one, policy).flags) for one in conversations()])
    ]
    figures = f"{found.precision:>10.3f}{found.recall:>8.3f}{found.f1:>7.3f}"
    print(f"{head['meaning']:24}{figures}   {shown[0]:26}{shown[1]:26}{shown[2]}")


@cache
def conversations() -> tuple[Contact, ...]:
    """Whole calls of ordinary service talk, the customers' side; none where the public file is not there."""
    if not ORDINARY.exists():
        return ()
    lines = ORDINARY.read_text(encoding="utf-8").splitlines()[1::2]  # training reads the others
    some = random.Random(SEED).sample(lines, CONVERSATIONS)
    return tuple(
        Contact(
            f"o{number}", Channel.PHONE, turns=tuple(Turn(Speaker.CALLER, text) for text in json.loads(line)["turns"])
        )
        for number, line in enumerate(some)
    )


def policy_of(head: dict[str, Any], lean: str) -> Policy:
    """A policy with this one flag."""
    examples = {
        group: [{"phone": text} for text in head[group]] + [{"email": text} for text in head[group][:1]]
        for group in ("raise", "leave")
    }
    rule = {
        "rule": "measured",
        "title": "Measured",
        "means": head["means"],
        "status": "live",
        "when": [{"meaning": "measured"}],
        "then": {"phone": [{"ticket": "seen"}], "email": [{"ticket": "seen"}]},
        "examples": examples,
    }
    meanings = {"measured": {"means": head["means"], "lean": lean}}
    text = f"{HEAD}\nmeanings: {json.dumps(meanings)}\nrules: [{json.dumps(rule)}]\n"  # JSON is YAML
    return parse_policy(text, "measured.yaml")[0]


def contact_of(row: dict[str, Any], number: int) -> Contact:
    """A contact that says this text."""
    if row["channel"] == "phone":
        return Contact(f"t{number}", Channel.PHONE, turns=(Turn(Speaker.CALLER, row["text"]),))
    return Contact(f"t{number}", Channel.EMAIL, body=row["text"])


if __name__ == "__main__":
    sys.exit(main())
