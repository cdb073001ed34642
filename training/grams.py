"""Training the static half: one weight for each run of words and label."""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from training.corpus import Item
from training.ordinary import SEED
from watchword.detection.model.grams import SIZE, rows_of
from watchword.detection.model.labels import LABELS

ROUNDS, BATCH, RATE, DECAY = 6, 1024, 0.02, 2e-5
RARE = -3.0


def train_grams(items: Sequence[Item]) -> tuple[Tensor, Tensor]:
    """The weights (run of words by label) and the lean of each label."""
    torch.manual_seed(SEED)
    rows = [list(rows_of(item.before, item.text)) or [0] for item in items]
    wanted = torch.tensor([item.labels for item in items])
    weights = torch.zeros(SIZE, len(LABELS), requires_grad=True)
    lean = torch.full((len(LABELS),), RARE, requires_grad=True)
    learner = torch.optim.Adam([weights, lean], lr=RATE)
    order = list(range(len(items)))
    draw = random.Random(SEED)
    for _ in range(ROUNDS):
        draw.shuffle(order)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            odds = _odds([rows[at] for at in some], weights) + lean
            loss = functional.binary_cross_entropy_with_logits(odds, wanted[some], reduction="sum") / len(some)
            touched = torch.tensor(sorted({row for at in some for row in rows[at]}))
            loss = loss + DECAY * weights[touched].square().sum()
            learner.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            learner.step()
    return weights.detach(), lean.detach()


def _odds(rows: Sequence[Sequence[int]], weights: Tensor) -> Tensor:
    starts = torch.tensor([0, *(len(row) for row in rows)]).cumsum(0)[:-1]
    every = torch.tensor([at for row in rows for at in row])
    total = functional.embedding_bag(every, weights, starts, mode="sum")
    return total / torch.tensor([len(row) ** 0.5 for row in rows])[:, None]
