"""Learning anew: everything that is written at once, from between MiniLM as it came and what was learnt.

A network that learnt some texts first and others later knows the later ones less well than one that learnt all of them
together, though it began better; to shrink what it has learnt before it reads everything gives back most of that (Ash
and Adams 2020, https://arxiv.org/abs/1910.08475). What it shrinks towards here is MiniLM.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

from training.corpus import Item

SHARE = 0.6  # of the way from MiniLM to what was learnt
MEANT = 8000  # texts whose embedding by MiniLM it is to keep; more would take long and keep no more
SEED = 7
Weights = TypeVar("Weights")  # arrays that can be added up and multiplied


def between(came: Mapping[str, Weights], learnt: Mapping[str, Weights]) -> dict[str, Weights]:
    """The weights from which it begins, by their names."""
    return {name: came[name] + SHARE * (learnt[name] - came[name]) for name in came}  # type: ignore[operator]


def meant(items: Sequence[Item]) -> list[int]:
    """The places of the texts whose embedding it is to keep."""
    return sorted(random.Random(SEED).sample(range(len(items)), min(len(items), MEANT)))
