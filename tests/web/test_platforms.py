"""Twilio's transcription events as Twilio sends them: in a form, signed, and nobody else's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.recorded import SUES, policy
from watchword.settings import Settings
from watchword.store import models
from watchword.triage.assess import assess
from watchword.web import live
from watchword.web.in_force import InForce, put_in_force

DOOR = "/api/v1/twilio/transcription"
URL = f"https://watchword.example.com{DOOR}"
TOKEN = "12345678901234567890123456789012"
EVENTS = Path(__file__).parents[1] / "reading" / "transcripts" / "twilio-events.jsonl"


@pytest.fixture
def twilio(web: Settings) -> Client:
    """A service that Twilio is connected to."""
    put_in_force(InForce(replace(web, twilio_token=TOKEN, twilio_url=URL), policy(), assess))
    return Client()


def signature(given: dict[str, str], url: str = URL, token: str = TOKEN) -> str:
    """As Twilio's documentation says it, and from nothing of ours."""
    signed = url + "".join(name + given[name] for name in sorted(given))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def send(browser: Client, given: dict[str, str], signed: str | None = None) -> int:
    headers = {"X-Twilio-Signature": signature(given) if signed is None else signed}
    return browser.post(DOOR, urlencode(given), "application/x-www-form-urlencoded", headers=headers).status_code


def events() -> list[dict[str, str]]:
    return [json.loads(line) for line in EVENTS.read_text(encoding="utf-8").splitlines()]


def test_a_call_from_the_first_event_to_the_last(twilio: Client) -> None:
    for event in events():
        assert send(twilio, event) == 200
        assert send(twilio, event) == 200  # sent again, as Twilio does, it changes nothing
    for row in models.Contact.objects.all():
        assert row.key.startswith("CA")
        assert row.source == "twilio"
    turns = models.Turn.objects.count()
    assert turns >= 2
    for event in reversed(events()):
        assert send(twilio, event) == 200
    assert models.Turn.objects.count() == turns
    assert set(models.Event.objects.filter(action="call opened").values_list("actor", flat=True)) == {"platform twilio"}


@pytest.mark.parametrize(("track", "first"), [("outbound", "agent"), ("inbound", "caller")])
def test_who_speaks_is_the_owners_word_and_alarms_nobody(web: Settings, track: str, first: str) -> None:
    settings = replace(web, twilio_token=TOKEN, twilio_url=URL, twilio_agent_track=track)
    put_in_force(InForce(settings, policy(), assess))
    for event in events():
        assert send(Client(), event) == 200
    row = models.Contact.objects.get()
    assert row.turns.order_by("number").values_list("speaker", flat=True).first() == first
    assert (row.unread, row.needs_person) == ([], False)


def event(kind: str, sequence: int, of: str = "GT1", **more: str) -> dict[str, str]:
    named = {"CallSid": "CA1", "TranscriptionSid": of, "SequenceId": str(sequence)}
    return {**named, "TranscriptionEvent": f"transcription-{kind}", **more}


def words(said: str, sequence: int, of: str = "GT1") -> dict[str, str]:
    given = json.dumps({"transcript": said})
    return event("content", sequence, of, Track="inbound_track", Final="true", TranscriptionData=given)


def told(browser: Client, *sent: dict[str, str]) -> tuple[bool, list[str], str, list[str]]:
    """Whether the call is open, what was said, what it comes to, and what could not be read."""
    for one in sent:
        assert send(browser, one) == 200, one
    row = models.Contact.objects.get()
    said = list(row.turns.order_by("number").values_list("text", flat=True))
    return row.is_open, said, row.outcome, row.unread


def test_a_transcription_that_is_stopped_and_started_again_is_one_call(twilio: Client) -> None:
    first = [event("started", 1), words("I have a question.", 2)]
    assert told(twilio, *first, event("stopped", 3)) == (False, ["I have a question."], "clear", [])
    assert told(twilio, event("started", 4, "GT2"))[0]
    both = ["I have a question.", SUES]
    assert told(twilio, words(SUES, 5, "GT2")) == (True, both, "escalate", [])
    assert told(twilio, event("stopped", 6, "GT2")) == (False, both, "escalate", [])
    assert models.Contact.objects.get().ended_at is not None
    assert models.Event.objects.filter(action="call opened again").count() == 1


@pytest.mark.parametrize("order", ["s1 w2 e3 w5 s4 e6", "s1 s4 e3 e6 w2 w5", "e6 w5 e3 w2 s4 s1", "s1 w2 s4 w5 e3 e6"])
def test_events_in_any_order_lose_no_word_and_leave_no_call_open(twilio: Client, order: str) -> None:
    sent = {
        "s1": event("started", 1),
        "w2": words("I have a question.", 2),
        "e3": event("stopped", 3),
        "s4": event("started", 4, "GT2"),
        "w5": words(SUES, 5, "GT2"),
        "e6": event("stopped", 6, "GT2"),
    }
    is_open, said, outcome, unread = told(twilio, *(sent[one] for one in order.split()))
    assert (is_open, sorted(said), outcome, unread) == (False, ["I have a question.", SUES], "escalate", [])


def test_words_after_an_end_that_somebody_told_are_kept_and_for_a_person(twilio: Client) -> None:
    told(twilio, event("started", 1), words("I have a question.", 2))
    live.say("CA1", (), actor="crm", end=True)
    late = ["Words came after the call's end."]
    both = ["I have a question.", SUES]
    assert told(twilio, event("stopped", 4), words(SUES, 3)) == (False, both, "escalate", late)
    assert models.Contact.objects.get().needs_person
    assert told(twilio, event("started", 5, "GT2")) == (False, both, "escalate", late)


def test_an_end_that_somebody_told_after_the_stop_is_for_good(twilio: Client) -> None:
    told(twilio, event("started", 1), words("I have a question.", 2), event("stopped", 3))
    live.say("CA1", (), actor="crm", end=True)
    said = ["I have a question."]
    assert told(twilio, event("started", 4, "GT2")) == (False, said, "clear", [])
    live.say("CA1", (), actor="crm", end=True)
    late = ["Words came after the call's end."]
    assert told(twilio, words(SUES, 5, "GT2")) == (False, [*said, SUES], "escalate", late)


def test_the_signature_is_that_of_twilios_own_example() -> None:
    from django.http import QueryDict

    from watchword.web.api.platforms import twilio_signature

    given = QueryDict(
        "Digits=1234&To=%2B18005551212&From=%2B14158675310&Caller=%2B14158675310&CallSid=CA1234567890ABCDE"
    )
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert twilio_signature(url, given, "12345") == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_what_is_forged_opens_nothing(twilio: Client) -> None:
    event = events()[0]
    forged = [
        "",
        "x",
        "é",
        signature(event, token="other"),
        signature(event, url=URL + "/"),
        signature({**event, "CallSid": "CA0"}),
        signature(event)[:-2] + "==",
    ]
    for signed in forged:
        assert send(twilio, event, signed) == 403, signed
    changed = {**event, "More": "1"}
    assert send(twilio, changed, signature(event)) == 403
    assert not models.Contact.objects.exists()


def test_what_is_no_event_is_told(twilio: Client) -> None:
    assert send(twilio, {"CallSid": "CA1", "Hello": "1"}) == 422
    assert send(twilio, {"Hello": "1"}) == 422
    assert send(twilio, {"CallSid": "C" * 1000}) == 422


def test_unless_it_is_connected_nothing_is_taken(web: Settings) -> None:
    assert send(Client(), events()[0]) == 403
