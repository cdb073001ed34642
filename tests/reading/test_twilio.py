"""Calls of Twilio: whole transcripts, and the events while a call goes on."""

from __future__ import annotations

import pytest

from tests.reading.platform_calls import (
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
    contact_from_twilio,
)
from watchword.terms import Person, Speaker


def test_twilio_sides_and_person_come_from_the_participants() -> None:
    contact = contact_from_twilio(sample("twilio.json"), place=PLACE)
    assert contact.id == "GT5550100000000000000000000000e101"
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller"] * 3
    assert contact.person == Person(name="Wendell Achterberg", phone="+12025550131")
    assert contact.unread == ()
    assert [segment["sentence_index"] for segment in contact.turns[1].extra["segments"]] == [1, 2]


def test_twilio_participants_may_be_the_other_way_round() -> None:
    raw = sample("twilio.json")
    for participant, role in zip(raw["channel"]["participants"], ("Agent", "Customer"), strict=True):
        participant["role"] = role
    assert contact_from_twilio(raw, place=PLACE).turns[0].speaker is Speaker.CALLER


def test_twilio_without_participants_says_what_was_assumed() -> None:
    contact = contact_from_twilio(value("twilio-bare.json"), place=PLACE)
    assert contact.id == "GT55501"
    assert said(contact) == [
        ("caller", "Hello?"),
        ("agent", "Billing, this is Omar."),
        ("caller", "It is about my statement."),
    ]
    assert contact.unread == (
        "The transcript does not say who speaks on which channel; channel 2 was read as the agent.",
        "The transcript goes on in a further page that was not given.",
    )


def test_twilio_agent_channel_can_be_named() -> None:
    contact = contact_from_twilio(value("twilio-bare.json"), place=PLACE, agent_channel=1)
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller", "agent"]
    assert contact.unread == ("The transcript goes on in a further page that was not given.",)


def test_twilio_unknown_role_is_no_agent() -> None:
    raw = sample("twilio.json")
    raw["channel"]["participants"][1]["role"] = "Unknown"
    contact = contact_from_twilio(raw, place=PLACE)
    assert {turn.speaker for turn in contact.turns} == {Speaker.CALLER}
    assert contact.unread == (NOT_KNOWN.format("channel 2"),)


def test_twilio_id_may_stand_in_a_sentence() -> None:
    raw = {"sentences": [{"transcript": "Hi", "media_channel": 1, "transcript_sid": "GT9"}]}
    assert contact_from_twilio(raw, place=PLACE).id == "GT9"
    assert refusal({"sentences": [{"transcript": "Hi"}]}) == "sid is missing; it must name the transcript."


def test_twilio_events_make_a_call() -> None:
    (contact,) = calls_of(events("twilio-events.jsonl"))
    assert contact.id == "CA55501"
    assert said(contact) == [
        ("agent", "Billing, this is Omar."),
        ("caller", "I have been told to call you. By the clinic."),
        ("agent", "Who told you?"),
        ("caller", "The lady at the"),
    ]
    assert contact.unread == (
        "The events do not say who speaks on which track; the outbound track was read as the agent.",
    )


def test_twilio_agent_track_can_be_named() -> None:
    (contact,) = calls_of(events("twilio-events.jsonl"), agent_track="inbound_track")
    assert [turn.speaker.value for turn in contact.turns] == ["caller", "agent", "caller", "agent"]
    assert contact.unread == ()


def test_twilio_tracks_may_have_labels() -> None:
    given_events = [
        {**raw, "Track": {"inbound_track": "Patient", "outbound_track": "Agent Omar"}.get(raw.get("Track"))}
        for raw in events("twilio-events.jsonl")
    ]
    (contact,) = calls_of(given_events)
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller", "agent", "caller"]
    assert contact.unread == ()


def test_twilio_labels_are_read_where_a_track_is_named() -> None:
    labels = {"inbound_track": "Agent Omar", "outbound_track": "Patient"}
    given_events = [{**raw, "Track": labels.get(raw.get("Track"))} for raw in events("twilio-events.jsonl")]
    (contact,) = calls_of(given_events, agent_track="outbound_track")
    assert [turn.speaker.value for turn in contact.turns] == ["caller", "agent", "caller", "agent"]
    assert contact.unread == ()


def test_twilio_error_is_told() -> None:
    started, *_ = events("twilio-events.jsonl")
    (contact,) = calls_of([{**started, "TranscriptionEvent": "transcription-error"}])
    assert contact.unread[0].startswith("The platform met an error")


@pytest.mark.parametrize("words", ["{", "[]", '{"transcript": 5}', None, 5])
def test_twilio_event_without_words_is_refused(words: object) -> None:
    raw = {**events("twilio-events.jsonl")[1], "TranscriptionData": words}
    assert refusal(raw)
