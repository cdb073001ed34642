"""A call's turns with the words marked that raised a flag or were set aside, where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from watchword.store.models import Turn

STRENGTH = ("escalate", "clarify", "aside")  # of two marks on the same words the stronger one shows


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one turn, and why they are marked."""

    start: int
    end: int
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn that is marked in one way, or not at all."""

    text: str
    kind: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn as a page shows it."""

    number: int
    speaker: str
    pieces: tuple[Piece, ...]
    told: str  # how strong its strongest mark is


def spans_of(record: dict[str, Any] | None) -> dict[int, list[Span]]:
    """For each turn of a call that holds marked words: which."""
    found: dict[int, list[Span]] = {}
    for flag in (record or {}).get("flags", ()):
        name = str(flag["term"] or flag["kind"]).replace("_", " ")
        for piece in flag["evidence"]:
            _add(found, piece, flag["level"], piece.get("sign") or name)
    for aside in (record or {}).get("set_aside", ()):
        _add(found, aside, "aside", f"set aside: {aside['because']}")
    return found


def _add(found: dict[int, list[Span]], place: dict[str, Any], kind: str, why: str) -> None:
    if place["field"] == "turn" and place["turn"] is not None:
        found.setdefault(place["turn"], []).append(Span(place["start"], place["end"], kind, why))


def shown_turns(turns: Iterable[Turn], spans: dict[int, list[Span]]) -> list[ShownTurn]:
    """Turns with their marks."""
    return [_shown(turn, spans.get(turn.number, [])) for turn in turns]


def _shown(turn: Turn, spans: list[Span]) -> ShownTurn:
    kinds = {span.kind for span in spans}
    told = next((kind for kind in STRENGTH if kind in kinds), "")
    return ShownTurn(turn.number, turn.speaker, tuple(cut(turn.text, spans)), told)


def cut(text: str, spans: list[Span]) -> Iterable[Piece]:
    """The text in pieces, each under the strongest mark that covers it; put together they are the text again."""
    ends = {min(max(0, place), len(text)) for span in spans for place in (span.start, span.end)}
    places = sorted({0, len(text)} | ends)
    for start, end in pairwise(places):
        over = [span for span in spans if span.start <= start and span.end >= end]
        if over:
            strongest = min(over, key=lambda span: STRENGTH.index(span.kind))
            yield Piece(text[start:end], strongest.kind, strongest.why)
        else:
            yield Piece(text[start:end])
