"""Calls while they go on: what is said is kept, assessed and made into steps, turn by turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from watchword import terms
from watchword.errors import (
    ContactInvalid,
    InputError,
    NotRecorded,
    Place,
    RecordConflict,
    StoreError,
    WatchwordError,
)
from watchword.escalation.standing import replan
from watchword.escalation.steps import plan_steps
from watchword.reading.transcripts import Event, read_transcript
from watchword.store.calls import Numbered, go_on, keep_turns, news_in, open_call
from watchword.store.mistaken import take_back, without_id
from watchword.store.notes import Kept
from watchword.store.record import hash_of
from watchword.store.storable import storable
from watchword.web.heard import (
    after_event,
    after_transcript,
    ended,
    next_number,
    not_said,
    told_by_number,
    unread_of,
    with_turns,
)
from watchword.web.in_force import in_force
from watchword.web.kept_calls import Known, read, remember, remembered
from watchword.web.listeners import CALLS, tell
from watchword.web.told_who import told_who

MOST_TRIES = 20  # of writing down what others add to at the same time
News = Callable[[Known], Known]  # what a call becomes by what was told
Made = tuple[int, dict[str, Any]]  # a new assessment's number and record


@dataclass(frozen=True, slots=True)
class WentOn:
    """What became of turns that were told."""

    added: int
    next: int  # the number of the next turn, for whoever numbers them
    is_open: bool


def begin(contact: terms.Contact, *, source: str, actor: str, typed: bool = False) -> bool:
    """Open a call; False when it was open already. Turns that come with it are told at once.

    ``typed`` is as in open_call.
    """
    if contact.channel is not terms.Channel.PHONE:
        raise ContactInvalid("Only a phone contact can be opened.", do='Say "channel": "phone".')
    if contact.turns:
        _check_told(contact)
    opened = open_call(replace(contact, turns=(), unread=unread_of(contact)), source=source, actor=actor, typed=typed)
    if contact.turns:
        say(contact.id, list(enumerate(contact.turns)), actor=actor)
    if opened is Kept.CHANGED:  # what was said is assessed with what is known by now
        _written(contact.id, lambda call: call, actor=actor, anew=True)
        told_who(storable(contact.id), by=actor)
    tell(CALLS, contact.id)
    return opened is Kept.NEW


def take_back_id(key: str, patient_id: str, *, actor: str) -> None:
    """Say that a call's patient id is somebody else's; the call is assessed anew. Said again it changes nothing.

    Raises NotRecorded, and RecordConflict when the call has no such id, or somebody else has just taken it back.
    """
    for _ in range(MOST_TRIES):
        call = without_id(key, patient_id, actor=actor)
        if call is None:
            return
        assessment = None if call.is_open and _is_silent(call.contact) else in_force().assess(call.contact)
        steps = plan_steps(assessment) if assessment is not None else ()
        anew = replan(call.contact, in_force().policy, assessment) if assessment is not None else None
        if take_back(call, assessment, steps, replan=anew, actor=actor):
            tell(CALLS, key)
            return
    raise _too_many()


def _check_told(contact: terms.Contact) -> None:
    """Refuse turns that contradict an open call before anything else of it is taken. Raises TurnsRefused."""
    try:
        call = read(contact.id)
    except NotRecorded:
        return
    if call.is_open:
        news_in(told_by_number(call.contact.turns), list(enumerate(contact.turns)), is_open=True)


def say(key: str, turns: Sequence[Numbered], *, actor: str, end: bool = False) -> WentOn:
    """Tell turns of a call, and whether it has ended. What was told before changes nothing.

    Lines that an agent typed are not counted: whoever tells the turns does not know of them, and goes on as if they
    were not there.
    """

    def news(call: Known) -> Known:
        new = news_in(told_by_number(call.contact.turns), turns, is_open=call.is_open)
        after = with_turns(call, new)
        return ended(after) if end else after

    return _written(key, news, actor=actor, told_again=True)


def add(key: str, turns: Sequence[terms.Turn], *, actor: str) -> WentOn:
    """Tell turns that come next, whatever their numbers. Each has an id of its own in PIECE: twice changes nothing.

    Raises RecordConflict when an id comes again with other words.
    """
    return _written(key, lambda call: with_turns(call, not_said(call, tuple(turns))), actor=actor)


def _written(key: str, news: News, *, actor: str, told_again: bool = False, anew: bool = False) -> WentOn:
    """Assess and write, again when somebody else added to the call in the meantime.

    ``told_again``: whoever tells it notices what is lost and tells it again. ``anew``: assess though nothing was told.
    """
    known = call = remembered(key)
    for _ in range(MOST_TRIES):
        try:
            went = _gone_on(
                key, call or read(key, known), news, actor, told_again=told_again, anew=anew, fresh=call is None
            )
        except WatchwordError:
            if call is None:
                raise
            went = None  # it may be in order by what the database knows
        if went is not None:
            return went
        call = None
    raise _too_many()


def _too_many() -> StoreError:
    return StoreError("Too many add to this call at the same time.", do="Send it again.")


def _gone_on(
    key: str, call: Known, news: News, actor: str, *, told_again: bool, anew: bool, fresh: bool
) -> WentOn | None:
    """One try. None when the call must be read again, for it is not what it was, or nothing would be written."""
    after = news(call)
    before, turns = call.contact, after.contact.turns
    if after.contact == before and after.is_open == call.is_open and not anew:
        return WentOn(0, next_number(turns), call.is_open) if fresh else None
    written = _write(call, after, actor=actor, told_again=told_again, anew=anew)
    if written is None:
        return None
    went, made = written
    remember(key, went)
    added = turns[len(before.turns) :]
    goes_on = added and call.is_open and went.is_open and (made or went.assessment == call.assessment)
    tell(CALLS, key, {"turns": _as_news(len(before.turns), added), "made": made} if goes_on else None)
    return WentOn(len(added), next_number(turns), went.is_open)


def _write(call: Known, after: Known, *, actor: str, told_again: bool, anew: bool) -> tuple[Known, Made | None] | None:
    """The call as it was written, and the assessment that is new. While nobody has said anything of the caller's, there
    is nothing to assess.

    What follows from an assessment is written already when it is the same as before: then the turns alone are added.
    """
    contact, is_open = after.contact, after.is_open
    assessment = None if is_open and _is_silent(contact) else in_force().assess(contact, call.so_far)
    turns_alone = replace(contact, turns=call.contact.turns) == call.contact
    if call.is_open and is_open and turns_alone and _is_recorded(assessment, call):
        so_far = len(call.contact.turns)
        if not keep_turns(call.row, call.version, so_far, contact.turns[so_far:], told_again=told_again):
            return None
        return replace(call, version=call.version + 1, contact=contact, assessment=assessment), None
    steps = plan_steps(assessment) if assessment is not None else ()
    said = replan(contact, in_force().policy, assessment) if assessment is not None else None
    so_far = len(call.contact.turns)
    recorded = go_on(
        call.row,
        call.version,
        so_far,
        contact,
        assessment,
        steps,
        replan=said,
        is_open=is_open,
        actor=actor,
        anew=anew,
    )
    if recorded is None:
        return None
    return Known(call.row, recorded.version, is_open, contact, assessment, so_far=call.so_far), recorded.made


def _is_silent(contact: terms.Contact) -> bool:
    """Whether the caller has said nothing yet."""
    return not any(turn.speaker is terms.Speaker.CALLER and turn.text.strip() for turn in contact.turns)


def _is_recorded(assessment: terms.Assessment | None, call: Known) -> bool:
    """Whether nothing follows from it that is not written already; a call that was read anew tells by the hash."""
    if assessment is None or call.assessment is not None or not call.recorded:
        return assessment == call.assessment
    return hash_of(assessment) == call.recorded


def _as_news(first: int, turns: Sequence[terms.Turn]) -> list[dict[str, Any]]:
    return [
        {"number": number, "speaker": turn.speaker.value, "text": storable(turn.text)}
        for number, turn in enumerate(turns, first)
    ]


def hear(key: str, raw: dict[str, Any], *, actor: str) -> WentOn:
    """Take a telephone platform's own event, or its transcript so far, for the call that it is of.

    Raises ContactInvalid; RecordConflict for what is of another call: words once taken are never taken back.
    """
    agent_track = f"{in_force().settings.twilio_agent_track}_track"
    heard = read_transcript(raw, place=Place("request"), twilio_agent_track=agent_track, call=key)
    if heard is None:
        raise InputError(
            "This is no event of a platform that is known here.",
            do="Send an event of Amazon Contact Lens, Twilio or Genesys Cloud, or a transcript of Genesys Cloud.",
        )
    _check_whose(heard.call if isinstance(heard, Event) else heard.id, key)
    if isinstance(heard, Event):
        return _written(key, lambda call: after_event(call, heard), actor=actor)
    return _written(key, lambda call: after_transcript(call, heard), actor=actor)


def _check_whose(id: str, key: str) -> None:
    id, key = storable(id), storable(key)
    if id != key:
        raise RecordConflict(
            f"This is of the call {id}, not of {key}.", do=f"Send it to /calls/{quote(id, safe='')}/platform-events."
        )
