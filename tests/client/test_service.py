"""The client against the real service, over real sockets."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import close
from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, keep
from tests.web.served import free_port, served
from watchword.client import CallEvent, Reach, Said, ServiceRefused, Turn, Watchword, shapes
from watchword.connectors.webhook import signed_headers
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import make_key
from watchword.store.people import person_for
from watchword.store.register import enter_by_hand
from watchword.store.sources import not_read
from watchword.terms import Person, Scope
from watchword.web.access import KeyScope
from watchword.web.api.doors import api

BEN = Person("P-2002", "Ben Stone", "+16505550177", "ben@example.com")
PERSON = {"patient_id": ANA.patient_id, "name": ANA.name, "phone": ANA.phone}
TRANSCRIPTS = Path(__file__).parents[1] / "reading" / "transcripts"
GUIDE = Path(__file__).parents[2] / "docs" / "integrator.md"


@pytest.fixture
def key(database: Settings) -> str:
    return make_key("crm", [scope.value for scope in KeyScope], by="test")


@pytest.fixture
def address(database: Settings, key: str) -> Iterator[str]:
    close()
    with served(database) as found:
        yield found


def test_everything_that_can_be_asked(database: Settings, key: str, address: str) -> None:
    enter_by_hand(person_for(ANA), [Scope.CALLS], by="test", origin="a letter")
    for number in range(12):
        keep(a_call(SUES, id=f"c-{number}", person=BEN))  # whose contacts count for nobody else
    close()
    with Watchword(address, key) as service:
        assert service.open_call("a/b c?", person=PERSON).is_open
        went = service.say("a/b c?", Said(0, "agent", "Hello."), Said(1, "caller", SUES))
        assert (went.added, went.next) == (2, 2)
        assert service.say("a/b c?", Said(1, "caller", SUES)).added == 0
        with pytest.raises(ServiceRefused) as early:
            service.say("a/b c?", Said(7, "caller", "Hello?"))
        assert (early.value.status, early.value.expected) == (409, 2)
        call = service.call("a/b c?")
        assert call.assessment is not None
        assert call.assessment.outcome == "escalate"
        assert call.escalation is not None
        transfer, ticket = call.escalation.steps
        assert service.confirm(ticket.key, by="ana").state == "planned"
        assert service.dismiss(transfer.key, by="ana", reason="she hung up").state == "cancelled"
        assert not service.end("a/b c?").is_open
        mail: dict[str, Any] = {"id": "m-1", "channel": "email", "person": PERSON, "subject": "Bill", "body": SUES}
        assert service.record(mail).new
        assert not service.record(mail).new
        assert service.assess({**mail, "id": "m-2", "body": "Hello."}).outcome == "clear"
        raised = service.record({**mail, "id": "m-3", "body": NO_MORE}).assessment.flags
        levels = {flag.kind: flag.level for flag in raised}  # a third contact may be about the same, or may not
        assert levels == {"do_not_contact": "escalate", "repeated_contact": "clarify"}
        assert service.dismiss_flag("m-3", "do_not_contact", None, by="ana", reason="her sister") >= 1
        assert service.confirm_flag("m-1", "keyword", "attorney", by="ana") == 0  # it went by itself
        assert service.may_contact("phone", "650-555-1212").closed == ["calls"]
        many = service.check([("phone", f"+1650555{number:04}") for number in range(1500)])
        assert [one.may_contact for one in many] == [number != 1212 for number in range(1500)]
        assert isinstance(many[0], Reach)
        with pytest.raises(ServiceRefused) as unknown:
            service.escalation("none")
        assert unknown.value.status == 404
        with pytest.raises(ServiceRefused, match="no event of a platform"):
            service.hear("a/b c?", {"no": "event"})
        letter = b"From: zoe@example.org\r\nMessage-ID: <l/1@example.org>\r\nSubject: Bill\r\n\r\nThis is a fraud.\r\n"
        mailed = service.record_mail(letter)
        assert (mailed.new, service.record_mail(letter).new) == (True, False)
        looked_up = service.contact(mailed.id)
        assert looked_up.assessment == mailed.assessment
        assert looked_up.assessment is not None
        assert [action.kind for action in looked_up.assessment.actions] == ["queue_transfer", "chatter_post"]
        assert looked_up.assessment.flags[0].evidence[0].quote == "fraud"
        (found_again,) = service.escalations(contact=mailed.id)
        assert looked_up.escalation is not None
        assert found_again.key == looked_up.escalation.key
        note = {"source": "LIMS", "channel": "phone", "note": "Pt called.", "person": {"patient_id": "P-7"}}
        notes = [note | {"id": f"n-{number}"} for number in range(201)]
        assert service.take_notes(notes, sources_read=["LIMS"]).new == 201
        assert service.take_notes(notes[:1]).known == 1
        assert service.take_notes([], sources_failed=["AMD"]).new == 0
        one = next(service.escalations())
        assert service.escalation(one.key) == one
        newest_first = [f"c-{number}" for number in reversed(range(12))]
        found = service.escalations(state="waits for agent", channel="phone", at_a_time=5)
        assert [one.contact for one in found] == newest_first
        assert list(service.escalations(state="needs a person")) == []
    with Watchword(address, "ww_wrong") as stranger, pytest.raises(ServiceRefused) as refused:
        stranger.call("a/b c?")
    assert refused.value.status == 401


def test_notes_of_a_later_batch_that_are_refused_are_named_by_their_place_in_the_whole_list(
    database: Settings, key: str, address: str
) -> None:
    not_read(frozenset({"LIMS"}), by="test")
    close()
    note = {"source": "LIMS", "note": "Pt called.", "person": {"patient_id": "P-7"}}
    notes: list[dict[str, Any]] = [note | {"id": f"n-{number}"} for number in range(450)]
    stranger = [*notes[:401], notes[401] | {"person": {"name": "Ana"}}, *notes[402:]]
    shapeless = [*notes[:401], notes[401] | {"note": None}, *notes[402:]]
    with Watchword(address, key) as service:
        with pytest.raises(ServiceRefused, match=r"^notes\[401\]: ") as told:
            service.take_notes(stranger, sources_failed=["LIMS"])
        assert "The first 400 of the notes are kept" in told.value.do
        assert models.NotesSource.objects.get().failed_at is not None
        with pytest.raises(ServiceRefused) as told:
            service.take_notes(shapeless, sources_failed=["LIMS"])
        assert told.value.places[0].startswith("notes.401.note: ")
        with pytest.raises(ServiceRefused, match=r"^notes\[1\]: ") as told:
            service.take_notes(stranger[400:])
        assert "The first" not in told.value.do  # all of them went in one request, of which nothing was kept
        assert models.Note.objects.count() == 400


def test_a_call_is_followed_across_a_restart_of_the_server(database: Settings, key: str) -> None:
    """One listener from the first word to the last, while the server is stopped and started in the middle."""
    heard: list[CallEvent] = []
    port = free_port()
    close()
    address = f"http://127.0.0.1:{port}"

    def listen() -> None:
        with Watchword(address, key) as service:
            heard.extend(service.follow("c-1"))

    listener = threading.Thread(target=listen)
    with Watchword(address, key) as service:
        with served(database, port):
            service.open_call("c-1", person=PERSON)
            service.say("c-1", Said(0, "caller", "Hello."))
            listener.start()
            time.sleep(1)  # it is listening by now; were it not, it would hear the same
        with served(database, port):
            service.say("c-1", Said(1, "caller", SUES))
            for step in service.call("c-1").escalation.steps:  # type: ignore[union-attr]
                service.dismiss(step.key, by="ana", reason="a test")
            service.end("c-1")
            listener.join(60)
    assert not listener.is_alive()
    turns = [one.told for one in heard if one.name == "turn"]
    assert [(turn.number, turn.text) for turn in turns if isinstance(turn, Turn)] == [(0, "Hello."), (1, SUES)]
    assert heard[-1].name == "ended"
    assert len({(one.name, one.id) for one in heard}) == len(heard)


def test_shapes_are_those_of_the_description() -> None:
    described = api.get_openapi_schema()["components"]["schemas"]
    # A model cannot name a field ``register``; it is there all the same, as every key that is not named.
    assert shapes.Action(kind="ticket", level="escalate", register="r").register == "r"  # type: ignore[call-arg,attr-defined]
    assert set(shapes.Action.model_fields) == set(described["ActionOut"]["properties"]) - {"register"}
    assert set(shapes.SetAside.model_fields) < set(described["SetAsideOut"]["properties"])
    named = {"Step": "StepOut", "Escalation": "EscalationOut", "Recorded": "RecordedOut", "Call": "CallOut"}
    named |= {
        "Assessed": "AssessmentOut",
        "Contact": "ContactOut",
        "Evidence": "EvidenceOut",
        "Flag": "FlagOut",
        "NotesKept": "NotesKept",
        "NoteStruck": "NoteStruck",
        "Opened": "Opened",
        "StepsMoved": "StepsMoved",
        "Turn": "TurnOut",
        "Went": "Went",
        "Reach": "ReachOut",
        "EscalationPage": "EscalationsOut",
    }
    for own, theirs in named.items():
        assert set(getattr(shapes, own).model_fields) == set(described[theirs]["properties"]), own


def shown(words: str) -> str:
    """The program in the guide that holds these words."""
    programs = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [one for one in programs if words in one]
    return found


def test_the_guides_programs_run(
    database: Settings, key: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they stand there, but for the address and the key."""
    close()
    code = shown("service.follow").replace("https://watchword.example.com", address).replace("ww_…", key)
    exec(compile(code, "docs/integrator.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("attorney")
    assert printed[-1] == "The call and its steps have ended."
    assert set(models.Step.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.fixture
def function(address: str, key: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The guide's Lambda function, as it stands there."""
    monkeypatch.setenv("WATCHWORD_ADDRESS", address)
    monkeypatch.setenv("WATCHWORD_KEY", key)
    names: dict[str, Any] = {}
    exec(compile(shown("kinesis"), "docs/integrator.md", "exec"), names)
    close()
    return names


def batch_of(*records: str) -> dict[str, Any]:
    return {
        "Records": [
            {"kinesis": {"sequenceNumber": f"n-{number}", "data": base64.b64encode(record.encode()).decode()}}
            for number, record in enumerate(records)
        ]
    }


def lines_of(name: str) -> list[str]:
    return (TRANSCRIPTS / name).read_text(encoding="utf-8").splitlines()


def test_the_guides_lambda_hears_calls_out(function: dict[str, Any]) -> None:
    batch = batch_of(*lines_of("contact-lens-stream.jsonl"))
    for _ in range(2):  # the stream sends a batch again when a function has failed
        function["handler"](batch, None)
    assert models.Turn.objects.filter(contact__key="live-a").count() >= 2
    ended = models.Contact.objects.filter(key__startswith="live-", is_open=False)
    assert ended.count() == 2
    for line in lines_of("genesys-events.jsonl"):  # by another door, as the guide says
        event = json.loads(line)
        body = event.get("detail", event)["eventBody"]
        function["hear"](body["conversationId"], event, "e-1")
    assert models.Turn.objects.filter(contact__key=body["conversationId"]).count() == 4


def test_a_record_that_is_refused_for_good_stops_no_shard(
    function: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    keep(a_mail(SUES, id="a mail"))
    close()
    first, *rest = lines_of("contact-lens-stream.jsonl")
    unknown = json.dumps({"ContactId": "live-a", "EventType": 5, "Segments": "Hello."})
    no_call = json.dumps({"ContactId": "a mail", "EventType": "STARTED"})
    function["handler"](batch_of(first, unknown, no_call, *rest), None)
    assert models.Turn.objects.filter(contact__key="live-a").count() >= 2
    printed = capsys.readouterr().out
    assert printed.splitlines() == ["refused 422 n-1 live-a", "refused 409 n-2 a mail"]


def test_chats_on_the_same_stream_alarm_nobody_and_open_nothing(
    function: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    chat = {"Version": "1.0.0", "Channel": "CHAT", "ContactId": "chat-1", "StreamingEventType": "STARTED"}
    function["handler"](batch_of(json.dumps(chat)), None)
    assert capsys.readouterr().out == ""
    assert not models.Contact.objects.exists()


@pytest.mark.parametrize("changed", [{"WATCHWORD_KEY": "ww_wrong"}, {"WATCHWORD_ADDRESS": "http://127.0.0.1:9"}])
def test_what_may_yet_be_taken_comes_again(
    function: dict[str, Any], monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    exec(compile(shown("kinesis"), "docs/integrator.md", "exec"), function)
    with pytest.raises((RuntimeError, OSError)):
        function["handler"](batch_of(*lines_of("contact-lens-stream.jsonl")), None)


def test_the_guide_tells_a_genuine_webhook_from_a_forged_one() -> None:
    function: dict[str, Any] = {}
    exec(compile(shown("def is_genuine"), "docs/integrator.md", "exec"), function)
    secret, body, now = "whsec_" + base64.b64encode(b"1" * 32).decode(), b'{"a": 1}', int(time.time())
    genuine = signed_headers("msg_1", now, body, secret)
    assert function["is_genuine"](genuine, body, secret)
    assert not function["is_genuine"](genuine, body + b" ", secret)
    assert not function["is_genuine"](signed_headers("msg_1", now - 301, body, secret), body, secret)
    odd = ({"webhook-timestamp": "x"}, {"webhook-timestamp": "9" * 5000}, {"webhook-signature": "v1,é"})
    for forged in ({}, *(genuine | one for one in odd)):  # an error would be as good as a way to stop the receiver
        assert not function["is_genuine"](forged, body, secret)
