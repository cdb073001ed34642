"""Training the gate: which texts may carry anything at all."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

import torch
from torch.nn import functional

from training.corpus import Item
from watchword.detection.model.gate import SIZE, Gate, slots

SEED, ROUNDS, BATCH, RATE = 20250109, 12, 256, 0.02
DECAY = 1e-5
LARGEST = 127  # steps: the weights are kept in one byte


def ordinary_turns(file: Path, wanted: int | None = None) -> list[str]:
    """Turns of ordinary service talk, or all of them, drawn with a fixed seed. Raises SystemExit when the file is not
    there.
    """
    turns = [turn for turns in _talks(file) for turn in turns]
    return random.Random(SEED).sample(turns, len(turns) if wanted is None else min(wanted, len(turns)))


def ordinary_talks(file: Path, wanted: int) -> list[list[str]]:
    """The customers' turns of whole ordinary conversations, drawn with a fixed seed. Raises SystemExit likewise."""
    return random.Random(SEED).sample(_talks(file), wanted)


def _talks(file: Path) -> list[list[str]]:
    if not file.exists():
        raise SystemExit(f"The public service talk {file} is needed to train the gate and to set bars.")
    lines = file.read_text(encoding="utf-8").splitlines()[::2]  # the others are for measuring
    return [json.loads(line)["turns"] for line in lines]


def train_gate(items: Sequence[Item], ordinary: Sequence[str]) -> tuple[bytes, float, float]:
    """The weights in whole steps, the step, and the lean of the gate."""
    torch.manual_seed(SEED)
    texts = [item.text for item in items] + list(ordinary)
    carries = torch.tensor([float(any(item.labels)) for item in items] + [0.0] * len(ordinary))
    rows = [Counter(slots(text)) for text in texts]
    weights = torch.zeros(SIZE, 1, requires_grad=True)
    lean = torch.zeros(1, requires_grad=True)
    learner = torch.optim.Adam([{"params": [weights], "lr": RATE}, {"params": [lean], "lr": RATE}])
    draw = random.Random(SEED)
    order = list(range(len(texts)))
    for _ in range(ROUNDS):
        draw.shuffle(order)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            odds = _scores([rows[at] for at in some], weights) + lean
            loss = functional.binary_cross_entropy_with_logits(odds, carries[some]) + DECAY * weights.square().sum()
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            learner.step()
    found = weights.detach().squeeze(1)
    step = float(found.abs().max()) / LARGEST
    whole = (found / step).round().to(torch.int8)
    return whole.numpy().tobytes(), step, float(lean.detach())


def _scores(rows: Sequence[Counter[int]], weights: torch.Tensor) -> torch.Tensor:
    at = torch.tensor([slot for row in rows for slot in row])
    counts = torch.tensor([float(count) for row in rows for count in row.values()])
    sizes = [len(row) for row in rows]
    whose = torch.repeat_interleave(torch.arange(len(rows)), torch.tensor(sizes))
    total = torch.zeros(len(rows)).index_add(0, whose, weights[at, 0] * counts)
    return total / torch.tensor([sqrt(max(1, sum(row.values()))) for row in rows])


def bar_for(gate: Gate, ordinary: Sequence[str], let_through: float) -> float:
    """The score that a share of at most ``let_through`` of ordinary texts reaches; they must be new to the gate."""
    scores = sorted(gate.score(text) for text in ordinary)
    return scores[int(len(scores) * (1.0 - let_through))]
