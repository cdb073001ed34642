"""Variety made from the corpus while training: longer texts, talk before them, and texts as speech recognition writes.

In a contact a telling sentence stands among others; most texts of the corpus stand alone. So now and then two texts of
one channel are read as one, and carry what both carry. And a turn stands after others, so texts of calls that came
without any may get some: what was said before another text changes nothing in what this one says.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.corpus import LEVELS, UNKNOWN, Item
from watchword.detection.model.windows import before_of
from watchword.terms import Channel

JOINED = 0.25  # share of the texts that get a neighbour
HEARD = 0.1  # share of the phone texts that lose capitals and punctuation
LONGEST = 420  # characters of a joined text; a window holds no more
HARMLESS = 0.1  # the most that any label of a reply may come to which is set before other texts
DOUBTFUL = LEVELS["clarify"]
_AGENT, _CALLER = "agent: ", "caller: "
_MARKS = re.compile(r"[^\w\s']+")


def varied(items: Sequence[Item], draw: random.Random, amid: float) -> list[Item]:
    """The items in the same order, some of them joined with another, set amid a call or rewritten.

    ``amid`` is the share of the turns without anything before them that get some turns of others.
    """
    by_channel: dict[str, list[Item]] = {}
    for item in items:
        by_channel.setdefault(item.channel, []).append(item)
    replies = [item.before.removeprefix(_AGENT) for item in items if _harmless_reply(item)]
    found = []
    for item in items:
        one = _varied(item, by_channel[item.channel], draw)
        if amid and one.channel == Channel.PHONE and not one.before and draw.random() < amid:
            one = replace(one, before=_talk(by_channel[one.channel], replies, draw))
        found.append(one)
    return found


def _harmless_reply(item: Item) -> bool:
    return max(item.labels) < HARMLESS and item.before.startswith(_AGENT) and _CALLER not in item.before


def _talk(others: Sequence[Item], replies: Sequence[str], draw: random.Random) -> str:
    """A turn or two of other callers, an agent's answer after each."""
    turns: list[tuple[str, str]] = []
    for _ in range(draw.choice((1, 2))):
        turns += [("caller", draw.choice(others).text), ("agent", draw.choice(replies))]
    return before_of(turns)


def _varied(item: Item, others: Sequence[Item], draw: random.Random) -> Item:
    chance = draw.random()
    if chance < JOINED:
        other = draw.choice(others)
        if len(item.text) + len(other.text) < LONGEST and not (item.before and other.before):
            return _joined(item, other, draw)
    if chance > 1 - HEARD and item.channel == Channel.PHONE:
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
        doubts=tuple(map(_doubt, item.labels, item.doubts, other.labels, other.doubts)),
        scopes=item.scopes or other.scopes if not (item.scopes and other.scopes) else None,
        reason=item.reason if not any(other.labels) else UNKNOWN,
    )


def _doubt(label: float, doubt: float, other: float, others_doubt: float) -> float:
    """Of a label that either text is in doubt about: still a doubt, unless the other is sure of it."""
    sure = max(label * (1 - doubt), other * (1 - others_doubt)) > DOUBTFUL
    return 0.0 if sure else max(doubt, others_doubt)


def heard(text: str) -> str:
    """The text without capitals and punctuation."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())
