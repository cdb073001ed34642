"""One delivery sent to a real address: signed as the standard says, and whatever comes back is understood."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.connectors.hook_server import Behaviour, drip, hook_server, late, nothing, rubbish, status
from watchword.connectors.webhook import WebhookSender, may_lead_to, signed_headers
from watchword.errors import PermanentFailure, TransientFailure
from watchword.escalation.telling import Outgoing

BODY = '{"type":"step.needs_person","data":{"name":"Zoë"}}'


def send(url: str, secret: str, seconds: float = 5.0) -> None:
    WebhookSender(seconds=seconds).send(Outgoing("msg_1", url, BODY, secret))


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_what_arrives_is_signed(code: int) -> None:
    with hook_server(status(code)) as hooks:
        send(hooks.url, hooks.secret)
    ((headers, body),) = hooks.heard
    assert (hooks.signed, body.decode(), headers["webhook-id"]) == (1, BODY, "msg_1")
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == hooks.url.split("/")[2]


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    headers = signed_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (status(500), "status 500"),
        (status(404), "status 404"),
        (status(302, Location="http://127.0.0.1:9/"), "status 302"),
        (late(30), "within 0.5 s"),
        (drip, "within 0.5 s"),
        (nothing, "broke off"),
        (rubbish, "broke off"),
    ],
    ids=["500", "404", "redirect", "late", "drip", "nothing", "rubbish"],
)
def test_what_may_arrive_another_time_is_tried_again(behaviour: Behaviour, why: str) -> None:
    begun = time.monotonic()
    with hook_server(behaviour) as hooks, pytest.raises(TransientFailure, match=why):
        send(hooks.url, hooks.secret, 0.5 if "within" in why else 5.0)
    assert len(hooks.heard) == 1
    assert time.monotonic() - begun < 5


def test_gone_is_gone() -> None:
    with hook_server(status(410)) as hooks, pytest.raises(PermanentFailure, match="410"):
        send(hooks.url, hooks.secret)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://nowhere.invalid/"])
def test_nobody_there_is_tried_again(url: str) -> None:
    with pytest.raises(TransientFailure) as told:
        send(url, "whsec_" + "a" * 44)
    assert not told.value.may_have_arrived


@pytest.mark.parametrize(
    ("address", "inside", "outside"),
    [
        ("127.0.0.1", True, False),
        ("10.1.2.3", True, False),
        ("192.168.0.9", True, False),
        ("::1", True, False),
        ("fd00::7", True, False),
        ("::ffff:10.0.0.1", True, False),
        ("100.64.0.1", True, False),
        ("93.184.215.14", False, True),
        ("::ffff:93.184.215.14", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("224.0.0.1", False, False),
        ("0.0.0.0", False, False),
    ],
)
def test_where_webhooks_may_lead(address: str, inside: bool, outside: bool) -> None:
    assert may_lead_to(address, "inside") is inside
    assert may_lead_to(address, "outside") is outside
    assert may_lead_to(address, "anywhere") is (inside or outside)


def test_an_address_that_is_not_allowed_is_not_even_connected_to() -> None:
    with hook_server() as hooks, pytest.raises(PermanentFailure, match="WATCHWORD_WEBHOOKS_TO is outside"):
        WebhookSender("outside").send(Outgoing("msg_1", hooks.url, BODY, hooks.secret))
    assert not hooks.heard


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside when it is looked at, and to the world a moment later."""
    asked: list[str] = []
    real: Callable[..., Any] = asyncio.BaseEventLoop.getaddrinfo

    async def lead(loop: Any, host: str, port: int, **more: Any) -> Any:
        asked.append(host)
        return await real(loop, "127.0.0.1" if host == "hooks.example.com" else host, port, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lead)
    with hook_server() as hooks:
        send(hooks.url.replace("127.0.0.1", "hooks.example.com"), hooks.secret)
    assert asked.count("hooks.example.com") == 1
    assert hooks.heard[0][0]["Host"].startswith("hooks.example.com:")


@pytest.mark.parametrize("addresses", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_every_address_of_a_name_is_tried_until_one_is_reached(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    """As localhost leads to ::1 first, where often nobody is."""
    lead(monkeypatch, addresses)
    with hook_server() as hooks:
        send(hooks.url.replace("127.0.0.1", "hooks.example.com"), hooks.secret)
    assert len(hooks.heard) == 1


def test_a_name_of_which_one_address_is_not_allowed_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    lead(monkeypatch, ["127.0.0.1", "169.254.169.254"])
    with hook_server() as hooks, pytest.raises(PermanentFailure, match="webhooks may not"):
        send(hooks.url.replace("127.0.0.1", "hooks.example.com"), hooks.secret)
    assert not hooks.heard


def lead(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """Have the name hooks.example.com lead to these."""
    real: Callable[..., Any] = asyncio.BaseEventLoop.getaddrinfo

    async def found(loop: Any, host: str, port: int, **more: Any) -> Any:
        asked = addresses if host == "hooks.example.com" else [host]
        return [one for address in asked for one in await real(loop, address, port, **more)]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)
