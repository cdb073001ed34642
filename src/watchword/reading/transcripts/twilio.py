"""Calls from Twilio: the sentences of a finished transcript, and the events sent while a call goes on.

Written from "Conversational Intelligence - Transcript Resource", "Conversational Intelligence - Transcript Sentence
Subresource" and "TwiML Voice: <Transcription>" of Twilio's documentation.

Sentences, one object: what the sentences call answers, alone or laid over the Transcript resource it belongs to::

    sentences  required  list; of each: transcript (required, the words), media_channel (which side of the recording),
                         sentence_index, start_time, transcript_sid, sid
    sid        the transcript's SID becomes the contact's id; without it a sentence's transcript_sid, or meta.url
    channel    optional  participants: list of channel_participant (the media_channel), role, full_name, email,
                         media_participant_id (the phone number)
    meta       optional  url; next_page_url, where it is not null, tells that sentences are missing

Without participants the recording is taken as Twilio's guides make it: the customer's leg is recorded, so channel 1 is
the customer and channel 2 the agent. The contact says so in ``unread``, unless the caller names ``agent_channel``.

An event, one object of texts, many to a call::

    TranscriptionEvent  required  transcription-started, -content, -stopped or -error
    CallSid             required  becomes the contact's id
    TranscriptionData   on -content  JSON in a text: transcript, confidence
    Track               on -content  inbound_track or outbound_track, or the label given to it
    Final               optional  "false" for words that a later event of the same track replaces
    SequenceId          optional  a whole number that grows through the call
    TranscriptionSid    optional  which transcription it is of: one may be stopped and another started within a call

inbound_track is what Twilio hears from the leg that is transcribed. On a call that comes in, that is the customer; the
contact says that this was assumed in ``unread``, unless the caller names ``agent_track``, as the service does for calls
that go on. Every other key goes to ``extra``.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, NotRequired

from pydantic import Strict, StrictStr, TypeAdapter
from typing_extensions import TypedDict

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import Name, NameOrNone
from watchword.reading.json_text import parse_json
from watchword.reading.shape import held, refusal
from watchword.reading.transcripts.live import Event, Piece
from watchword.reading.transcripts.segments import Segment, call
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact, Person, Speaker

FORMAT = "twilio"
CUSTOMER_CHANNEL, AGENT_CHANNEL = "1", "2"
CUSTOMER_TRACK, AGENT_TRACK = TRACKS = ("inbound_track", "outbound_track")
_DO = "Fetch the call's transcript again from Twilio, or leave it out."
_DO_EVENT = "Give the event as it came from Twilio."
CHANNEL_ASSUMED = "The transcript does not say who speaks on which channel; channel 2 was read as the agent."
TRACK_ASSUMED = "The events do not say who speaks on which track; the outbound track was read as the agent."
PAGE_MISSING = "The transcript goes on in a further page that was not given."
TRANSCRIPTION_FAILED = "The platform met an error while it transcribed this call; words may be missing."


class _Sentence(TypedDict):
    transcript: StrictStr
    media_channel: NotRequired[NameOrNone]
    sentence_index: NotRequired[float | None]
    start_time: NotRequired[float | None]
    transcript_sid: NotRequired[StrictStr | None]


class _Participant(TypedDict):
    channel_participant: Name
    role: NotRequired[StrictStr | None]
    full_name: NotRequired[StrictStr | None]
    email: NotRequired[StrictStr | None]
    media_participant_id: NotRequired[NameOrNone]


class _Channel(TypedDict):
    participants: NotRequired[Annotated[list[_Participant], Strict()] | None]


class _Meta(TypedDict):
    url: NotRequired[StrictStr | None]
    next_page_url: NotRequired[StrictStr | None]


class _Transcript(TypedDict):
    sentences: Annotated[list[_Sentence], Strict()]
    sid: NotRequired[StrictStr | None]
    channel: NotRequired[_Channel | None]
    meta: NotRequired[_Meta | None]


class _Event(TypedDict):
    TranscriptionEvent: StrictStr
    CallSid: StrictStr
    TranscriptionSid: NotRequired[StrictStr | None]
    TranscriptionData: NotRequired[Any]
    Track: NotRequired[StrictStr | None]
    Final: NotRequired[Any]
    SequenceId: NotRequired[float | None]


class _Words(TypedDict):
    transcript: StrictStr


_TRANSCRIPT: TypeAdapter[_Transcript] = TypeAdapter(_Transcript)
_EVENT: TypeAdapter[_Event] = TypeAdapter(_Event)
_WORDS: TypeAdapter[_Words] = TypeAdapter(_Words)


def contact_from_twilio(raw: dict[str, Any], *, place: Place, agent_channel: int | None = None) -> Contact:
    """The call that a transcript's sentences hold. Raises ContactInvalid.

    ``agent_channel`` is the media_channel of the agent where the transcript names no participants.
    """
    problems: list[str] = []
    transcript = held(_TRANSCRIPT, raw, problems, subject="The Twilio transcript")
    id = _id(transcript) if transcript else None
    if transcript is None or id is None:
        raise refusal(problems or ["sid is missing; it must name the transcript."], do=_DO, place=place)
    participants = (transcript.get("channel") or {}).get("participants") or []
    assumed = not participants and agent_channel is None
    sides = {one["channel_participant"]: side_of(one.get("role")) for one in participants}
    return call(
        id,
        _segments(transcript["sentences"], raw["sentences"], sides or _usual_sides(agent_channel)),
        format=FORMAT,
        person=_person(participants),
        unread=[*([CHANNEL_ASSUMED] if assumed else []), *_missing_page(transcript)],
        extra={key: value for key, value in raw.items() if key != "sentences"},
    )


def _id(transcript: _Transcript) -> str | None:
    sids = [transcript.get("sid"), *(sentence.get("transcript_sid") for sentence in transcript["sentences"][:1])]
    address = (transcript.get("meta") or {}).get("url") or ""
    return next(filter(None, sids), None) or next(iter(re.findall(r"/Transcripts/(\w+)", address)), None)


def _usual_sides(agent_channel: int | None) -> dict[str, Speaker | None]:
    if agent_channel is None:
        return {CUSTOMER_CHANNEL: Speaker.CALLER, AGENT_CHANNEL: Speaker.AGENT}
    both = {CUSTOMER_CHANNEL: Speaker.CALLER, AGENT_CHANNEL: Speaker.CALLER}
    return {**both, str(agent_channel): Speaker.AGENT}


def _segments(
    sentences: list[_Sentence], given: list[dict[str, Any]], sides: dict[str, Speaker | None]
) -> list[Segment]:
    timed = all(sentence.get("start_time") is not None for sentence in sentences)
    segments = []
    for sentence, own in zip(sentences, given, strict=True):
        channel = sentence.get("media_channel")
        order = sentence.get("start_time") if timed else sentence.get("sentence_index")
        extra = {key: value for key, value in own.items() if key != "transcript"}
        speaker = None if channel is None else f"channel {channel}"
        segments.append(Segment(speaker, sides.get(channel or ""), sentence["transcript"], order, extra))
    return segments


def _person(participants: list[_Participant]) -> Person | None:
    for one in participants:
        if side_of(one.get("role")) is Speaker.CALLER:
            return Person(name=one.get("full_name"), phone=one.get("media_participant_id"), email=one.get("email"))
    return None


def _missing_page(transcript: _Transcript) -> list[str]:
    return [PAGE_MISSING] if (transcript.get("meta") or {}).get("next_page_url") else []


def event_from_twilio(raw: dict[str, Any], *, place: Place, agent_track: str | None = None) -> Event:
    """One event sent during a call. Raises ContactInvalid. ``agent_track`` is the track on which the agent speaks."""
    problems: list[str] = []
    event = held(_EVENT, raw, problems, subject="The Twilio event")
    if event is None:
        raise refusal(problems, do=_DO_EVENT, place=place)
    kind = event["TranscriptionEvent"].removeprefix("transcription-")
    piece = _piece(event, raw, place, agent_track) if kind == "content" else None
    assumed = piece and agent_track is None and event.get("Track") in TRACKS
    return Event(
        call=event["CallSid"],
        format=FORMAT,
        pieces=(piece,) if piece else (),
        ended=kind == "stopped",
        transcription=event.get("TranscriptionSid") or "",
        unread=(TRANSCRIPTION_FAILED,) if kind == "error" else (TRACK_ASSUMED,) if assumed else (),
        extra={key: raw[key] for key in ("AccountSid", "TranscriptionSid", "LanguageCode") if key in raw},
    )


def _piece(event: _Event, raw: dict[str, Any], place: Place, agent_track: str | None) -> Piece:
    track, sequence = event.get("Track"), event.get("SequenceId")
    kept = {key: value for key, value in raw.items() if key not in ("TranscriptionData", "CallSid", "AccountSid")}
    side = _side(track, agent_track or AGENT_TRACK)
    words = Segment(track, side, _words(event.get("TranscriptionData"), place), sequence, kept)
    final = str(event.get("Final", True)).lower() != "false"
    # Drafts of a track take each other's place; final words stand each for themselves.
    id = f"{event.get('TranscriptionSid')}:{sequence if sequence is not None else id_of(words)}" if final else "draft"
    return Piece(id, words, stretch=f"track {track}", final=final)


def _side(track: str | None, agent_track: str) -> Speaker | None:
    """Who speaks on a track; a label of the owner's is read for itself, unless the agent's is named by its label."""
    if track in TRACKS or agent_track not in TRACKS:
        return Speaker.AGENT if track == agent_track else Speaker.CALLER
    return side_of(track)


def id_of(words: Segment) -> str:
    """An id for words that came without a number: the same words at the same moment are the same event again."""
    return f"{words.speaker}:{words.extra.get('Timestamp')}:{words.text}"


def _words(given: Any, place: Place) -> str:
    try:
        value = parse_json(given, place=place) if isinstance(given, str) else given
    except ContactInvalid as error:
        raise ContactInvalid(f"TranscriptionData: {error.what}", do=_DO_EVENT, place=place) from None
    words = held(_WORDS, value, [], subject="TranscriptionData")
    if words is None:
        raise ContactInvalid(
            "TranscriptionData holds no transcript; it must be JSON with a text of that name.",
            do=_DO_EVENT,
            place=place,
        )
    return words["transcript"]
