"""A call's turns with the words marked that raised a flag or were set aside, where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from watchword.store.models import Turn
from watchword.web.console.marked import STRENGTH, Piece, Span, cut
from watchword.web.console.marks import flag_name


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
        name = flag_name(flag)
        for piece in flag["evidence"]:
            _add(found, piece, flag["level"], piece.get("sign") or name)
    for aside in (record or {}).get("set_aside", ()):
        _add(found, aside, "aside", f"set aside: {aside['because']}")
    return found


def _add(found: dict[int, list[Span]], place: dict[str, Any], mark: str, why: str) -> None:
    if place["field"] == "turn" and place["turn"] is not None:
        found.setdefault(place["turn"], []).append(Span(place["start"], place["end"], mark, why))


def shown_turns(turns: Iterable[Turn], spans: dict[int, list[Span]]) -> list[ShownTurn]:
    """Turns with their marks."""
    return [_shown(turn, spans.get(turn.number, [])) for turn in turns]


def unmarked(number: int, speaker: str, text: str) -> ShownTurn:
    """A turn in which no words are marked."""
    return ShownTurn(number, speaker, (Piece(text),), "")


def _shown(turn: Turn, spans: list[Span]) -> ShownTurn:
    marks = {span.mark for span in spans}
    told = next((mark for mark in STRENGTH if mark in marks), "")
    return ShownTurn(turn.number, turn.speaker, tuple(cut(turn.text, spans)), told)
