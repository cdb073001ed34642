"""The customer's words around a piece of evidence."""

from __future__ import annotations

import re

from watchword.terms import Contact, Field

LONGEST_QUOTE = 300  # characters; enough for one long sentence
_SENTENCE_END = re.compile(r"[.!?]+[\"')]*\s|\n\s*\n")


def field_text(contact: Contact, field: Field, turn: int | None) -> str:
    """The text of a field as the contact gave it, to which evidence points."""
    if field is Field.TURN and turn is not None:
        return contact.turns[turn].text
    return (contact.subject if field is Field.SUBJECT else contact.body) or ""


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds the characters from ``start`` to ``end``, on one line, cut to a length people read."""
    begin = max(0, start - LONGEST_QUOTE // 2)
    for match in _SENTENCE_END.finditer(text, begin, start):
        begin = match.end()
    ended = _SENTENCE_END.search(text, end)
    stop = min(ended.end() if ended else len(text), max(end, begin + LONGEST_QUOTE))
    return " ".join(text[begin:stop].split())
