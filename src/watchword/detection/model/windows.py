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


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a passage, from ``start`` to ``end`` of its text, and what stood before it."""

    passage: Passage
    start: int
    end: int
    before: str

    @property
    def text(self) -> str:
        """The text to be judged."""
        return self.passage.text[self.start : self.end]


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
    turns = [_turn(passage) for passage in passages[max(0, first - MOST_TURNS) : first] if passage.field is Field.TURN]
    for passage in passages[first:]:
        if passage.field is Field.TURN:
            if passage.zone is Zone.OWN:
                yield from _of_passage(passage, turns[-MOST_TURNS:])
            turns.append(_turn(passage))
        elif passage.zone is Zone.OWN:
            yield from _of_passage(passage, None)


def _turn(passage: Passage) -> tuple[str, str]:
    return "agent" if passage.zone is Zone.AGENT else "caller", passage.text[-LONGEST_WINDOW:]


def _of_passage(passage: Passage, turns: Sequence[tuple[str, str]] | None) -> Iterator[Window]:
    """The whole passage if it is short; else as many sentences as fit.

    What stood before, for a turn: the turns before it, and the caller's own words up to here. A mail's sentences stand
    for themselves, as the corpus has them.
    """
    before = before_of(turns or ())
    text = passage.text
    if len(text) <= LONGEST_WINDOW:
        if text.strip():
            yield Window(passage, 0, len(text), before)
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
