"""Learning on: from what the corpus came to, once through half of everything that is written, what waited included.

What a text carries is taken in part from its label and in part from what the network said of it before: labels of
texts that were written against the network are the hardest to be sure of, and what it knows already stays. What stood
before a text is read in the lowest layers alone meanwhile, which takes half the time; the network reads it in all of
them again where it is used, and hears more there than where it reads as it learnt.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from training.corpus import Item

TRUST = 0.65  # in a label; the rest is what the network said
UNKNOWN = 0.25  # loss on the labels of a text, in nats over what is owed, from which it is not known yet
TEXTS, MOST_UNKNOWN = 24000, 7000  # how many are read, and how many of them at most waited and are not known
SEED = 5


def blended(items: Sequence[Item], said: Sequence[Sequence[float]]) -> list[Item]:
    """The items, what they carry blended with how likely the network says each label is."""
    return [replace(item, labels=_blend(item.labels, row)) for item, row in zip(items, said, strict=True)]


def _blend(labels: Sequence[float], said: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(TRUST * label + (1 - TRUST) * p, 5) for label, p in zip(labels, said, strict=True))


def chosen(losses: Sequence[float], waiting_from: int) -> list[int]:
    """Which items are learnt, by the loss of each: those that waited (from this place on) and are not known yet, and as
    many others as make up the number.
    """
    waiting = [at for at in range(waiting_from, len(losses)) if losses[at] > UNKNOWN]
    others = sorted(set(range(len(losses))) - set(waiting))
    draw = random.Random(SEED)
    found = draw.sample(waiting, min(len(waiting), MOST_UNKNOWN))
    return sorted(found + draw.sample(others, min(len(others), TEXTS - len(found))))
