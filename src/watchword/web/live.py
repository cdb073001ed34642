"""Calls while they go on: what is said is kept, assessed and made into steps, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from watchword import terms
from watchword.errors import ContactInvalid, InputError, Place, StoreError
from watchword.escalation.steps import plan_steps
from watchword.reading.transcripts import Event, read_transcript
from watchword.store.calls import Numbered, find_call, go_on, news_in, open_call
from watchword.store.contacts import contact_of
from watchword.store.models import Contact
from watchword.web.in_force import in_force
from watchword.web.news import CALLS, tell

MOST_TRIES = 20  # of writing down what others add to at the same time
PIECE = "piece"  # in a turn's extra: the platform's own id of what was said
SILENT = "The call has no words."


@dataclass(frozen=True, slots=True)
class WentOn:
    """What became of turns that were told."""

    added: int
    next: int  # the number of the next turn
    is_open: bool


def begin(contact: terms.Contact, *, source: str, actor: str) -> bool:
    """Open a call; False when it was open already. Turns that come with it are told at once."""
    if contact.channel is not terms.Channel.PHONE:
        raise ContactInvalid("Only a phone contact can be opened.", do='Say "channel": "phone".')
    unread = tuple(told for told in contact.unread if told != SILENT)  # it may yet have some
    new = open_call(replace(contact, turns=(), unread=unread), source=source, actor=actor)
    if contact.turns:
        say(contact.id, list(enumerate(contact.turns)), actor=actor)
    tell(CALLS, contact.id)
    return new


def say(key: str, turns: Sequence[Numbered], *, actor: str, end: bool = False) -> WentOn:
    """Tell turns of a call, and whether it has ended. What was told before changes nothing."""
    return _written(key, lambda row: news_in(row, turns), actor=actor, end=end)


def add(key: str, turns: Sequence[terms.Turn], *, actor: str) -> WentOn:
    """Tell turns that come next, whatever their numbers. Each has an id of its own in PIECE: twice changes nothing."""
    return _written(key, lambda row: _not_heard(row, tuple(turns)), actor=actor, end=False)


def _written(key: str, news: Any, *, actor: str, end: bool, unread: tuple[str, ...] = ()) -> WentOn:
    """Assess and write, again when somebody else added to the call in the meantime."""
    for _ in range(MOST_TRIES):
        row = find_call(key)
        before = contact_of(row)
        added = news(row)
        after = replace(before, turns=(*before.turns, *added), unread=tuple(dict.fromkeys((*before.unread, *unread))))
        if after == before and not (end and row.is_open):
            return WentOn(0, len(before.turns), row.is_open)
        if _write(len(before.turns), after, actor=actor, is_open=row.is_open and not end):
            tell(CALLS, key)
            return WentOn(len(added), len(after.turns), row.is_open and not end)
    raise StoreError("Too many add to this call at the same time.", do="Send it again.")


def _write(before: int, contact: terms.Contact, *, actor: str, is_open: bool) -> bool:
    """Whether it could be written. While nobody has said anything of the caller's, there is nothing to assess."""
    silent = not any(turn.speaker is terms.Speaker.CALLER and turn.text.strip() for turn in contact.turns)
    if silent and is_open:
        return go_on(before, contact, None, (), is_open=True, actor=actor) is not None
    assessment = in_force().assess(contact)
    return go_on(before, contact, assessment, plan_steps(assessment), is_open=is_open, actor=actor) is not None


def hear(key: str, raw: dict[str, Any], *, actor: str) -> WentOn:
    """Take a telephone platform's own event, or its transcript so far, for a call. Raises ContactInvalid."""
    heard = read_transcript(raw, place=Place("request"))
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


def _not_heard(row: Contact, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """Those that are not kept yet: platforms deliver the same event twice."""
    heard = {turn.extra.get(PIECE) for turn in row.turns.all()}
    return news_in(row, list(enumerate([one for one in turns if one.extra[PIECE] not in heard], row.turns.count())))


def _grown(row: Contact, turns: tuple[terms.Turn, ...]) -> tuple[terms.Turn, ...]:
    """What a transcript has more than the kept turns: a whole transcript comes again and again, each time longer."""
    said = {speaker: _joined(row.turns.all(), speaker) for speaker in terms.Speaker}
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
    return news_in(row, list(enumerate(new, len(row.turns.all()))))


def _joined(turns: Any, speaker: terms.Speaker) -> str:
    return " ".join(" ".join(turn.text.split()) for turn in turns if turn.speaker == speaker)
