"""The platforms' transcripts: sides kept apart, words in order of time, doubts told, nothing dropped in silence."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.platform_calls import (
    PLACE,
    events,
    refusal,
    sample,
    value,
)
from watchword.errors import ContactInvalid
from watchword.reading.transcripts import (
    Event,
    read_transcript,
)
from watchword.reading.transcripts.sides import side_of
from watchword.terms import Contact, Speaker


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
