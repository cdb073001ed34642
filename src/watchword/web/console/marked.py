"""Words for a page, cut into pieces where an assessment marks them: a flag's evidence, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

STRENGTH = ("escalate", "clarify", "aside")  # of two marks on the same words the stronger one shows


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text, how they are marked, and why."""

    start: int
    end: int
    mark: str
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that is marked in one way, or not at all."""

    text: str
    mark: str = ""
    why: str = ""


def cut(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    """The text in pieces, each under the strongest mark that covers it; put together they are the text again."""
    ends = {min(max(0, place), len(text)) for span in spans for place in (span.start, span.end)}
    places = pairwise(sorted({0, len(text)} | ends))
    for (mark, why), alike in groupby(places, lambda place: _strongest(spans, *place)):
        yield Piece("".join(text[start:end] for start, end in alike), mark, why)


def _strongest(spans: Sequence[Span], start: int, end: int) -> tuple[str, str]:
    """The mark over a stretch and why; two times nothing where there is none."""
    over = [span for span in spans if span.start <= start and span.end >= end]
    if not over:
        return "", ""
    strongest = min(over, key=lambda span: STRENGTH.index(span.mark))
    return strongest.mark, strongest.why
