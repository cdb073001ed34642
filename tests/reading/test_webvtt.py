"""WebVTT as Zoom and Teams write it: who speaks, in which order, and what is told where that cannot be known."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import ContactInvalid, Place
from watchword.reading.transcripts import contact_from_webvtt
from watchword.terms import Channel, Contact, Speaker

HERE = Path(__file__).parent / "transcripts"
SAMPLES = Path(__file__).parents[2] / "samples" / "transcripts"
PLACE = Place("call.vtt")
NOT_KNOWN = "Speaker '{}' of the transcript is neither agent nor customer; read as the customer."
NO_SPEAKER = "Some words of the transcript have no speaker; read as the customer's."


def said(contact: Contact) -> list[tuple[str, str]]:
    return [(turn.speaker.value, turn.text) for turn in contact.turns]


def test_webvtt_of_zoom() -> None:
    contact = contact_from_webvtt((HERE / "zoom.vtt").read_text(), place=Place("exports/zoom.vtt"))
    assert (contact.id, contact.channel) == ("zoom", Channel.PHONE)
    assert said(contact) == [
        ("agent", "Billing, this is Omar."),
        ("caller", "Hi. I was told: thirty days, and it is forty. Forty-one, in fact."),
        ("caller", "I am with her, I can hear you."),
        ("caller", "and nobody named is speaking here"),
    ]
    assert contact.unread == (NOT_KNOWN.format("Ana Ruiz"), NO_SPEAKER)
    assert contact.turns[0].extra["segments"] == [{"cue": "1", "time": "00:00:01.000 --> 00:00:03.000"}]


def test_webvtt_of_teams() -> None:
    text = (HERE / "teams.vtt").read_bytes().decode()
    contact = contact_from_webvtt(text, place=Place("teams.vtt"))
    assert said(contact) == [
        ("agent", "Billing, this is Omar."),
        ("caller", "Hello <there>"),
        ("agent", "Still here."),  # its time cannot be read, so it stays behind the cue before it
        ("caller", "Is 5 < 6? I & my wife say so."),
    ]
    assert contact.unread == ()


def test_webvtt_overlapping_cues_stand_in_the_order_they_begin() -> None:
    contact = contact_from_webvtt((SAMPLES / "meeting.vtt").read_text(), place=PLACE)
    assert [turn.speaker.value for turn in contact.turns] == ["agent", "caller", "agent", "caller"]


def test_webvtt_roles_can_be_named() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAna Ruiz: Billing.\n\n00:03.000 --> 00:04.000\nBo Lind: Hi.\n"
    roles = {"Ana Ruiz": Speaker.AGENT, "Bo Lind": Speaker.CALLER}
    contact = contact_from_webvtt(text, place=PLACE, roles=roles)
    assert (said(contact), contact.unread) == ([("agent", "Billing."), ("caller", "Hi.")], ())


def test_webvtt_without_any_speaker_is_the_customers() -> None:
    contact = contact_from_webvtt("WEBVTT\n\n00:01.000 --> 00:02.000\nhello there\n", place=PLACE)
    assert (said(contact), contact.unread) == ([("caller", "hello there")], (NO_SPEAKER,))


def test_webvtt_words_under_no_time_or_right_after_the_header_are_kept() -> None:
    text = "WEBVTT\n00:01.000 --> 00:02.000\nAgent: Hi.\n\nCustomer: lost words\n"
    contact = contact_from_webvtt(text, place=PLACE)
    assert said(contact) == [("agent", "Hi."), ("caller", "lost words")]
    assert contact.unread == ("Some lines of the transcript stand under no time; read in the place where they stand.",)


@pytest.mark.parametrize("text", ["", "WEBVTTX\n", "hello", "1\n00:01.000 --> 00:02.000\nhi"])
def test_what_is_no_webvtt_is_refused(text: str) -> None:
    with pytest.raises(ContactInvalid, match="does not begin with WEBVTT"):
        contact_from_webvtt(text, place=PLACE)


def test_webvtt_without_cues_has_no_words() -> None:
    assert contact_from_webvtt("WEBVTT\n\nNOTE x\n", place=PLACE).unread == ("The call has no words.",)


@pytest.mark.parametrize("piece", ["<v ", "<v.a", "<v" + " " * 50, "</v>", "<1", "A ", "A", "&"])
def test_webvtt_made_to_stall_the_reader_is_read(piece: str) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v" + " " * 200_000 + piece * 100_000
    contact = contact_from_webvtt(text, place=PLACE)
    assert len(contact.turns) <= 1


LINES = st.sampled_from(
    ["NOTE", "STYLE", "", "a-1", "00:01.000 --> 00:02.000", "x --> y", "<v Agent>hi", "Ana: b", "</v>"]
)


@given(st.lists(LINES | st.text()))
def test_any_text_after_the_header_is_a_call(lines: list[str]) -> None:
    contact = contact_from_webvtt("\n".join(["WEBVTT", *lines]), place=PLACE)
    assert all(turn.text.strip() for turn in contact.turns)
    assert contact.turns or contact.unread[-1] == "The call has no words."
