"""The platforms' transcripts: sides kept apart, words in order of time, doubts told, nothing dropped in silence."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import ContactInvalid, Place
from watchword.reading.transcripts import (
    Event,
    OpenCalls,
    contact_from_contact_lens,
    contact_from_genesys,
    contact_from_twilio,
    event_from_contact_lens,
    event_from_genesys,
    event_from_twilio,
    read_transcript,
)
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Channel, Contact, Person, Speaker

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


# Contact Lens


def test_contact_lens_sides_come_from_the_participants() -> None:
    contact = contact_from_contact_lens(value("contact-lens-roles.json"), place=PLACE)
    assert (contact.id, contact.channel) == ("cl-roles", Channel.PHONE)
    assert said(contact) == [
        ("agent", "This call may be recorded."),
        ("agent", "Billing, this is Omar."),
        ("caller", "My brother is on the line too."),
        ("caller", "I am her brother, and I pay her bills."),
    ]
    assert contact.unread == (NOT_KNOWN.format("p-9"),)
    assert contact.turns[2].extra["segments"] == [{"Id": "3", "ParticipantId": "p-2", "BeginOffsetMillis": 5000}]
    assert contact.extra["transcript_format"] == "amazon-connect-contact-lens"
    assert contact.extra["JobStatus"] == "COMPLETED"
    assert "Transcript" not in contact.extra


def test_contact_lens_words_of_one_speaker_are_one_turn() -> None:
    contact = contact_from_contact_lens(sample("contact-lens.json"), place=PLACE)
    assert contact.id == "5f0c8a52-7b1e-4a0d-9c55-0142ab550142"
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller", "agent", "caller", "agent"]
    assert contact.turns[1].text.endswith("January. I was told it takes ten business days, and I count thirty.")
    assert [segment["Id"] for segment in contact.turns[1].extra["segments"]] == ["s-003", "s-004"]
    assert contact.unread == ()


def test_contact_lens_without_participants_goes_by_the_id() -> None:
    raw = value("contact-lens-roles.json")
    del raw["Participants"]
    raw["Transcript"] = [{"ParticipantId": "AGENT", "Content": "Hi."}, {"ParticipantId": "CUSTOMER", "Content": "Hm."}]
    contact = contact_from_contact_lens(raw, place=PLACE)
    assert (said(contact), contact.unread) == ([("agent", "Hi."), ("caller", "Hm.")], ())


def test_contact_lens_failed_analysis_is_told() -> None:
    raw = {**value("contact-lens-roles.json"), "JobStatus": "FAILED", "Transcript": []}
    unread = contact_from_contact_lens(raw, place=PLACE).unread
    assert unread == (
        "The platform could not analyse this call to its end; words may be missing.",
        "The call has no words.",
    )


@pytest.mark.parametrize("channel", ["CHAT", "EMAIL", "TASK"])
def test_contact_lens_other_channels_are_refused(channel: str) -> None:
    assert refusal({**value("contact-lens-roles.json"), "Channel": channel}) == "The transcript is not of a call."


def test_contact_lens_events_make_two_calls_told_apart() -> None:
    first, second = calls_of(events("contact-lens-stream.jsonl"))
    assert (first.id, second.id) == ("live-a", "live-b")
    assert said(first) == [
        ("agent", "Billing, this is Lucia."),
        ("caller", "I have a letter here, and it is the third one. What do I"),
    ]
    assert said(second) == [("caller", "Hello? I will call again.")]
    assert first.unread == ()
    assert second.unread == ("The platform could not analyse this call to its end; words may be missing.",)


def test_contact_lens_drafts_stand_until_the_final_words_come() -> None:
    calls = OpenCalls()
    for raw in events("contact-lens-stream.jsonl")[:2]:
        calls.take(event_from_contact_lens(raw, place=PLACE))
    (contact,) = calls.rest()
    assert said(contact) == [("agent", "Billing, this is Lucia.")]
    assert list(calls.rest()) == []


# Twilio


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


# Genesys Cloud


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


# What holds for all


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("AGENT", Speaker.AGENT),
        ("Agent Ana", Speaker.AGENT),
        ("CUSTOM_BOT", Speaker.AGENT),
        ("Billing Representative", Speaker.AGENT),
        ("Customer Service", Speaker.AGENT),
        ("Patient Care Agent", Speaker.AGENT),
        ("customer", Speaker.CALLER),
        ("The Patient", Speaker.CALLER),
        ("Member 3", Speaker.CALLER),
        ("Patient Representative", None),
        ("Agentha Christy", None),
        ("external-2", None),
        ("", None),
        (None, None),
    ],
)
def test_the_side_is_told_by_whole_words(name: str | None, side: Speaker | None) -> None:
    assert side_of(name) is side


def test_our_own_contacts_are_no_transcripts() -> None:
    own = {"id": "c", "channel": "phone", "turns": [], "Transcript": [], "sentences": []}
    assert read_transcript(own, place=PLACE) is None
    assert read_transcript({"foo": 1}, place=PLACE) is None


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({"Transcript": {}}, "Transcript is an object; it must be a list. CustomerMetadata is missing."),
        ({"Transcript": [{"Content": 5}], "CustomerMetadata": {"ContactId": 1}}, "Transcript[0].Content is a number"),
        ({"Segments": []}, "ContactId is missing. EventType is missing."),
        ({"TranscriptionEvent": "x"}, "CallSid is missing."),
        ({"sentences": [{}]}, "sentences[0].transcript is missing."),
        ({"eventBody": []}, "The Genesys Cloud message is a list; it must be an object."),
        ({"eventBody": {}}, "conversationId is missing."),
        ({"transcripts": [{}]}, "conversationId is missing. transcripts[0].phrases is missing."),
    ],
)
def test_a_broken_transcript_is_told_by_its_keys(raw: Any, told: str) -> None:
    assert refusal(raw).startswith(told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
WHOLE = [sample("contact-lens.json"), sample("twilio.json"), sample("genesys.json")]
WHOLE += [value("contact-lens-roles.json"), events("contact-lens-stream.jsonl")[1], events("twilio-events.jsonl")[1]]
WHOLE += [events("genesys-events.jsonl")[3], events("genesys-events.jsonl")[1]["eventBody"]]


def paths(inside: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = inside.items() if isinstance(inside, dict) else enumerate(inside[:3]) if isinstance(inside, list) else ()
    found = [((*before, step), below) for step, below in steps]
    return [path for path, _ in found] + [deeper for path, below in found for deeper in paths(below, path)]


PLACES = [(whole, path) for whole in range(len(WHOLE)) for path in paths(WHOLE[whole])]


@given(st.sampled_from(PLACES), JSON)
def test_a_transcript_with_any_one_value_changed_is_read_or_refused(place: Any, new: Any) -> None:
    whole, path = place
    raw = deepcopy(WHOLE[whole])
    inside = raw
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = new
    found = outcome(raw)
    if path == ("channel",) and isinstance(new, str):
        assert found is None  # a channel in words is our own contract's key
    else:
        assert isinstance(found, Contact | Event) or (isinstance(found, ContactInvalid) and found.what and found.do)


def outcome(raw: Any) -> object:
    try:
        return read_transcript(raw, place=PLACE)
    except ContactInvalid as error:
        return error
