"""What the model reads at once: one turn, or a few sentences of a mail, and what stood just before.

Training reads its texts through the same functions, so that the model meets in use what it has learnt on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchword.terms import Field, Passage, Zone

LONGEST_WINDOW = 420  # characters, some 100 tokens; longer passages are read piece by piece
LONGEST_PIECE = 300  # characters of a run without a sentence's end, as speech recognition writes it
LONGEST_BEFORE = 260  # characters of what stood before, the nearest ones
MOST_TURNS = 6  # before a turn; their characters run out sooner
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S)|\n(?!\s*\n))+(?:[.!?]+[\"')\]]*|\n\s*\n|$)|[.!?\n]+")
_WORD_END = re.compile(r"\s+")
_ENDED = re.compile(r"(?:[.!?…][\"')\]’”]*|^)\s*$")  # a turn after which the same speaker begins anew


Stretch = tuple[Passage, int, int]  # a stretch of a passage's text


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a passage, from ``start`` to ``end`` of its text, and what stood before it.

    ``lead`` are the turns in which the caller's words began, where they run on: transcripts that come while somebody
    speaks are cut where they draw breath. They are judged as one.
    """

    passage: Passage
    start: int
    end: int
    before: str
    lead: tuple[Passage, ...] = ()

    @property
    def text(self) -> str:
        """The text to be judged."""
        own = self.passage.text[self.start : self.end]
        return own if not self.lead else " ".join([*(one.text.strip() for one in self.lead), own])

    @property
    def lead_length(self) -> int:
        """How many characters of the text stand in the turns before."""
        return sum(len(one.text.strip()) + 1 for one in self.lead)

    @property
    def begins(self) -> tuple[int, int]:
        """Where the text begins: the same for all windows of what one caller says without a stop."""
        return id(self.lead[0] if self.lead else self.passage), self.start

    def stretches(self, start: int, end: int) -> list[Stretch]:
        """Where the characters from ``start`` to ``end`` of the text stand, turn by turn."""
        found: list[Stretch] = []
        at = 0
        own = self.passage, self.start, self.end
        for passage, first, last in (*map(_stripped, self.lead), own):
            begin, stop = max(start - at, 0) + first, min(end - at + first, last)
            if begin < stop:
                found.append((passage, begin, stop))
            at += last - first + 1
        return found


def _stripped(passage: Passage) -> Stretch:
    text = passage.text
    return passage, len(text) - len(text.lstrip()), len(text.rstrip())


def said(speaker: str, text: str) -> str:
    """A turn as it stands in what was before."""
    return f"{speaker}: {text}"


def before_of(turns: Iterable[tuple[str, str]]) -> str:
    """The turns (speaker, text) before a text, cut to the nearest ones at a word's end."""
    whole = " ".join(said(speaker, text) for speaker, text in turns)
    if len(whole) <= LONGEST_BEFORE:
        return whole
    cut = _WORD_END.search(whole, len(whole) - LONGEST_BEFORE)
    return whole[cut.end() :] if cut else whole[-LONGEST_BEFORE:]


def windows(passages: Sequence[Passage], first: int = 0) -> Iterator[Window]:
    """The windows of a contact's own words, in order, from the passage on that has this place among them."""
    for at, passage in enumerate(passages[first:], first):
        if passage.zone is not Zone.OWN:
            continue
        if passage.field is Field.TURN:
            lead = _lead(passages, at)
            begin = at - len(lead)
            turns = [_turn(one) for one in passages[max(0, begin - MOST_TURNS) : begin] if one.field is Field.TURN]
            yield from _of_passage(passage, turns, lead)
        else:
            yield from _of_passage(passage, None)


def _lead(passages: Sequence[Passage], at: int) -> tuple[Passage, ...]:
    """The caller's turns just before this one that had no end, as many of the nearest as fit into a window with it."""
    length, begin = len(passages[at].text), at
    while begin > 0 and passages[begin - 1].zone is Zone.OWN and not _ENDED.search(passages[begin - 1].text):
        length += len(passages[begin - 1].text) + 1
        if length > LONGEST_WINDOW:
            break
        begin -= 1
    return tuple(passages[begin:at])


def _turn(passage: Passage) -> tuple[str, str]:
    return "agent" if passage.zone is Zone.AGENT else "caller", passage.text[-LONGEST_WINDOW:]


def _of_passage(
    passage: Passage, turns: Sequence[tuple[str, str]] | None, lead: tuple[Passage, ...] = ()
) -> Iterator[Window]:
    """The whole passage if it is short; else as many sentences as fit.

    What stood before, for a turn: the turns before it, and the caller's own words up to here. A mail's sentences stand
    for themselves, as the corpus has them.
    """
    before = before_of(turns or ())
    text = passage.text
    if len(text) <= LONGEST_WINDOW:
        if text.strip():
            yield Window(passage, 0, len(text), before, lead)
        return
    start = None
    end = 0
    for piece_start, piece_end in _pieces(text):
        if start is not None and piece_end - start > LONGEST_WINDOW:
            yield Window(passage, start, end, before)
            before = "" if turns is None else before_of([*turns, ("caller", text[start:end])])
            start = None
        start = piece_start if start is None else start
        end = piece_end
    if start is not None and text[start:end].strip():
        yield Window(passage, start, end, before)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentences; one that is too long is cut at a word's end."""
    for match in _SENTENCE.finditer(text):
        start, stop = match.span()
        while stop - start > LONGEST_PIECE:
            cut = _WORD_END.search(text, start + LONGEST_PIECE - 40, start + LONGEST_PIECE)
            middle = cut.end() if cut else start + LONGEST_PIECE
            yield start, middle
            start = middle
        if start < stop:
            yield start, stop


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, blanks around them left out; together they hold all its words."""
    found = []
    for start, end in _pieces(text):
        stretch = text[start:end]
        if stretch.strip():
            found.append((start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())))
    return found
