"""The customer's words around a piece of evidence."""

from __future__ import annotations

import re
from bisect import bisect_right

from watchword.reading.own_words import passages
from watchword.terms import Contact, Evidence, Field, Passage

LONGEST_ENTITY = 32  # characters of HTML that may stand for one character
LONGEST_QUOTE = 300  # characters; enough for one long sentence
_SENTENCE_END = re.compile(r"[.!?]+[\"')]*\s|\n\s*\n")


def field_text(contact: Contact, field: Field, turn: int | None) -> str:
    """The text of a field as the contact gave it, to which evidence points."""
    if field is Field.TURN and turn is not None:
        return contact.turns[turn].text
    return (contact.subject if field is Field.SUBJECT else contact.body) or ""


def sentence_of(contact: Contact, piece: Evidence) -> str:
    """The sentence in which a piece of evidence stands, as a reader sees it: without markup."""
    for passage in passages(contact):
        if passage.field is piece.field and passage.turn == piece.turn:
            start, end = _in_passage(passage, piece.start), _in_passage(passage, piece.end - 1)
            if start is not None and end is not None:
                return sentence_around(passage.text, start, end + 1)
    return piece.quote


def _in_passage(passage: Passage, place: int) -> int | None:
    """Which character of the passage stands at, or last before, a place in the field; None outside the passage."""
    if passage.places is None:
        at = place - passage.start
    else:
        at = bisect_right(passage.places, place) - 1
        if at == len(passage.places) - 1 and passage.places[at] < place - LONGEST_ENTITY:
            return None
    return at if 0 <= at < len(passage.text) else None


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds the characters from ``start`` to ``end``, on one line, cut to a length people read."""
    begin = max(0, start - LONGEST_QUOTE // 2)
    for match in _SENTENCE_END.finditer(text, begin, start):
        begin = match.end()
    ended = _SENTENCE_END.search(text, end)
    stop = min(ended.end() if ended else len(text), max(end, begin + LONGEST_QUOTE))
    return " ".join(text[begin:stop].split())
