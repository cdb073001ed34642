"""Calls while they go on: what is said is kept, assessed and made into steps, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchword import terms
from watchword.errors import ContactInvalid, InputError, Place, RecordConflict, StoreError, WatchwordError
from watchword.escalation.steps import plan_steps
from watchword.reading.transcripts import Event, read_transcript
from watchword.store.calls import Numbered, go_on, keep_turns, news_in, open_call
from watchword.store.contacts import as_kept
from watchword.store.earlier import with_earlier_notes
from watchword.store.models import Turn as TurnRow
from watchword.store.storable import storable
from watchword.web.in_force import in_force
from watchword.web.kept_calls import Known, read, remember, remembered
from watchword.web.news import CALLS, tell

MOST_TRIES = 20  # of writing down what others add to at the same time
PIECE = "piece"  # in a turn's extra: the platform's own id of what was said
TYPED = "typed "  # how the id of a line begins that an agent typed
SILENT = "The call has no words."
News = Callable[[Known], tuple[terms.Turn, ...]]  # which turns a call has not yet


@dataclass(frozen=True, slots=True)
class WentOn:
    """What became of turns that were told."""

    added: int
    next: int  # the number of the next turn, for whoever numbers them
    is_open: bool


def begin(contact: terms.Contact, *, source: str, actor: str) -> bool:
    """Open a call; False when it was open already. Turns that come with it are told at once."""
    if contact.channel is not terms.Channel.PHONE:
        raise ContactInvalid("Only a phone contact can be opened.", do='Say "channel": "phone".')
    contact = with_earlier_notes(contact)  # once: a customer's notes do not change while they speak
    unread = tuple(told for told in contact.unread if told != SILENT)  # it may yet have some
    new = open_call(replace(contact, turns=(), unread=unread), source=source, actor=actor)
    if contact.turns:
        say(contact.id, list(enumerate(contact.turns)), actor=actor)
    tell(CALLS, contact.id)
    return new


def say(key: str, turns: Sequence[Numbered], *, actor: str, end: bool = False) -> WentOn:
    """Tell turns of a call, and whether it has ended. What was told before changes nothing.

    Lines that an agent typed are not counted: whoever tells the turns does not know of them, and goes on as if they
    were not there.
    """
    return _written(
        key, lambda call: news_in(_told(call.contact.turns), turns, is_open=call.is_open), actor=actor, end=end
    )


def add(key: str, turns: Sequence[terms.Turn], *, actor: str) -> WentOn:
    """Tell turns that come next, whatever their numbers. Each has an id of its own in PIECE: twice changes nothing.

    Raises RecordConflict when an id comes again with other words.
    """
    return _written(key, lambda call: _not_said(call, tuple(turns)), actor=actor, end=False)


def _written(key: str, news: News, *, actor: str, end: bool, unread: tuple[str, ...] = ()) -> WentOn:
    """Assess and write, again when somebody else added to the call in the meantime."""
    call = remembered(key)
    for _ in range(MOST_TRIES):
        try:
            went = _gone_on(key, call or read(key), news, actor, end=end, unread=unread, fresh=call is None)
        except WatchwordError:
            if call is None:
                raise
            went = None  # it may be in order by what the database knows
        if went is not None:
            return went
        call = None
    raise StoreError("Too many add to this call at the same time.", do="Send it again.")


def _gone_on(
    key: str, call: Known, news: News, actor: str, *, end: bool, unread: tuple[str, ...], fresh: bool
) -> WentOn | None:
    """One try. None when the call must be read again, for it is not what it was, or nothing would be written."""
    before = call.contact
    added = tuple(as_kept(turn) for turn in news(call))
    after = replace(before, turns=(*before.turns, *added), unread=tuple(dict.fromkeys((*before.unread, *unread))))
    is_open = call.is_open and not end
    if after == before and is_open == call.is_open:
        return WentOn(0, next_number(before.turns), is_open) if fresh else None
    went = _write(call, after, added, is_open=is_open, actor=actor)
    if went is None:
        return None
    remember(key, went)
    turns_alone = added and went.assessment == call.assessment and is_open
    tell(CALLS, key, _as_news(len(before.turns), added) if turns_alone else None)
    return WentOn(len(added), next_number(after.turns), is_open)


def _write(
    call: Known, contact: terms.Contact, added: tuple[terms.Turn, ...], *, is_open: bool, actor: str
) -> Known | None:
    """The call as it was written. While nobody has said anything of the caller's, there is nothing to assess.

    What follows from an assessment is written already when it is the same as before: then the turns alone are added.
    """
    silent = not any(turn.speaker is terms.Speaker.CALLER and turn.text.strip() for turn in contact.turns)
    assessment = None if silent and is_open else in_force().assess(contact, call.so_far)
    if is_open and assessment == call.assessment and contact.unread == call.contact.unread:
        if not keep_turns(call.row, call.version, len(call.contact.turns), added):
            return None
        return replace(call, version=call.version + 1, contact=contact)
    steps = plan_steps(assessment) if assessment is not None else ()
    recorded = go_on(call.version, contact, assessment, steps, is_open=is_open, actor=actor)
    if recorded is None:
        return None
    return Known(call.row, recorded.version, is_open, contact, assessment, call.so_far)


def _as_news(first: int, turns: Sequence[terms.Turn]) -> list[dict[str, Any]]:
    return [
        {"number": number, "speaker": turn.speaker.value, "text": storable(turn.text)}
        for number, turn in enumerate(turns, first)
    ]


def hear(key: str, raw: dict[str, Any], *, actor: str) -> WentOn:
    """Take a telephone platform's own event, or its transcript so far, for a call. Raises ContactInvalid."""
    agent_track = f"{in_force().settings.twilio_agent_track}_track"
    heard = read_transcript(raw, place=Place("request"), twilio_agent_track=agent_track)
    if heard is None:
        raise InputError(
            "This is no event of a platform that is known here.",
            do="Send an event of Amazon Contact Lens or Twilio, or a transcript of Genesys Cloud.",
        )
    if isinstance(heard, Event):
        final = _turns_of(heard)
        return _written(key, lambda row: _not_heard(row, final), actor=actor, end=heard.ended, unread=heard.unread)
    return _written(key, lambda row: _grown(row, heard.turns), actor=actor, end=False, unread=heard.unread)


def _turns_of(event: Event) -> tuple[terms.Turn, ...]:
    """The words that the platform will not take back, each with the platform's id; drafts are waited out."""
    return tuple(
        terms.Turn(
            piece.segment.side or terms.Speaker.CALLER,
            piece.segment.text,
            {PIECE: piece.id, "speaker": piece.segment.speaker},
        )
        for piece in event.pieces
        if piece.final and piece.segment.text.strip()
    )


def _not_said(call: Known, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """Those that are not kept yet. An id stands for its words: under no id may others be lost."""
    kept = {turn.extra.get(PIECE): (turn.speaker, storable(turn.text)) for turn in call.contact.turns}
    for turn in turns:
        said = turn.speaker, storable(turn.text)
        if kept.get(turn.extra[PIECE], said) != said:
            raise RecordConflict(
                "Other words are kept under this token already.", do="Load the page again, and type it once more."
            )
    return _not_heard(call, turns)


def _not_heard(call: Known, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """Those that are not kept yet: platforms deliver the same event twice, and may have put a word right since."""
    kept = call.contact.turns
    heard = {turn.extra.get(PIECE) for turn in kept}
    new = [one for one in turns if one.extra[PIECE] not in heard]
    return news_in(kept, list(enumerate(new, len(kept))), is_open=call.is_open)


def _grown(call: Known, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """What a transcript has more than the kept turns: a whole transcript comes again and again, each time longer."""
    kept = call.contact.turns
    said = {speaker: _joined(_told(kept), speaker) for speaker in terms.Speaker}
    new: list[terms.Turn] = []
    for turn in turns:
        words = " ".join(turn.text.split())
        known = said[turn.speaker]
        if known.startswith(words):
            said[turn.speaker] = known[len(words) :].lstrip()
        elif known and not words.startswith(known):
            raise ContactInvalid(
                "The transcript says other words than the call has so far.", do="Send the transcript of this call."
            )
        else:
            said[turn.speaker] = ""
            new.append(replace(turn, text=words[len(known) :].strip()))
    return news_in(kept, list(enumerate(new, len(kept))), is_open=call.is_open)


def _told(turns: Sequence[terms.Turn]) -> tuple[terms.Turn, ...]:
    """The turns without the lines that an agent typed, which no telephone system knows of."""
    return tuple(turn for turn in turns if not str(turn.extra.get(PIECE)).startswith(TYPED))


def next_number(turns: Iterable[terms.Turn | TurnRow]) -> int:
    """The number of the next turn for whoever tells turns by number."""
    return sum(not str(turn.extra.get(PIECE)).startswith(TYPED) for turn in turns)


def _joined(turns: Sequence[terms.Turn], speaker: terms.Speaker) -> str:
    return " ".join(" ".join(turn.text.split()) for turn in turns if turn.speaker is speaker)
