"""Calls from Genesys Cloud: the transcript kept of a conversation, and the messages sent while it goes on.

Written from "Transcript URL" and "Transcription Notifications" (speech and text analytics) of the Genesys Cloud
developer documentation, and from the TranscriptionTopic models of Genesys' public SDKs.

The transcript, one object::

    conversationId         required  becomes the contact's id
    transcripts            required  list; of each: phrases (required), a list of text (required), decoratedText (the
                           same words with capitals and full stops, taken where given), participantPurpose and
                           startTimeMs
    participants           optional  list of participantPurpose, ani, dnis, initialDirection: the customer's number
    conversationStartTime  optional  milliseconds since 1970 in UTC
    mediaType              optional  a transcript of a chat, a message or an email is refused, for it is no call

participantPurpose is internal for the centre's side (agents, and the machines that answer) and external for the
customer; the purposes of participants (agent, user, acd, ivr, customer) are understood as well.

A message of the topic v2.conversations.{id}.transcription, many to a call. It is the eventBody of what comes over the
notifications channel; EventBridge has that once more in detail. It is read with these envelopes and without::

    conversationId      required  becomes the contact's id
    transcripts         optional  list; of each: utteranceId (required), alternatives (required), a list of transcript
                        (required), decoratedTranscript (taken where given) and offsetMs, of which the first is read;
                        channel (EXTERNAL for the customer, INTERNAL for the centre's side), isFinal
    communicationId     optional  whose transcription it is: a call that is put through has one after the other
    sessionStartTimeMs  optional  milliseconds since 1970, from which offsetMs counts
    status              optional  status: SESSION_ONGOING, or SESSION_ENDED where the transcription has ended

Words that are not final are replaced by later ones of the same utteranceId. Every other key goes to ``extra``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NotRequired

from pydantic import Strict, StrictBool, StrictStr, TypeAdapter
from typing_extensions import TypedDict

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import Name, NameOrNone
from watchword.reading.shape import held, refusal
from watchword.reading.transcripts.live import Event, Piece
from watchword.reading.transcripts.segments import Segment, call
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact, Person, Speaker

FORMAT = "genesys-cloud"
_DO = "Export the conversation's transcript again from Genesys Cloud, or leave it out."
TOPIC_END = ".transcription"
_NO_CALLS = frozenset(["chat", "message", "messaging", "email", "sms", "webmessaging"])
_PURPOSES = {"internal": Speaker.AGENT, "user": Speaker.AGENT, "external": Speaker.CALLER}
_WORDS = frozenset(["alternatives", "transcript", "decoratedTranscript", "words", "decoratedWords"])
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


class _Alternative(TypedDict):
    transcript: StrictStr
    decoratedTranscript: NotRequired[StrictStr | None]
    offsetMs: NotRequired[float | None]


class _Utterance(TypedDict):
    utteranceId: Name
    alternatives: Annotated[list[_Alternative], Strict()]
    channel: NotRequired[StrictStr | None]
    isFinal: NotRequired[StrictBool | None]


class _Status(TypedDict):
    status: NotRequired[StrictStr | None]


class _Message(TypedDict):
    conversationId: Name
    communicationId: NotRequired[NameOrNone]
    transcripts: NotRequired[Annotated[list[_Utterance], Strict()] | None]
    sessionStartTimeMs: NotRequired[float | None]
    status: NotRequired[_Status | None]


_TRANSCRIPT: TypeAdapter[_Transcript] = TypeAdapter(_Transcript)
_MESSAGE: TypeAdapter[_Message] = TypeAdapter(_Message)


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


def is_genesys_event(raw: dict[str, Any]) -> bool:
    """Whether this is a message of Genesys Cloud; without an envelope its times tell it from a transcript."""
    bare = "conversationId" in raw and ("eventTime" in raw or "sessionStartTimeMs" in raw)
    return bare or "eventBody" in _envelope(raw)


def event_from_genesys(raw: dict[str, Any], *, place: Place) -> Event:
    """One message sent during a call. Raises ContactInvalid."""
    envelope = _envelope(raw)
    if not str(envelope.get("topicName", raw.get("detail-type", TOPIC_END))).endswith(TOPIC_END):
        raise ContactInvalid(
            "The message is of another topic than a conversation's transcription.",
            do="Send the messages of the topic v2.conversations.{id}.transcription only.",
            place=place,
        )
    body = envelope.get("eventBody", raw)
    problems: list[str] = []
    message = held(_MESSAGE, body, problems, subject="The Genesys Cloud message")
    if message is None:
        raise refusal(problems, do="Send the message as it came from Genesys Cloud.", place=place)
    start = message.get("sessionStartTimeMs") or 0.0
    pieces = [
        _piece(utterance, own, start)
        for utterance, own in zip(message.get("transcripts") or (), body.get("transcripts") or (), strict=True)
        if utterance["alternatives"]
    ]
    return Event(
        call=message["conversationId"],
        format=FORMAT,
        pieces=tuple(pieces),
        ended=(message.get("status") or {}).get("status") == "SESSION_ENDED",
        transcription=message.get("communicationId") or "",
        extra={key: value for key, value in body.items() if key not in ("transcripts", "conversationId", "status")},
    )


def _envelope(raw: dict[str, Any]) -> dict[str, Any]:
    detail = raw.get("detail")
    return detail if isinstance(detail, dict) and "eventBody" in detail else raw


def _piece(utterance: _Utterance, own: dict[str, Any], start: float) -> Piece:
    first, channel = utterance["alternatives"][0], utterance.get("channel")
    given = {**own, **own["alternatives"][0]}
    extra = {key: given[key] for key in given if key not in _WORDS}
    text = first.get("decoratedTranscript") or first["transcript"]
    words = Segment(channel, _side(channel), text, start + (first.get("offsetMs") or 0.0), extra)
    id = utterance["utteranceId"]
    return Piece(id, words, stretch=id, final=utterance.get("isFinal") is not False)
