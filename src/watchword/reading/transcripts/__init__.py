"""Transcripts of the telephone platforms into the one shape of a contact."""

from __future__ import annotations

from typing import Any

from watchword.errors import Place
from watchword.reading.transcripts.contact_lens import contact_from_contact_lens, event_from_contact_lens
from watchword.reading.transcripts.genesys import contact_from_genesys, event_from_genesys, is_genesys_event
from watchword.reading.transcripts.live import Event, OpenCalls
from watchword.reading.transcripts.twilio import contact_from_twilio, event_from_twilio
from watchword.reading.transcripts.webvtt import contact_from_webvtt
from watchword.terms import Contact

__all__ = [
    "Event",
    "OpenCalls",
    "contact_from_contact_lens",
    "contact_from_genesys",
    "contact_from_twilio",
    "contact_from_webvtt",
    "event_from_contact_lens",
    "event_from_genesys",
    "event_from_twilio",
    "read_transcript",
]


def read_transcript(
    raw: dict[str, Any], *, place: Place, twilio_agent_track: str | None = None, call: str | None = None
) -> Contact | Event | None:
    """A platform's JSON object as the call it holds, or as one event of a call; None where it is no such object.

    The platform is told by the keys only it uses. Raises ContactInvalid where they are there and the rest is not.
    ``twilio_agent_track`` is the track on which the agent speaks; not named, Twilio's events say what was assumed.
    ``call`` is the call that it was told for: the answer to a poll of Contact Lens names none.
    """
    if isinstance(raw.get("channel"), str):
        return None  # a contact of our own contract, whatever unknown keys it carries
    if "Transcript" in raw:
        return contact_from_contact_lens(raw, place=place)
    if "Segments" in raw or ("EventType" in raw and "ContactId" in raw):
        return event_from_contact_lens(raw, place=place, call=call)
    if "TranscriptionEvent" in raw:
        return event_from_twilio(raw, place=place, agent_track=twilio_agent_track)
    if "sentences" in raw:
        return contact_from_twilio(raw, place=place)
    if is_genesys_event(raw):
        return event_from_genesys(raw, place=place)
    if "transcripts" in raw:
        return contact_from_genesys(raw, place=place)
    return None
