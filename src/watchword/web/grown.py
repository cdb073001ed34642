"""What a whole transcript says more than is kept of its call: it comes again and again, each time longer.

Words are compared without case and signs, those of each speaker in a row. A platform may also put words right that it
gave before, or bring some that belong earlier. Turns that are kept stay, and so the new words are kept as a turn behind
them, which says what it stands instead of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from watchword.store.storable import storable
from watchword.terms import Speaker, Turn

PIECE = "piece"  # in a turn's extra: the platform's own id of what was said
INSTEAD = re.compile(r"instead (\d+) (\d+)")  # or the place among its speaker's words, and how many stood there
SENTENCE_END = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is written with the signs about it, and as it is compared."""

    text: str
    plain: str
    turn: int = 0  # its place among the transcript's turns


def grown(kept: Sequence[Turn], turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], bool]:
    """The turns that a transcript has more than the kept ones, and whether it says anything else than they do."""
    new: list[tuple[int, Turn]] = []
    changed = False
    for speaker in Speaker:
        known = _as_last_told([turn for turn in kept if turn.speaker is speaker])
        told = [word for place, turn in enumerate(turns) if turn.speaker is speaker for word in _words(turn, place)]
        begin = _same(known, told)
        if begin == len(told):  # the same, or as it was earlier
            continue
        if begin == len(known):
            new += _cut(turns, told[begin:])
            continue
        changed = True
        begin = _from_sentence(told, begin)  # half of one misleads
        behind = min(_same(known[::-1], told[::-1]), min(len(known), len(told)) - begin)
        end = _to_sentence_end(told, begin, len(told) - behind)
        new += _instead(_cut(turns, told[begin:end]), begin, len(known) - begin - (len(told) - end))
    return tuple(turn for _, turn in sorted(new, key=lambda one: one[0])), changed


def _as_last_told(turns: Iterable[Turn]) -> list[_Word]:
    """The words of one speaker as the transcript had them when it came last."""
    told: list[_Word] = []
    for turn in turns:
        found = INSTEAD.fullmatch(str(turn.extra.get(PIECE)))
        place, many = (int(found[1]), int(found[2])) if found else (len(told), 0)
        told[place : place + many] = _words(turn)
    return told


def _words(turn: Turn, place: int = 0) -> list[_Word]:
    """A turn's words. Signs that stand alone belong to the word before."""
    words: list[_Word] = []
    for text in storable(turn.text).split():
        plain = "".join(sign for sign in text.casefold() if unicodedata.category(sign)[0] in "LMN")
        if plain:
            words.append(_Word(text, plain, place))
        elif words:
            words[-1] = replace(words[-1], text=f"{words[-1].text} {text}")
    return words


def _same(one: Sequence[_Word], other: Sequence[_Word]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0].plain == pair[1].plain, zip(one, other, strict=False)))


def _from_sentence(told: Sequence[_Word], begin: int) -> int:
    """Where the sentence begins in which this place is."""
    return next(place for place in range(begin, -1, -1) if place == 0 or _is_between(told, place))


def _to_sentence_end(told: Sequence[_Word], begin: int, end: int) -> int:
    """Where the sentence ends that has the last of some words; of none there is none."""
    return end if begin == end else next(place for place in range(end, len(told) + 1) if _is_between(told, place))


def _is_between(told: Sequence[_Word], place: int) -> bool:
    """Whether a sentence, or a turn, ends before the word at this place."""
    before = told[place - 1]
    return place == len(told) or before.text.endswith(SENTENCE_END) or before.turn != told[place].turn


def _cut(turns: Sequence[Turn], words: Sequence[_Word]) -> list[tuple[int, Turn]]:
    """These words as turns, each with its place in the transcript."""
    places = dict.fromkeys(word.turn for word in words)
    said = {place: " ".join(word.text for word in words if word.turn == place) for place in places}
    return [(place, replace(turns[place], text=text)) for place, text in said.items()]


def _instead(cut: Iterable[tuple[int, Turn]], place: int, many: int) -> Iterator[tuple[int, Turn]]:
    """Turns that stand instead of so many words from a place on."""
    for at, turn in cut:
        yield at, replace(turn, extra={**turn.extra, PIECE: f"instead {place} {many}"})
        place, many = place + len(_words(turn)), 0
