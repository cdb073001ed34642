"""What telephone platforms tell of a call over the API: once, of this call alone, and whose words they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.test_api import post
from watchword.store import models

Connect = Callable[..., Client]
TRANSCRIPTS = Path(__file__).parents[1] / "reading" / "transcripts"


def whose(event: dict[str, Any]) -> str:
    """The id that the platform gives the call."""
    body = event.get("detail", event).get("eventBody", event)
    return str(body.get("ContactId") or body.get("CallSid") or body.get("conversationId"))


@pytest.mark.parametrize("file", ["contact-lens-stream.jsonl", "twilio-events.jsonl", "genesys-events.jsonl"])
def test_platforms_events_make_the_same_call_however_often_they_come(machine: Connect, file: str) -> None:
    crm = machine()
    for event in (json.loads(line) for line in (TRANSCRIPTS / file).read_text(encoding="utf-8").splitlines()):
        id = quote(whose(event), safe="")
        post(crm, "/calls", {"id": whose(event)})
        assert post(crm, f"/calls/{id}/platform-events", event)[0] == 200, event
        again = post(crm, f"/calls/{id}/platform-events", event)
        assert (again[0], again[1]["added"]) == (200, 0)
    assert models.Turn.objects.count() >= 2


AWS = {"Channel": "VOICE", "ContactId": "a/1", "EventType": "SEGMENTS"}
SAID = {"Id": "t1", "ParticipantId": "CUSTOMER", "ParticipantRole": "CUSTOMER", "Content": SUES}
PHRASE = {"text": SUES, "participantPurpose": "external", "startTimeMs": 1}
OF_ANOTHER = {
    "contact-lens": {**AWS, "Segments": [{"Transcript": SAID}]},
    "twilio": {
        "TranscriptionEvent": "transcription-content", "CallSid": "a/1", "Track": "inbound_track", "SequenceId": "2",
        "TranscriptionData": json.dumps({"transcript": SUES}),
    },
    "genesys": {"conversationId": "a/1", "eventTime": "2025-03-05T10:00:09Z", "status": {"status": "SESSION_ENDED"}},
    "genesys-transcript": {"conversationId": "a/1", "transcripts": [{"phrases": [PHRASE]}]},
}  # fmt: skip


@pytest.mark.parametrize("event", OF_ANOTHER.values(), ids=OF_ANOTHER)
def test_what_is_of_another_call_is_refused_and_told_where_it_belongs(machine: Connect, event: dict[str, Any]) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    for id in ("c-1", "nobody's"):  # a call of the wrong id is not opened for it either
        status, told = post(crm, f"/calls/{id}/platform-events", event)
        assert (status, told["what"]) == (409, f"This is of the call a/1, not of {id}.")
        assert told["do"] == "Send it to /calls/a%2F1/platform-events."
    assert (models.Turn.objects.count(), models.Contact.objects.get().is_open) == (0, True)
    post(crm, "/calls", {"id": "a/1"})
    assert post(crm, "/calls/a%2F1/platform-events", event)[0] == 200


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"ContactId": "a/1", "EventType": 5}, "Give the event as it came from the stream of Contact Lens."),
        ({**OF_ANOTHER["twilio"], "SequenceId": "x"}, "Give the event as it came from Twilio."),
        ({**OF_ANOTHER["twilio"], "TranscriptionData": "{"}, "Give the event as it came from Twilio."),
        ({**OF_ANOTHER["twilio"], "TranscriptionData": "{}"}, "Give the event as it came from Twilio."),
        ({**OF_ANOTHER["genesys"], "status": "x"}, "Send the message as it came from Genesys Cloud."),
    ],
)
def test_what_cannot_be_read_is_advised_on_as_an_event_and_not_as_a_file(
    machine: Connect, event: dict[str, Any], told: str
) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "a/1"})
    status, answer = post(crm, "/calls/a%2F1/platform-events", event)
    assert (status, answer["do"]) == (422, told)


UTTERANCE = {"utteranceId": "u1", "isFinal": True, "alternatives": [{"transcript": SUES}]}
NEITHER = "Speaker '{}' of the transcript is neither agent nor customer; read as the customer."
NOT_TOLD_APART = {
    "contact-lens": ({**AWS, "Segments": [{"Transcript": {**SAID, "ParticipantId": "p-7", "ParticipantRole": None}}]},
                     NEITHER.format("p-7")),
    "twilio": ({**OF_ANOTHER["twilio"], "Track": "Ana"}, NEITHER.format("Ana")),
    "genesys": ({**OF_ANOTHER["genesys"], "transcripts": [{**UTTERANCE, "channel": "BOTH"}]}, NEITHER.format("BOTH")),
    "nobody": ({**OF_ANOTHER["genesys"], "transcripts": [UTTERANCE]},
               "Some words of the transcript have no speaker; read as the customer's."),
}  # fmt: skip


@pytest.mark.parametrize(("event", "told"), NOT_TOLD_APART.values(), ids=NOT_TOLD_APART)
def test_whose_words_cannot_be_told_apart_is_said_while_the_call_goes_on(
    machine: Connect, event: dict[str, Any], told: str
) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "a/1"})
    for _ in range(2):
        assert post(crm, "/calls/a%2F1/platform-events", event)[0] == 200
    row = models.Contact.objects.get()
    assert (row.outcome, row.unread, row.needs_person) == ("escalate", [told], True)


def test_a_genesys_call_that_is_put_through_ends_with_its_last_session(machine: Connect) -> None:
    crm = machine()
    first = [json.loads(line) for line in (TRANSCRIPTS / "genesys-events.jsonl").read_text("utf-8").splitlines()]
    id = whose(first[1])
    post(crm, "/calls", {"id": id})
    second = json.loads(json.dumps(first).replace("d55501bb", "d55502cc").replace("u55501", "u55502"))
    for event, is_open in ((first[1], True), (first[-1], False), (second[1], True), (second[-1], False)):
        status, went = post(crm, f"/calls/{id}/platform-events", event)
        assert (status, went["is_open"]) == (200, is_open)
    assert models.Turn.objects.count() == 2


def a_poll(*segments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What ListRealtimeContactAnalysisSegments of Amazon answers: it names no call."""
    return {"Channel": "VOICE", "Segments": list(segments), "NextToken": "AAQA", **more}


def test_the_answers_to_polls_of_contact_lens_are_the_calls_that_the_address_names(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c/1"})
    agents = {"Id": "t0", "ParticipantId": "AGENT", "ParticipantRole": "AGENT", "Content": "Billing, good morning."}
    matched = {"Categories": {"MatchedCategories": ["Legal"], "MatchedDetails": {}}}
    first, second = a_poll({"Transcript": agents}, matched), a_poll({"Transcript": SAID}, ResponseMetadata={"x": 1})
    for answer, added in ((first, 1), (second, 1), (second, 0), (a_poll(), 0)):
        status, told = post(crm, "/calls/c%2F1/platform-events", answer)
        assert (status, told.get("added"), told.get("is_open")) == (200, added, True), told
    turns = models.Turn.objects.order_by("number").values_list("speaker", "text")
    assert list(turns) == [("agent", "Billing, good morning."), ("caller", SUES)]
    assert models.Escalation.objects.get().contact.key == "c/1"


@pytest.mark.parametrize("broken", [{"Channel": "CHAT"}, {"Segments": "Hello."}, {"EventType": "SEGMENTS"}])
def test_a_poll_of_a_chat_or_an_event_without_its_call_is_refused(machine: Connect, broken: dict[str, Any]) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1"})
    assert post(crm, "/calls/c-1/platform-events", a_poll({"Transcript": SAID}, **broken))[0] == 422
    assert not models.Turn.objects.exists()
