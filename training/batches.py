"""Texts as tensors, a batch at a time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.corpus import Item, in_batches
from watchword.detection.model.encoder import pair


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
    for group in in_batches([len(before) + len(text) for before, text in texts], size, draw, among):
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
