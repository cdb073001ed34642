"""A mail's words for a page: whose they are, and marked where they raised a flag or were set aside."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchword.reading.own_words import passages
from watchword.terms import Contact, Passage, Zone
from watchword.web.console.marked import Piece, Span, cut
from watchword.web.console.marks import flag_name

LONGEST_SHOWN = 30_000  # characters of one stretch; the whole stands in the original
_BLANKS = re.compile(r"\s+")
BEFORE, AFTER = 60, 150  # characters around the words that a list shows


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one person in one field."""

    field: str
    zone: str
    pieces: tuple[Piece, ...]
    is_cut: bool = False
    attachment: str | None = None  # the name of the one they stand in

    @property
    def is_own(self) -> bool:
        """Whether these are the customer's own new words."""
        return self.zone == Zone.OWN.value

    @property
    def many(self) -> int:
        """How many words there are."""
        return sum(len(piece.text.split()) for piece in self.pieces)


def stretches(contact: Contact, record: dict[str, Any]) -> list[Stretch]:
    """All words of a mail in their order, marked as its assessment says."""
    marks = list(_marks(record))
    shown = (_stretch(passage, marks) for passage in passages(contact))
    return [stretch for stretch in shown if any(piece.text.strip() for piece in stretch.pieces)]


def glimpse(found: Sequence[Stretch], record: dict[str, Any]) -> tuple[Piece, ...]:
    """The words that raised the first flag with what stands around them, or else how the mail begins: for a list."""
    flags = sorted(record.get("flags", ()), key=lambda flag: flag["level"] != "escalate")
    by_field = sorted(found, key=lambda stretch: stretch.field != "body")  # the subject is shown beside it anyway
    for wanted in [(flag["level"], flag_name(flag)) for flag in flags]:
        for stretch in by_field:
            for number, piece in enumerate(stretch.pieces):
                if (piece.mark, piece.why) == wanted:
                    return _around(stretch.pieces, number)
    own = next((stretch for stretch in by_field if stretch.is_own), None)
    beginning = " ".join("".join(piece.text for piece in own.pieces)[: 4 * AFTER].split()) if own else ""
    return (Piece(beginning[: BEFORE + AFTER]),) if beginning else ()


def _around(pieces: Sequence[Piece], number: int) -> tuple[Piece, ...]:
    before = _in_a_line("".join(piece.text for piece in pieces[:number])[-3 * BEFORE :]).lstrip()
    after = _in_a_line("".join(piece.text for piece in pieces[number + 1 :])[: 3 * AFTER]).rstrip()
    before = before if len(before) <= BEFORE else f"… {before[-BEFORE:].partition(' ')[2]}"
    after = after if len(after) <= AFTER else f"{after[:AFTER].rpartition(' ')[0]} …"
    return Piece(before), pieces[number], Piece(after)


def _in_a_line(text: str) -> str:
    return _BLANKS.sub(" ", text)


def _marks(record: dict[str, Any]) -> Iterator[tuple[str, Span]]:
    """The fields and the words in them that the assessment marks, places as in the field."""
    for flag in record.get("flags", ()):
        for piece in flag["evidence"]:
            yield piece["field"], Span(piece["start"], piece["end"], flag["level"], flag_name(flag))
    for aside in record.get("set_aside", ()):
        name = flag_name(aside)
        yield (
            aside.get("field", ""),
            Span(aside.get("start", 0), aside.get("end", 0), "aside", f"{name}: {aside['because']}"),
        )


def _stretch(passage: Passage, marks: Sequence[tuple[str, Span]]) -> Stretch:
    text = passage.text
    spans: list[Span] = []
    if passage.zone is Zone.OWN:
        here = [span for field, span in marks if field == passage.field.value]
        spans = [replace(span, start=_within(passage, span.start), end=_within(passage, span.end)) for span in here]
        spans = [span for span in spans if span.start < span.end]
    upto = max([LONGEST_SHOWN, *(span.end for span in spans)])
    pieces = tuple(cut(text[:upto], spans))
    return Stretch(passage.field.value, passage.zone.value, pieces, upto < len(text), passage.attachment)


def _within(passage: Passage, place: int) -> int:
    """The character of the passage at, or first after, a place in the field; its beginning or its end outside of it."""
    if passage.places is None:
        return min(max(place - passage.start, 0), len(passage.text))
    return bisect_left(passage.places, place)
