"""Transcripts and events of the platforms, as they lie in files, and the calls that they make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from watchword.errors import ContactInvalid, Place
from watchword.reading.transcripts import (
    Event,
    OpenCalls,
    event_from_twilio,
    read_transcript,
)
from watchword.terms import Contact

HERE = Path(__file__).parent / "transcripts"
SAMPLES = Path(__file__).parents[2] / "samples" / "transcripts"
PLACE = Place("call.json")
NOT_KNOWN = "Speaker '{}' of the transcript is neither agent nor customer; read as the customer."
NO_SPEAKER = "Some words of the transcript have no speaker; read as the customer's."


def value(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def said(contact: Contact) -> list[tuple[str, str]]:
    return [(turn.speaker.value, turn.text) for turn in contact.turns]


def events(name: str) -> list[Any]:
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def calls_of(values: list[Any], **given_sides: str) -> list[Contact]:
    calls = OpenCalls()
    ended = []
    for raw in values:
        event = event_from_twilio(raw, place=PLACE, **given_sides) if given_sides else read_transcript(raw, place=PLACE)
        assert isinstance(event, Event)
        ended.append(calls.take(event))
    return [contact for contact in ended if contact] + list(calls.rest())


def refusal(raw: Any) -> str:
    with pytest.raises(ContactInvalid) as caught:
        read_transcript(raw, place=PLACE)
    assert caught.value.do
    return caught.value.what
