"""Calls from Genesys Cloud: the transcript that speech and text analytics keeps of a conversation.

Written from "Transcript URL" (speech and text analytics) of the Genesys Cloud developer documentation. One object::

    conversationId         required  becomes the contact's id
    transcripts            required  list; of each: phrases (required), a list of text (required), decoratedText (the
                           same words with capitals and full stops, taken where given), participantPurpose and
                           startTimeMs
    participants           optional  list of participantPurpose, ani, dnis, initialDirection: the customer's number
    conversationStartTime  optional  milliseconds since 1970 in UTC
    mediaType              optional  a transcript of a chat, a message or an email is refused, for it is no call

participantPurpose is internal for the centre's side (agents, and the machines that answer) and external for the
customer; the purposes of participants (agent, user, acd, ivr, customer) are understood as well. Every other key goes
to ``extra``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NotRequired

from pydantic import Strict, StrictStr, TypeAdapter
from typing_extensions import TypedDict

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import Name
from watchword.reading.shape import held, refusal
from watchword.reading.transcripts.segments import Segment, call
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact, Person, Speaker

FORMAT = "genesys-cloud"
_DO = "Export the conversation's transcript again from Genesys Cloud, or leave it out."
_NO_CALLS = frozenset(["chat", "message", "messaging", "email", "sms", "webmessaging"])
_PURPOSES = {"internal": Speaker.AGENT, "user": Speaker.AGENT, "external": Speaker.CALLER}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Phrase(TypedDict):
    text: StrictStr
    decoratedText: NotRequired[StrictStr | None]
    participantPurpose: NotRequired[StrictStr | None]
    startTimeMs: NotRequired[float | None]


class _Part(TypedDict):
    phrases: Annotated[list[_Phrase], Strict()]


class _Participant(TypedDict):
    participantPurpose: NotRequired[StrictStr | None]
    ani: NotRequired[StrictStr | None]
    dnis: NotRequired[StrictStr | None]
    initialDirection: NotRequired[StrictStr | None]


class _Transcript(TypedDict):
    conversationId: Name
    transcripts: Annotated[list[_Part], Strict()]
    participants: NotRequired[Annotated[list[_Participant], Strict()] | None]
    conversationStartTime: NotRequired[float | None]
    mediaType: NotRequired[StrictStr | None]


_TRANSCRIPT: TypeAdapter[_Transcript] = TypeAdapter(_Transcript)


def contact_from_genesys(raw: dict[str, Any], *, place: Place) -> Contact:
    """The call that a Genesys Cloud transcript holds. Raises ContactInvalid."""
    problems: list[str] = []
    transcript = held(_TRANSCRIPT, raw, problems, subject="The Genesys Cloud transcript")
    if transcript is None:
        raise refusal(problems, do=_DO, place=place)
    if (transcript.get("mediaType") or "").lower() in _NO_CALLS:
        raise ContactInvalid("The transcript is not of a call.", do="Give transcripts of calls only.", place=place)
    segments = [
        _segment(phrase, own)
        for part, given in zip(transcript["transcripts"], raw["transcripts"], strict=True)
        for phrase, own in zip(part["phrases"], given["phrases"], strict=True)
    ]
    return call(
        transcript["conversationId"],
        segments,
        format=FORMAT,
        person=_person(transcript.get("participants") or []),
        received_at=_moment(transcript.get("conversationStartTime")),
        extra={key: value for key, value in raw.items() if key not in ("transcripts", "conversationId")},
    )


def _side(purpose: str | None) -> Speaker | None:
    return _PURPOSES.get((purpose or "").lower()) or side_of(purpose)


def _segment(phrase: _Phrase, own: dict[str, Any]) -> Segment:
    purpose = phrase.get("participantPurpose")
    extra = {key: value for key, value in own.items() if key not in ("text", "decoratedText", "words")}
    text = phrase.get("decoratedText") or phrase["text"]
    return Segment(purpose, _side(purpose), text, phrase.get("startTimeMs"), extra)


def _moment(milliseconds: float | None) -> datetime | None:
    try:
        return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def _person(participants: list[_Participant]) -> Person | None:
    for one in participants:
        if _side(one.get("participantPurpose")) is Speaker.CALLER:
            called = (one.get("initialDirection") or "").lower() == "outbound"
            return Person(phone=_number(one.get("dnis") if called else one.get("ani")))
    return None


def _number(address: str | None) -> str | None:
    digits = re.fullmatch(r"(?:tel:)?(\+?[\d()\s.-]{5,})", address or "")
    return digits[1] if digits else None
