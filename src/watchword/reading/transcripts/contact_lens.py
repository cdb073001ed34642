"""Calls from Amazon Connect Contact Lens: the file written after a call, and what is streamed or polled during it.

Written from "Example Contact Lens output files for a call" and "Data model for conversational analytics segment
streams to analyze voice contacts in Contact Lens" of the Amazon Connect administrator guide, and its API reference.

The file after a call, one object::

    Transcript        required  list; of each entry: Content (required), ParticipantId, ParticipantRole, Id,
                                BeginOffsetMillis, EndOffsetMillis
    CustomerMetadata  required  ContactId becomes the contact's id
    Participants      optional  list of ParticipantId and ParticipantRole (AGENT, CUSTOMER, and on some flows SYSTEM,
                                CUSTOM_BOT, SUPERVISOR, all of them the centre's); without it ParticipantId itself
                                must be such a word
    Channel           optional  VOICE; a CHAT or an EMAIL is refused, for it is no call

An event of the stream, one object, many to a call::

    ContactId         required  becomes the contact's id
    EventType         required  STARTED, SEGMENTS, COMPLETED or FAILED
    Segments          on SEGMENTS  list of objects of one key each: Transcript (final words, as the entries above) or
                                Utterance (words so far: PartialContent, TranscriptId of the Transcript to come);
                                Categories and PostContactSummary are passed over

The answer to a poll (ListRealtimeContactAnalysisSegments) has Segments as an event has, and neither ContactId nor
EventType: whoever polls says of which call it is.

Every other key goes to ``extra``.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from pydantic import Strict, StrictStr, TypeAdapter
from typing_extensions import TypedDict

from watchword.errors import ContactInvalid, Place
from watchword.reading.contacts import Name
from watchword.reading.shape import held, refusal
from watchword.reading.transcripts.live import Event, Piece
from watchword.reading.transcripts.segments import Segment, call
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact

FORMAT = "amazon-connect-contact-lens"
_DO = "Export the call's analysis again from Amazon Connect, or leave it out."
_DO_EVENT = "Give the event as it came from the stream of Contact Lens."
ANALYSIS_FAILED = "The platform could not analyse this call to its end; words may be missing."


class _Entry(TypedDict):
    Content: StrictStr
    ParticipantId: NotRequired[StrictStr | None]
    ParticipantRole: NotRequired[StrictStr | None]
    BeginOffsetMillis: NotRequired[float | None]


class _Participant(TypedDict):
    ParticipantId: StrictStr
    ParticipantRole: StrictStr


class _Metadata(TypedDict):
    ContactId: Name


class _File(TypedDict):
    Transcript: Annotated[list[_Entry], Strict()]
    CustomerMetadata: _Metadata
    Participants: NotRequired[Annotated[list[_Participant], Strict()] | None]
    Channel: NotRequired[StrictStr | None]


class _Transcript(_Entry):
    Id: Name


class _Utterance(TypedDict):
    Id: Name
    TranscriptId: Name
    PartialContent: StrictStr
    ParticipantId: NotRequired[StrictStr | None]
    ParticipantRole: NotRequired[StrictStr | None]
    BeginOffsetMillis: NotRequired[float | None]


class _Segment(TypedDict):
    Transcript: NotRequired[_Transcript | None]
    Utterance: NotRequired[_Utterance | None]


class _Event(TypedDict):
    ContactId: Name
    EventType: StrictStr
    Segments: NotRequired[Annotated[list[_Segment], Strict()] | None]
    Channel: NotRequired[StrictStr | None]


_FILE: TypeAdapter[_File] = TypeAdapter(_File)
_EVENT: TypeAdapter[_Event] = TypeAdapter(_Event)


def contact_from_contact_lens(raw: dict[str, Any], *, place: Place) -> Contact:
    """The call that a Contact Lens file written after the call holds. Raises ContactInvalid."""
    problems: list[str] = []
    file = held(_FILE, raw, problems, subject="The Contact Lens file")
    if file is None:
        raise refusal(problems, do=_DO, place=place)
    _refuse_other_channels(file.get("Channel"), place)
    roles = {one["ParticipantId"]: one["ParticipantRole"] for one in file.get("Participants") or ()}
    segments = [
        _segment(entry, entry["Content"], given, roles)
        for entry, given in zip(file["Transcript"], raw["Transcript"], strict=True)
    ]
    extra = {key: value for key, value in raw.items() if key not in ("Transcript", "Participants")}
    unread = [ANALYSIS_FAILED] if raw.get("JobStatus") == "FAILED" else []
    return call(file["CustomerMetadata"]["ContactId"], segments, format=FORMAT, unread=unread, extra=extra)


def event_from_contact_lens(raw: dict[str, Any], *, place: Place, call: str | None = None) -> Event:
    """One event of the stream during a call, or the answer to a poll for this call. Raises ContactInvalid."""
    if call is not None and not raw.keys() & {"ContactId", "EventType"}:
        raw = {**raw, "ContactId": call, "EventType": "SEGMENTS"}
    problems: list[str] = []
    event = held(_EVENT, raw, problems, subject="The Contact Lens event")
    if event is None:
        raise refusal(problems, do=_DO_EVENT, place=place)
    _refuse_other_channels(event.get("Channel"), place)
    pieces = [
        piece
        for segment, given in zip(event.get("Segments") or (), raw.get("Segments") or (), strict=True)
        if (piece := _piece(segment, given))
    ]
    return Event(
        call=event["ContactId"],
        format=FORMAT,
        pieces=tuple(pieces),
        ended=event["EventType"] in ("COMPLETED", "FAILED"),
        unread=(ANALYSIS_FAILED,) if event["EventType"] == "FAILED" else (),
        extra={key: value for key, value in raw.items() if key not in ("Segments", "EventType")},
    )


def _refuse_other_channels(channel: str | None, place: Place) -> None:
    if channel is not None and channel.upper() != "VOICE":
        raise ContactInvalid("The transcript is not of a call.", do="Give transcripts of calls only.", place=place)


def _segment(entry: _Entry | _Utterance, text: str, given: dict[str, Any], roles: dict[str, str]) -> Segment:
    participant = entry.get("ParticipantId")
    role = entry.get("ParticipantRole") or roles.get(participant or "") or participant
    extra = {key: value for key, value in given.items() if key not in ("Content", "PartialContent")}
    speaker = participant or role
    return Segment(speaker, side_of(role), text, entry.get("BeginOffsetMillis"), extra)


def _piece(segment: _Segment, given: dict[str, Any]) -> Piece | None:
    final, draft = segment.get("Transcript"), segment.get("Utterance")
    if final:
        return Piece(final["Id"], _segment(final, final["Content"], given["Transcript"], {}), stretch=final["Id"])
    if draft:
        words = _segment(draft, draft["PartialContent"], given["Utterance"], {})
        return Piece(draft["Id"], words, stretch=draft["TranscriptId"], final=False)
    return None
