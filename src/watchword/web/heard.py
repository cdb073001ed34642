"""What a call becomes by what is told of it: pure, so that it can be tried again when somebody else was quicker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from watchword import terms
from watchword.errors import RecordConflict
from watchword.reading.transcripts import Event
from watchword.reading.transcripts.live import Piece
from watchword.reading.transcripts.segments import doubts
from watchword.store.calls import news_in
from watchword.store.contacts import as_kept
from watchword.store.models import Turn as TurnRow
from watchword.store.storable import storable
from watchword.web.grown import PIECE as PIECE
from watchword.web.grown import grown
from watchword.web.kept_calls import Known

TYPED = "typed "  # how the id of a line begins that an agent typed
SILENT = "The call has no words."
TRANSCRIPTIONS = "transcriptions"  # in a call's extra: where each of them stands, by the platform's id
RUNS, STOPPED = "runs", "stopped"
LATE = "Words came after the call's end."
CHANGED = "The transcript was changed after it was read."


def with_turns(call: Known, turns: Sequence[terms.Turn], unread: tuple[str, ...] = ()) -> Known:
    """A call with these turns more, and whatever of them could not be read."""
    told = call.contact
    more = (*told.turns, *(as_kept(turn) for turn in turns))
    return replace(call, contact=replace(told, turns=more, unread=tuple(dict.fromkeys((*told.unread, *unread)))))


def unread_of(contact: terms.Contact) -> tuple[str, ...]:
    """What a contact says that could not be read, while its call goes on."""
    return tuple(told for told in contact.unread if told != SILENT)  # it may yet have some


def after_event(call: Known, event: Event) -> Known:
    """What a call becomes by a platform's event.

    Events come in any order and only once: words are kept whenever they come. A call that nothing but the stop of its
    transcriptions has ended goes on with the next one.
    """
    stand = _transcriptions(call.contact)
    is_over = not call.is_open and (not stand or RUNS in stand.values())
    said = _said_in(event)
    new = _not_heard(call, tuple(_turn(piece) for piece in said))
    unsure = doubts(piece.segment for piece in said)
    after = with_turns(call, new, (*event.unread, *unsure, *([LATE] if new and is_over else [])))
    if is_over:
        return after
    if event.transcription is None:
        return replace(after, is_open=call.is_open and not event.ended)
    stopped = event.ended or stand.get(event.transcription) == STOPPED
    stand = {**stand, event.transcription: STOPPED if stopped else RUNS}
    told = replace(after.contact, extra={**after.contact.extra, TRANSCRIPTIONS: stand})
    return replace(after, contact=told, is_open=RUNS in stand.values())


def ended(call: Known) -> Known:
    """What a call becomes by an end that somebody tells; one that only its transcriptions had ended now stays so."""
    if call.is_open:
        return replace(call, is_open=False)
    extra = {name: value for name, value in call.contact.extra.items() if name != TRANSCRIPTIONS}
    return replace(call, contact=replace(call.contact, extra=extra))


def _transcriptions(contact: terms.Contact) -> dict[str, str]:
    kept = contact.extra.get(TRANSCRIPTIONS)
    return kept if isinstance(kept, dict) else {}


def after_transcript(call: Known, heard: terms.Contact) -> Known:
    """What a call becomes by its whole transcript so far."""
    new, changed = grown(told_by_number(call.contact.turns), heard.turns)
    told = [*([CHANGED] if changed else []), *([LATE] if new and not call.is_open else [])]
    return with_turns(call, new, (*unread_of(heard), *told))


def _said_in(event: Event) -> list[Piece]:
    """The words that the platform will not take back; drafts are waited out."""
    return [piece for piece in event.pieces if piece.final and piece.segment.text.strip()]


def _turn(piece: Piece) -> terms.Turn:
    """The words as a turn, which keeps the platform's id."""
    said = piece.segment
    return terms.Turn(said.side or terms.Speaker.CALLER, said.text, {PIECE: piece.id, "speaker": said.speaker})


def not_said(call: Known, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """Those that are not kept yet. An id stands for its words: under no id may others be lost."""
    kept = {turn.extra.get(PIECE): (turn.speaker, storable(turn.text)) for turn in call.contact.turns}
    for turn in turns:
        said = turn.speaker, storable(turn.text)
        if kept.get(turn.extra[PIECE], said) != said:
            raise RecordConflict(
                "Other words are kept under this token already.", do="Load the page again, and type it once more."
            )
    new = _not_heard(call, turns)
    return news_in(call.contact.turns, list(enumerate(new, len(call.contact.turns))), is_open=call.is_open)


def _not_heard(call: Known, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """Those that are not kept yet: platforms deliver the same event twice, and may have put a word right since."""
    heard = {turn.extra.get(PIECE) for turn in call.contact.turns}
    return tuple(one for one in turns if one.extra[PIECE] not in heard)


def told_by_number(turns: Sequence[terms.Turn]) -> tuple[terms.Turn, ...]:
    """The turns without the lines that an agent typed, which no telephone system knows of."""
    return tuple([turn for turn in turns if not str(turn.extra.get(PIECE)).startswith(TYPED)])


def next_number(turns: Iterable[terms.Turn | TurnRow]) -> int:
    """The number of the next turn for whoever tells turns by number."""
    return len([turn for turn in turns if not str(turn.extra.get(PIECE)).startswith(TYPED)])
