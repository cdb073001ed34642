"""Calls of Amazon Contact Lens: the file after a call, and the events while it goes on."""

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
    OpenCalls,
    contact_from_contact_lens,
    event_from_contact_lens,
)
from watchword.terms import Channel


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
