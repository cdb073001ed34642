"""The corpus as the network reads it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from watchword.detection.model.encoder import pair
from watchword.detection.model.labels import LABELS, REASONS
from watchword.detection.model.windows import before_of
from watchword.terms import Scope

ROOT = Path(__file__).parents[1]
LEVELS = {"escalate": 1.0, "clarify": 0.5}
UNKNOWN = -1  # for a reason or scope that does not apply


@dataclass(frozen=True, slots=True)
class Item:
    """One text of the corpus with its targets."""

    id: str
    writer: str
    text: str
    before: str
    channel: str
    labels: tuple[float, ...]  # 1 for escalate, 0.5 for clarify, 0 for none
    scopes: tuple[float, ...] | None
    reason: int
    number: int | None


def read_items(folder: Path = ROOT / "corpus" / "train") -> list[Item]:
    """Every item of the .jsonl files in a folder, in the order of the files."""
    return [
        _item(json.loads(line), file.stem.split("-")[0])
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _item(row: dict[str, Any], writer: str) -> Item:
    turns = [(turn["speaker"], turn["text"]) for turn in row.get("before") or ()]
    if row.get("agent"):
        turns = [("agent", row["agent"])]
    scope = row.get("scope")
    return Item(
        id=row["id"],
        writer=writer,
        text=row["text"],
        before=before_of(turns),
        channel=row["channel"],
        labels=tuple(LEVELS.get(row["labels"].get(label), 0.0) for label in LABELS),
        scopes=tuple(float(name in scope) for name in Scope) if scope else None,
        reason=list(REASONS).index(row["hard"]) if not row["labels"] and row["hard"] in REASONS else UNKNOWN,
        number=row.get("number"),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Items as tensors: what stood before, the text, and masks that are 0 for padding.

    ``at`` are their places in the list they were taken from.
    """

    at: list[int]
    before: Tensor
    text: Tensor
    before_mask: Tensor
    text_mask: Tensor


def encoded(items: Sequence[Item], tokenizer: Tokenizer) -> list[tuple[list[int], list[int]]]:
    """The tokens of what stood before each item, and of its text."""
    return [pair(tokenizer, item.before, item.text)[:2] for item in items]


def batches(
    texts: Sequence[tuple[list[int], list[int]]],
    size: int,
    draw: random.Random | None,
    among: Sequence[int] | None = None,
) -> Iterator[Batch]:
    """Batches of texts of like length; in a random order when ``draw`` is given, in one pass over all or ``among``."""
    order = list(range(len(texts)) if among is None else among)
    if draw:
        draw.shuffle(order)
    pool = size * 24
    groups = []
    for start in range(0, len(order), pool):
        alike = sorted(order[start : start + pool], key=lambda at: sum(map(len, texts[at])))
        groups += [alike[begin : begin + size] for begin in range(0, len(alike), size)]
    if draw:
        draw.shuffle(groups)
    for group in groups:
        yield padded(group, [texts[at] for at in group])


def padded(at: list[int], texts: Sequence[tuple[list[int], list[int]]]) -> Batch:
    """A batch with every text padded to the longest."""
    before, before_mask = _padded([before for before, _ in texts])
    text, text_mask = _padded([text for _, text in texts])
    return Batch(at, before, text, before_mask, text_mask)


def _padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, rows))
    return (
        torch.tensor([row + [0] * (longest - len(row)) for row in rows]),
        torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows]),
    )
