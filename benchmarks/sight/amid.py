"""Plain statements by themselves and amid ordinary talk: is what is heard alone heard there, too?

    python -m benchmarks.sight.amid [--plain corpus/dev/plain] [--ordinary corpus/ordinary] [--seed 3]

A statement amid a call stands after three turns of other, calm callers and what was answered to each; inside a turn,
and inside a mail, it stands between two calm texts. Counted are statements that must be acted on (acted on, asked
about, silent) and harmless ones (alarms, questions); inside a mail those alone that mails are searched for.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from watchword import assess, open_policy
from watchword.detection.lexicon import meanings_of
from watchword.policy.schema import Policy
from watchword.terms import Channel, Contact, Level, Speaker, Turn

CORPUS = Path(__file__).parents[2] / "corpus"
BEFORE = 3  # turns of callers
ALL_RIGHT = "All right, one moment please."  # an agent's answer where the statement or the calm turn has none
MAIL = "Hello,\n\n{inside}\n\nThanks,\nPat"


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sight.amid", description=__doc__.splitlines()[0])
    parser.add_argument("--plain", type=Path, default=CORPUS / "dev" / "plain", help="a folder of plain statements")
    parser.add_argument("--ordinary", type=Path, default=CORPUS / "ordinary", help="a folder of calm turns")
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    policy, draw = open_policy("natera-billing"), random.Random(given.seed)
    calm = [row for row in _rows(given.ordinary) if not row["labels"]]
    heard_in_mails = {entry.known for entry in meanings_of(policy) if Channel.EMAIL in entry.channels}
    found: dict[str, Counter[str]] = {}
    for row in _rows(given.plain):
        for name, contact in _places(row, calm, draw):
            if contact.channel is Channel.PHONE or not row["labels"] or heard_in_mails & set(row["labels"]):
                found.setdefault(name, Counter())[_became(row, contact, policy)] += 1
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


def _places(row: dict[str, Any], calm: Sequence[dict[str, Any]], draw: random.Random) -> Iterator[tuple[str, Contact]]:
    """The same statement wherever it may stand."""
    said, answered = row["text"], Turn(Speaker.AGENT, row["agent"] or ALL_RIGHT)
    before = _talk(draw.sample(calm, BEFORE))
    first, last = (one["text"] for one in draw.sample(calm, 2))
    inside = f"{first} {said} {last}"
    for name, turns in (
        ("alone", (answered,) * bool(row["agent"]) + (Turn(Speaker.CALLER, said),)),
        ("amid a call", (*before, answered, Turn(Speaker.CALLER, said))),
        ("inside a turn", (answered, Turn(Speaker.CALLER, inside))),
    ):
        yield name, Contact(row["id"], Channel.PHONE, turns=turns)
    if not row["agent"]:
        yield "inside a mail", Contact(row["id"], Channel.EMAIL, subject="My bill", body=MAIL.format(inside=inside))


def _became(row: dict[str, Any], contact: Contact, policy: Policy) -> str:
    """What came of a statement. Of one that people would ask about anything may come: it is not counted."""
    levels = {flag.level for flag in assess(contact, policy).flags}
    names = {None: "silent", Level.CLARIFY: "asked about", Level.ESCALATE: "acted on"}
    if not row["labels"]:
        names = {None: "quiet", Level.CLARIFY: "question", Level.ESCALATE: "alarm"}
    elif Level.ESCALATE not in row["labels"].values():
        return "open"
    return names[Level.ESCALATE if Level.ESCALATE in levels else Level.CLARIFY if levels else None]


if __name__ == "__main__":
    sys.exit(main())
