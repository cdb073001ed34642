"""Variety made from the corpus while training: longer texts, and texts as speech recognition writes them.

In a contact a telling sentence stands among others; most texts of the corpus stand alone. So now and then two texts of
one channel are read as one, and carry what both carry.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.corpus import UNKNOWN, Item

JOINED = 0.25  # share of the texts that get a neighbour
HEARD = 0.1  # share of the phone texts that lose capitals and punctuation
LONGEST = 420  # characters of a joined text; a window holds no more
_MARKS = re.compile(r"[^\w\s']+")


def varied(items: Sequence[Item], draw: random.Random) -> list[Item]:
    """The items in the same order, some of them joined with another or rewritten."""
    by_channel: dict[str, list[Item]] = {}
    for item in items:
        by_channel.setdefault(item.channel, []).append(item)
    return [_varied(item, by_channel[item.channel], draw) for item in items]


def _varied(item: Item, others: Sequence[Item], draw: random.Random) -> Item:
    chance = draw.random()
    if chance < JOINED:
        other = draw.choice(others)
        if len(item.text) + len(other.text) < LONGEST and not (item.before and other.before):
            return _joined(item, other, draw)
    if chance > 1 - HEARD and item.channel == "phone":
        return replace(item, text=heard(item.text), before=heard(item.before))
    return item


def _joined(item: Item, other: Item, draw: random.Random) -> Item:
    """Both as one text. What stood before one of them may be what its labels hang on, so it goes first."""
    first, second = (item, other) if draw.random() < 0.5 else (other, item)
    if second.before:
        first, second = second, first
    return replace(
        item,
        text=f"{first.text} {second.text}",
        before=first.before,
        labels=tuple(map(max, item.labels, other.labels)),
        scopes=item.scopes or other.scopes if not (item.scopes and other.scopes) else None,
        reason=item.reason if not any(other.labels) else UNKNOWN,
    )


def heard(text: str) -> str:
    """The text without capitals and punctuation."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())
