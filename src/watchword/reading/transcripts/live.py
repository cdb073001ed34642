"""Calls put together from the events a platform sends while they go on, many calls mixed in one stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from watchword.reading.transcripts.segments import Segment, call
from watchword.terms import Contact

ENDS_REMEMBERED = 4096  # streams deliver an end twice, but soon after one another


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one event. ``stretch`` is the stretch of speech they belong to; its final words replace its drafts."""

    id: str
    segment: Segment
    stretch: str
    final: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """What one event tells of one call.

    ``transcription`` is which of a call's transcriptions it is of, where a platform may stop one and start another:
    then ``ended`` is the end of that one. None where the end is the call's.
    """

    call: str
    format: str
    pieces: tuple[Piece, ...] = ()
    ended: bool = False
    transcription: str | None = None
    unread: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _OpenCall:
    format: str
    final: dict[str, Segment] = field(default_factory=dict)
    drafts: dict[str, dict[str, Segment]] = field(default_factory=dict)
    unread: dict[str, None] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        self.extra.update(event.extra)
        self.unread.update(dict.fromkeys(event.unread))
        for piece in event.pieces:
            if piece.final:
                self.final[piece.id] = piece.segment  # an event delivered twice lands on itself
                self.drafts.pop(piece.stretch, None)
            elif piece.stretch not in self.final:
                self.drafts.setdefault(piece.stretch, {})[piece.id] = piece.segment

    def contact(self, id: str) -> Contact:
        # Drafts whose final words never came are kept: a call that broke off still has words to be looked at.
        segments = [*self.final.values(), *(words for stretch in self.drafts.values() for words in stretch.values())]
        return call(id, segments, format=self.format, unread=self.unread, extra=self.extra)


class OpenCalls:
    """The calls of which events have come but not yet the end. Holds the words of open calls only."""

    def __init__(self) -> None:
        self._calls: dict[str, _OpenCall] = {}
        self._ended: dict[str, None] = {}

    def take(self, event: Event) -> Contact | None:
        """Add an event; gives the whole call when the event ends it. A repeated end gives nothing."""
        if event.call in self._ended and not event.pieces:
            return None
        open_call = self._calls.setdefault(event.call, _OpenCall(event.format))
        open_call.take(event)
        return self._end(event.call) if event.ended else None

    def _end(self, id: str) -> Contact:
        self._ended[id] = None
        if len(self._ended) > ENDS_REMEMBERED:
            del self._ended[next(iter(self._ended))]
        return self._calls.pop(id).contact(id)

    def rest(self) -> Iterator[Contact]:
        """The calls whose end has not come, in the order of their first events; they are no longer held then."""
        while self._calls:
            id = next(iter(self._calls))
            yield self._calls.pop(id).contact(id)
