"""The corpus as the network learns it: its texts, read and checked, those held apart, and batches of like length."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.check import faults

from watchword.detection.model.labels import LABELS, REASONS
from watchword.detection.model.windows import before_of
from watchword.terms import Scope

ROOT = Path(__file__).parents[1]
TRAIN = ROOT / "corpus" / "train"
WAITING = ROOT / "corpus" / "waiting"  # texts that are learnt once, after the others
LATE = ROOT / "corpus" / "late"  # texts that only the last part learns
CALM = ROOT / "corpus" / "ordinary"  # calm turns of a billing line, which the sieve learns to leave alone
LEVELS = {"escalate": 1.0, "clarify": 0.5}
UNKNOWN = -1  # for a reason or scope that does not apply
MOST_FAULTS = 20  # shown; whoever has more of them runs corpus/check.py


@dataclass(frozen=True, slots=True)
class Item:
    """One text of the corpus with its targets."""

    id: str
    writer: str
    text: str
    before: str
    channel: str
    labels: tuple[float, ...]  # 1 for escalate, 0.5 for clarify, 0 for none
    doubts: tuple[float, ...]  # 1 for clarify
    scopes: tuple[float, ...] | None
    reason: int
    number: int | None


def read_items(folder: Path = TRAIN) -> list[Item]:
    """Every item of the .jsonl files in a folder, in the order of the files.

    A label that is misspelt would teach that nothing holds, so each line is checked as `corpus/check.py` does it.
    Raises SystemExit with every line that is not as corpus/GUIDE.md wants it, its text left out.
    """
    found: list[Item] = []
    wrong: list[str] = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            row, what = _row(line)
            wrong += [f"{file}:{number}: {fault}" for fault in what]
            if not what:
                found.append(_item(row, file.stem.split("-")[0]))
    if wrong:
        more = [f"… and {len(wrong) - MOST_FAULTS} more"] if len(wrong) > MOST_FAULTS else []
        raise SystemExit("\n".join([*wrong[:MOST_FAULTS], *more, "Nothing is learnt before these lines are right."]))
    return found


def _row(line: str) -> tuple[dict[str, Any], list[str]]:
    """The row of a line, and what is wrong with it."""
    try:
        row = json.loads(line)
    except ValueError:
        return {}, ["not JSON"]
    if not isinstance(row, dict):
        return {}, ["not a JSON object"]
    return row, list(faults(row)) if row.get("id") else ["no id"]


def _item(row: dict[str, Any], writer: str) -> Item:
    turns = [(turn["speaker"], turn["text"]) for turn in row.get("before") or ()]
    if row.get("agent"):
        turns = [("agent", row["agent"])]
    scope = row.get("scope")
    hard = row.get("hard")
    labels = tuple(LEVELS.get(row["labels"].get(label), 0.0) for label in LABELS)
    return Item(
        id=row["id"],
        writer=writer,
        text=row["text"],
        before=before_of(turns),
        channel=row["channel"],
        labels=labels,
        doubts=tuple(float(label == LEVELS["clarify"]) for label in labels),
        scopes=tuple(float(name in scope) for name in Scope) if scope else None,
        reason=list(REASONS).index(hard) if not row["labels"] and hard in REASONS else UNKNOWN,
        number=row.get("number"),
    )


def writers(folder: Path) -> set[str]:
    """Who wrote the texts of a folder: what the names of its files begin with."""
    return {file.stem.split("-")[0] for file in folder.glob("*.jsonl")}


def apart(items: Sequence[Item], writers: Iterable[str]) -> tuple[list[Item], list[Item]]:
    """The items that are learnt, and those of these writers, which are held apart."""
    named = set(writers)
    return [item for item in items if item.writer not in named], [item for item in items if item.writer in named]


def in_batches(
    lengths: Sequence[int], size: int, draw: random.Random | None, among: Sequence[int] | None = None
) -> list[list[int]]:
    """The places of texts in batches of like length; in a random order when ``draw`` is given, in one pass over all
    or ``among``.
    """
    order = list(range(len(lengths)) if among is None else among)
    if draw:
        draw.shuffle(order)
    pool = size * 24
    groups = []
    for start in range(0, len(order), pool):
        alike = sorted(order[start : start + pool], key=lambda at: lengths[at])
        groups += [alike[begin : begin + size] for begin in range(0, len(alike), size)]
    if draw:
        draw.shuffle(groups)
    return groups
