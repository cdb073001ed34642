"""What the client makes of a service that is away, busy, broken, or something else altogether."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import subprocess
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.client.odd_server import Answer, odd_server
from watchword.client import Said, ServiceRefused, ServiceUnreachable, Watchword, is_genuine
from watchword.client.exchange import Exchange

WENT = json.dumps({"id": "c-1", "added": 1, "next": 1, "is_open": True}).encode()
BROKEN = Answer(500, b'{"what": "Something failed here.", "do": "Send it again."}')
STREAM = "text/event-stream"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchword.client.exchange.FIRST_PAUSE", 0.01)


def say(service: Watchword) -> int:
    return service.say("c-1", Said(0, "caller", "Hello.")).next


@pytest.mark.parametrize(
    "first",
    [BROKEN, Answer(503, b""), Answer(429, b"{}"), Answer(None), Answer(200, WENT, 0.6)],
    ids=["broken", "away", "busy", "hung up", "late"],
)
def test_what_does_no_harm_twice_is_sent_again(first: Answer) -> None:
    with odd_server(first, Answer(200, WENT)) as odd, Watchword(odd.address, "k", timeout=0.3) as service:
        assert say(service) == 1
    assert len(odd.asked) == 2
    assert {headers["authorization"] for _, _, headers in odd.asked} == {"Bearer k"}


@pytest.mark.parametrize("first", [BROKEN, Answer(None)], ids=["broken", "hung up"])
def test_what_may_do_harm_twice_is_not(first: Answer) -> None:
    with odd_server(first, Answer(200, b'{"steps": 1}')) as odd, Watchword(odd.address, "k") as service:
        with pytest.raises((ServiceRefused, ServiceUnreachable)):
            service.confirm_flag("c-1", "keyword", "attorney", by="ana")
        assert len(odd.asked) == 1
        assert service.confirm_flag("c-1", "keyword", "attorney", by="ana") == 1


@pytest.mark.parametrize(
    ("answer", "status", "what"),
    [
        (Answer(409, b'{"what": "Too early.", "do": "Send turn 0.", "expected": 0}'), 409, "Too early."),
        (Answer(422, b'{"what": "No.", "do": "Mend it.", "places": ["id: missing"]}'), 422, "No."),
        (Answer(404, b"<html>nginx</html>"), 404, "status 404"),
        (Answer(302, b""), 302, "status 302"),
        (Answer(403, b"[]"), 403, "status 403"),
    ],
)
def test_a_refusal_says_why_and_is_not_repeated(answer: Answer, status: int, what: str) -> None:
    with (
        odd_server(answer) as odd,
        Watchword(odd.address, "k") as service,
        pytest.raises(ServiceRefused, match=what) as told,
    ):
        say(service)
    assert (told.value.status, len(odd.asked)) == (status, 1)
    assert told.value.do
    assert told.value.expected == (0 if status == 409 else None)
    assert told.value.places == (("id: missing",) if status == 422 else ())
    assert ("id: missing" in str(told.value)) == (status == 422)  # what stands in a trace or a log names them


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"id": 1}', b"null", b"\xff"])
def test_an_answer_that_is_none_is_told(content: bytes) -> None:
    with odd_server(Answer(200, content)) as odd, Watchword(odd.address, "k") as service:
        for ask in (say, lambda one: one.check([("phone", "1")])):  # type: ignore[attr-defined]
            with pytest.raises(ServiceUnreachable):
                ask(service)


def test_nobody_there_is_told_after_some_tries() -> None:
    waited: list[float] = []
    with Watchword("http://127.0.0.1:1", "k") as service:
        service._exchange = Exchange(service._http, sleep=waited.append)
        with pytest.raises(ServiceUnreachable, match="could not be reached"):
            say(service)
    assert len(waited) == 3
    assert waited == sorted(waited) or max(waited) < 0.1


@pytest.mark.parametrize(
    "address", ["", "watchword.example.com", "localhost:8000", "/srv/watchword", "http://", "http://a:b"]
)
def test_an_address_that_is_none_is_told_before_anything_is_sent(address: str) -> None:
    with pytest.raises(ServiceUnreachable, match="no web address") as told:
        Watchword(address, "k")
    assert "https://" in told.value.do


def test_a_key_may_come_out_of_a_file_with_its_line_end() -> None:
    with odd_server(Answer(200, WENT)) as odd, Watchword(odd.address, " k\r\n") as service:
        assert say(service) == 1
    assert odd.asked[0][2]["authorization"] == "Bearer k"


def test_a_certificate_that_is_not_trusted_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of an authority inside the own walls; with it named the service answers."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    command = [*made.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with odd_server(Answer(200, WENT), tls=context) as odd:
        with Watchword(odd.address, "k", tries=1) as service:
            for ask in (say, lambda one: next(one.follow("c-1", patience=0.05))):  # type: ignore[attr-defined]
                with pytest.raises(ServiceUnreachable, match="certificate is not trusted") as told:
                    ask(service)
                assert "SSL_CERT_FILE" in told.value.do
        assert not odd.asked
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with Watchword(odd.address, "k") as service:
            assert say(service) == 1


def event(id: str, name: str = "turn") -> bytes:
    told = {"number": int(id), "speaker": "caller", "text": "a\nb: c"} if name == "turn" else {"id": "c-1"}
    return f"event: {name}\nid: {id}\ndata: {json.dumps(told)}\n\n".encode()


def test_a_call_is_followed_over_broken_connections() -> None:
    answers = [
        Answer(200, b"retry: 1000\n\n" + event("0") + event("1")[:-4], kind=STREAM),
        Answer(503, b""),
        Answer(None),
        Answer(200, b": still here\n\n" + event("1"), kind=STREAM),
        Answer(200, event("1", "ended"), kind=STREAM),
    ]
    with odd_server(*answers) as odd, Watchword(odd.address, "k") as service:
        heard = list(service.follow("c-1", after="9"))
    assert [(one.name, one.id) for one in heard] == [("turn", "0"), ("turn", "1"), ("ended", "1")]
    assert [headers.get("last-event-id") for _, _, headers in odd.asked] == ["9", "0", "0", "0", "1"]


def test_calls_that_are_followed_keep_nothing_else_from_being_asked() -> None:
    calls = 120  # a connection each, for as long as the call goes on
    answers = [Answer(200, event("0"), kind=STREAM)] * calls
    with odd_server(*answers, Answer(200, WENT)) as odd, Watchword(odd.address, "k") as service:
        followed = [service.follow(f"c-{number}", patience=0.05) for number in range(calls)]
        assert [next(one).id for one in followed] == ["0"] * calls
        assert say(service) == 1
        for one in followed:
            one.close()


def test_following_ends_when_it_makes_no_sense() -> None:
    refusal = Answer(404, b'{"what": "There is no call of this id.", "do": "Open it first."}')
    with odd_server(refusal) as odd, Watchword(odd.address, "k") as service:
        with pytest.raises(ServiceRefused, match="no call"):
            next(service.follow("c-1"))
        assert len(odd.asked) == 1
    with Watchword("http://127.0.0.1:1", "k") as service, pytest.raises(ServiceUnreachable):
        next(service.follow("c-1", patience=0.05))


@pytest.mark.parametrize(
    ("name", "content"),
    [("turn", b"{"), ("turn", b"null"), ("turn", b'{"number": "x"}'), ("turn", b"\xff"), ("ended", b"[]")],
)
def test_an_event_that_is_none_is_told(name: str, content: bytes) -> None:
    sent = b"event: " + name.encode() + b"\nid: 0\ndata: " + content + b"\n\n"
    with (
        odd_server(Answer(200, sent, kind=STREAM)) as odd,
        Watchword(odd.address, "k") as service,
        pytest.raises(ServiceUnreachable, match="form"),
    ):
        list(service.follow("c-1"))
    assert len(odd.asked) == 1


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (Answer(200, b"", kind=STREAM), 2),
        (Answer(200, b"retry: 1000\n\n", kind=STREAM), 2),
        (Answer(200, b"<html>\n\n</html>", kind="text/html"), 1),
    ],
    ids=["nothing", "opened only", "a page"],
)
def test_a_stream_that_ends_at_once_is_not_followed_for_ever(
    answer: Answer, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(monotonic=count().__next__)  # a second for each look at it, however busy the machine is
    monkeypatch.setattr("watchword.client.following.time", clock)
    with odd_server(answer) as odd, Watchword(odd.address, "k") as service:
        with pytest.raises(ServiceUnreachable):
            list(service.follow("c-1", patience=2))
        assert len(odd.asked) == tries


@pytest.mark.parametrize("content", [b"null", b"[]", b'"x"', b"{}", b'{"steps": null}'])
def test_an_odd_answer_to_a_decision_is_told(content: bytes) -> None:
    with odd_server(Answer(200, content)) as odd, Watchword(odd.address, "k") as service:
        with pytest.raises(ServiceUnreachable, match="form"):
            service.confirm_flag("c-1", "keyword", "attorney", by="ana")
        assert len(odd.asked) == 1


def test_a_refusal_may_be_odd_too() -> None:
    refusal = Answer(422, b'{"what": "No.", "do": "Mend it.", "places": 1, "expected": "x"}')
    with (
        odd_server(refusal) as odd,
        Watchword(odd.address, "k") as service,
        pytest.raises(ServiceRefused, match="No") as told,
    ):
        say(service)
    assert (told.value.places, told.value.expected) == ((), None)


def signed(body: bytes, moment: int, secret: str) -> dict[str, str]:
    made = hmac.new(base64.b64decode(secret[6:]), f"msg_1.{moment}.".encode() + body, hashlib.sha256).digest()
    given = f"v1a,none v1,{base64.b64encode(made).decode()}"
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(moment), "Webhook-Signature": given}


def forged(**changed: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: headers | {name.replace("_", "-"): value for name, value in changed.items()}


def test_a_genuine_delivery_is_told_from_a_forged_one() -> None:
    secret, body, now = "whsec_" + base64.b64encode(b"1" * 32).decode(), b'{"a": 1}', int(time.time())
    genuine = signed(body, now, secret)
    assert is_genuine(genuine, body, secret)
    assert not is_genuine(genuine, body + b" ", secret)
    assert not is_genuine(genuine, body, "whsec_" + base64.b64encode(b"2" * 32).decode())
    assert not is_genuine(signed(body, now - 301, secret), body, secret)
    assert not is_genuine(signed(body, now + 301, secret), body, secret)
    odd = ({"Webhook_Timestamp": "x"}, {"Webhook_Timestamp": "9" * 5000}, {"Webhook_Signature": "v1,é"})
    for changed in ({"Webhook_Id": "msg_2"}, *odd):
        assert not is_genuine(forged(**changed)(genuine), body, secret)
    assert not is_genuine({}, body, secret)
