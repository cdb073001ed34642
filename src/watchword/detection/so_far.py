"""What was found in a call up to its last turn, so that when it goes on only what is new need be looked at.

It never changes an answer. What is found in a turn depends on it and on those before it alone, and what was found is
used only where all of them are still the same, and the policy and the model too. What somebody outside answered is used
only for the very same question, and put in the place of a failure to answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from watchword.detection.meaning import NOTHING_NOTICED, Judged, Noticed
from watchword.detection.weigh import Heard
from watchword.terms import Opinion, Passage


@dataclass(frozen=True, slots=True)
class Found:
    """Everything in some passages that may raise a flag, and what it comes to. ``by`` is what it was found with."""

    by: tuple[Any, ...] = ()
    passages: tuple[Passage, ...] = ()
    judged: tuple[Judged, ...] = ()
    heard: tuple[Heard, ...] = ()
    noticed: Noticed = NOTHING_NOTICED


NOTHING_FOUND = Found()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a flag in doubt: whom it was put to, which flag it was, and everything they were shown."""

    by: str
    kind: str
    term: str | None
    meaning: str
    said: tuple[str, ...]
    before: tuple[tuple[str, str], ...]  # speaker and text


@dataclass(frozen=True, slots=True)
class Given:
    """What came of a question. ``until`` says, on the monotonic clock, how long it stands."""

    opinion: Opinion
    until: float = inf


class SoFar:
    """One call's. Safe to share between threads: each puts down the whole of what it found."""

    def __init__(self) -> None:
        self.found = NOTHING_FOUND
        self.unread: dict[str, str] = {}  # why a text could not be judged, by the text
        self.opinions: Mapping[Asked, Given] = {}  # on what was in doubt when it was last assessed

    def found_in(self, passages: Sequence[Passage], by: tuple[Any, ...]) -> Found:
        """What was found in the first of these passages; nothing when they are not those it was found in."""
        found = self.found
        same_means = len(found.by) == len(by) and all(map(_is, found.by, by))
        if same_means and len(found.passages) <= len(passages) and all(map(_equal, found.passages, passages)):
            return found
        return Found(by)


def _is(one: object, other: object) -> bool:
    return one is other


def _equal(one: Passage, other: Passage) -> bool:
    """Whether the words are the same, in the same place of a call."""
    return one.text == other.text and one.zone is other.zone and one.turn == other.turn and one.places is other.places
