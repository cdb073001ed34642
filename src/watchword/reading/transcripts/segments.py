"""Segments of a transcript into the turns of a call.

Speech recognition cuts at pauses and full stops, in every format read here, so a segment is not a turn: consecutive
segments of one and the same speaker are joined with a blank into one turn, and each segment's own keys are kept in
the turn's ``extra["segments"]``. Two speakers of the same side stay two turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from watchword.terms import Channel, Contact, Person, Speaker, Turn

NO_SPEAKER = "Some words of the transcript have no speaker; read as the customer's."
_LONGEST_NAME = 40  # characters of a speaker's name that are told


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of words as the platform cut it. ``side`` is None where it cannot be told who speaks.

    ``order`` is anything that grows with time within one transcript; without one a segment stays behind the one before
    it. ``extra`` holds the platform's own keys.
    """

    speaker: str | None
    side: Speaker | None
    text: str
    order: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def call(
    id: str,
    segments: Iterable[Segment],
    *,
    format: str,
    person: Person | None = None,
    unread: Iterable[str] = (),
    received_at: datetime | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Contact:
    """The call made of these segments. ``extra["transcript_format"]`` names the format it was read from."""
    ordered = in_order(segments)
    turns = tuple(_turn(list(run)) for _, run in groupby(ordered, key=lambda segment: (segment.side, segment.speaker)))
    return Contact(
        id=id,
        channel=Channel.PHONE,
        received_at=received_at,
        person=person or Person(),
        turns=turns,
        unread=(*dict.fromkeys(unread), *doubts(ordered), *(() if turns else ("The call has no words.",))),
        extra={"transcript_format": format, **(extra or {})},
    )


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """The segments that hold words, in order of time."""
    latest = float("-inf")
    placed: list[tuple[float, Segment]] = []
    for segment in segments:
        latest = latest if segment.order is None else segment.order
        if segment.text.strip():
            placed.append((latest, segment))
    return [segment for _, segment in sorted(placed, key=lambda pair: pair[0])]


def _turn(run: list[Segment]) -> Turn:
    first = run[0]
    extra: dict[str, Any] = {"speaker": first.speaker, "segments": [dict(segment.extra) for segment in run]}
    # Words of a speaker who cannot be told apart are read as the customer's: as an agent's they could raise no flag.
    return Turn(first.side or Speaker.CALLER, " ".join(segment.text.strip() for segment in run), extra)


def doubts(segments: Iterable[Segment]) -> list[str]:
    """What is to be told of speakers whose side cannot be told: their words are read as the customer's."""
    unknown = dict.fromkeys(segment.speaker for segment in segments if segment.side is None)
    return [
        NO_SPEAKER
        if speaker is None
        else f"Speaker '{speaker[:_LONGEST_NAME]}' of the transcript is neither agent nor customer; "
        "read as the customer."
        for speaker in unknown
    ]
