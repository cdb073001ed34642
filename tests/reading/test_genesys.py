"""Calls of Genesys Cloud: whole transcripts, and the messages while a call goes on."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.reading.platform_calls import (
    NO_SPEAKER,
    NOT_KNOWN,
    PLACE,
    calls_of,
    events,
    refusal,
    said,
    sample,
    value,
)
from watchword.reading.transcripts import (
    Event,
    contact_from_genesys,
    event_from_genesys,
    read_transcript,
)
from watchword.terms import Person


def test_genesys_call_is_read_whole() -> None:
    contact = contact_from_genesys(sample("genesys.json"), place=PLACE)
    assert contact.id == "c55501aa-4f7e-4f0b-b555-0000000001a4"
    assert contact.received_at == datetime(2025, 3, 5, 16, 30, tzinfo=UTC)
    assert contact.person == Person(phone="+12025550144")
    assert contact.turns[0].text == "Thanks for calling billing, this is Omar."
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller"] * 3 + ["agent"]
    assert contact.unread == ()
    assert contact.extra["communicationId"] == "d55501aa-4f7e-4f0b-b555-0000000001a5"


def test_genesys_odd_speakers_are_told() -> None:
    contact = contact_from_genesys(value("genesys-odd.json"), place=PLACE)
    assert said(contact) == [
        ("agent", "press one for billing"),
        ("agent", "Hello, this is Omar."),
        ("caller", "i am the daughter"),
        ("caller", "and who is this"),
        ("caller", "i hold"),
    ]
    assert contact.unread == (NOT_KNOWN.format("external-2"), NO_SPEAKER)
    assert contact.person == Person()


def test_genesys_outbound_customer_is_the_one_who_was_called() -> None:
    raw = sample("genesys.json")
    raw["participants"][0]["initialDirection"] = "outbound"
    assert contact_from_genesys(raw, place=PLACE).person.phone == "+12025550190"


@pytest.mark.parametrize("kind", ["chat", "message", "email"])
def test_genesys_other_media_are_refused(kind: str) -> None:
    assert refusal({**sample("genesys.json"), "mediaType": kind}) == "The transcript is not of a call."


@pytest.mark.parametrize("milliseconds", [1e300, -1e300, 10**30])
def test_genesys_impossible_moment_is_none(milliseconds: float) -> None:
    raw = {**sample("genesys.json"), "conversationStartTime": milliseconds}
    assert contact_from_genesys(raw, place=PLACE).received_at is None


def test_genesys_messages_make_a_call() -> None:
    (contact,) = calls_of(events("genesys-events.jsonl"))
    assert contact.id == "c55501bb-4f7e-4f0b-b555-0000000001b4"
    assert said(contact) == [
        ("agent", "Billing, this is Omar."),
        ("caller", "I have a letter here."),
        ("agent", "Which one is it?"),
        ("caller", "the third one call me on 202 555 0147 what do i"),
    ]
    assert contact.unread == ()
    assert contact.extra["transcript_format"] == "genesys-cloud"
    assert contact.extra["communicationId"] == "d55501bb-4f7e-4f0b-b555-0000000001b5"
    (kept,) = contact.turns[1].extra["segments"]
    assert (kept["utteranceId"], kept["offsetMs"], "words" in kept) == ("u55501-2", 3000, False)


def test_a_genesys_message_is_one_event_in_every_envelope() -> None:
    sent = events("genesys-events.jsonl")[3]
    told = event_from_genesys(sent, place=PLACE)
    assert [(piece.id, piece.final) for piece in told.pieces] == [("u55501-3", True), ("u55501-2", True)]
    assert told.transcription == "d55501bb-4f7e-4f0b-b555-0000000001b5"
    bridged = {"detail-type": "v2.conversations.{id}.transcription", "source": "x", "detail": sent}
    bare = sent["eventBody"]
    for raw in (bridged, {**bridged, "detail": {"eventBody": bare}}, {"eventBody": bare}, bare):
        assert read_transcript(raw, place=PLACE) == told


def test_the_guides_genesys_message_is_read() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "integrator.md").read_text(encoding="utf-8")
    (shown,) = [block for block in re.findall(r"```json\n(.*?)```", guide, re.DOTALL) if "utteranceId" in block]
    (contact,) = calls_of([json.loads(shown)])
    assert said(contact) == [("caller", "My attorney will call you.")]


@pytest.mark.parametrize(
    ("status", "ended"), [("SESSION_ONGOING", False), ("SESSION_ENDED", True), ("UNKNOWN", False), (None, False)]
)
@pytest.mark.parametrize("transcripts", [{}, {"transcripts": None}, {"transcripts": []}])
def test_a_genesys_status_alone_is_an_event_without_words(status: object, ended: bool, transcripts: Any) -> None:
    body = {**events("genesys-events.jsonl")[0]["eventBody"], **transcripts, "status": {"status": status}}
    event = read_transcript({"eventBody": body}, place=PLACE)
    assert isinstance(event, Event)
    assert (event.pieces, event.ended) == ((), ended)


def test_genesys_sessions_of_one_call_stand_one_after_the_other() -> None:
    """Each counts from its own start: the call was put through, and the second agent hears the customer again."""
    first, second = deepcopy(events("genesys-events.jsonl")[1]), deepcopy(events("genesys-events.jsonl")[4])
    second["detail"]["eventBody"]["sessionStartTimeMs"] += 60000
    second["detail"]["eventBody"]["transcripts"][0]["alternatives"][0]["offsetMs"] = 0
    (contact,) = calls_of([second, first])
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller"]


@pytest.mark.parametrize("channel", ["BOTH", "UNKNOWN", None])
def test_genesys_words_of_no_one_side_are_the_customers_and_told(channel: str | None) -> None:
    sent = deepcopy(events("genesys-events.jsonl")[1])
    sent["eventBody"]["transcripts"][0]["channel"] = channel
    (contact,) = calls_of([sent])
    assert said(contact) == [("caller", "Billing, this is Omar.")]
    assert contact.unread == (NOT_KNOWN.format(channel) if channel else NO_SPEAKER,)


def test_a_genesys_utterance_without_alternatives_has_no_words() -> None:
    sent = deepcopy(events("genesys-events.jsonl")[1])
    sent["eventBody"]["transcripts"][0]["alternatives"] = []
    assert event_from_genesys(sent, place=PLACE).pieces == ()


@pytest.mark.parametrize("topic", ["channel.metadata", "v2.conversations.c.transcription.x", "", None, 5])
def test_a_genesys_message_of_another_topic_is_refused(topic: object) -> None:
    raw = {"topicName": topic, "eventBody": {"message": "WebSocket Heartbeat"}}
    assert refusal(raw) == "The message is of another topic than a conversation's transcription."


@pytest.mark.parametrize(
    ("transcript", "told"),
    [
        ({}, "transcripts[0].utteranceId is missing. transcripts[0].alternatives is missing."),
        ({"utteranceId": "u", "alternatives": [{}]}, "transcripts[0].alternatives[0].transcript is missing."),
        (
            {"utteranceId": "u", "alternatives": [], "isFinal": "no"},
            "transcripts[0].isFinal is a text; it must be true or false.",
        ),
        ([], "transcripts[0] is a list; it must be an object."),
    ],
)
def test_a_broken_genesys_message_is_told_by_its_keys(transcript: Any, told: str) -> None:
    assert refusal({"eventBody": {"conversationId": "c", "transcripts": [transcript]}}) == told
