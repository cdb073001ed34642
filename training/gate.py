"""Training the gate: which texts may carry anything at all."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from math import sqrt

import torch
from torch.nn import functional

from training.corpus import Item
from training.ordinary import SEED
from training.whole_steps import in_whole_steps
from watchword.detection.model.gate import SIZE, slots

ROUNDS, BATCH, RATE = 12, 256, 0.02
DECAY = 1e-5


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
    whole, step = in_whole_steps(weights.detach().squeeze(1).numpy())
    return whole, step, float(lean.detach())


def _scores(rows: Sequence[Counter[int]], weights: torch.Tensor) -> torch.Tensor:
    at = torch.tensor([slot for row in rows for slot in row])
    counts = torch.tensor([float(count) for row in rows for count in row.values()])
    sizes = [len(row) for row in rows]
    whose = torch.repeat_interleave(torch.arange(len(rows)), torch.tensor(sizes))
    total = torch.zeros(len(rows)).index_add(0, whose, weights[at, 0] * counts)
    return total / torch.tensor([sqrt(max(1, sum(row.values()))) for row in rows])
