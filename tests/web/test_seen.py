"""Who saw what, and who signed in: each stands in the log, and not with every look again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.recorded import SUES, a_call, a_mail, keep
from tests.web.conftest import SignedIn
from tests.web.test_api import API, CALL
from watchword.settings import Settings
from watchword.store import models
from watchword.store.chain import append_event, last_change
from watchword.store.keys import StillInForce, revoke_key
from watchword.web import listeners, sign_in, streams
from watchword.web.access import May, Role
from watchword.web.console.common import still
from watchword.web.console.start import look
from watchword.web.streams import Item, stream
from watchword.web.users import add_user, close_user

Connect = Callable[..., Client]
SIGN_IN = "/account/sign-in/"


def actions(actor: str) -> list[str]:
    return list(models.Event.objects.filter(actor=actor).order_by("number").values_list("action", flat=True))


def test_signing_in_and_out_is_written_down(web: Settings) -> None:
    password = add_user("sam", [Role.SUPERVISOR])
    browser = Client()
    browser.post(SIGN_IN, {"login": "sam", "password": "wrong"})
    browser.post(SIGN_IN, {"login": "hunter2", "password": "wrong"})
    browser.post(SIGN_IN, {"login": "sam", "password": password})
    browser.post("/account/sign-out/")
    assert actions("user sam") == ["sign-in refused", "signed in", "signed out"]
    assert actions("user unknown") == ["sign-in refused"]
    assert not models.Event.objects.filter(subject__contains="hunter2").exists()


def test_tries_that_are_held_back_are_in_the_log_once_and_not_with_each(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "WRONG", replace(sign_in.WRONG, seconds=3600))  # however slow this machine is
    password = add_user("sam", [Role.SUPERVISOR])
    for given in ["wrong"] * 8 + [password] * 2:  # the right one is not looked at either
        Client().post(SIGN_IN, {"login": "Sam", "password": given})
    assert actions("user sam") == ["sign-in refused"] * 5 + ["tries held back"]
    for number in range(20):  # ten a minute from one address
        Client().post(SIGN_IN, {"login": f"hunter{number}", "password": "wrong"})
    assert actions("user unknown").count("tries held back") == 1
    assert actions("user sam") == ["sign-in refused"] * 5 + ["tries held back"]


def test_codes_that_are_held_back_are_in_the_log_and_a_right_password_without_any(web: Settings) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    password = add_user("sam", [Role.SUPERVISOR])
    TOTP.activate(User.objects.get(), generate_totp_secret())
    browser = Client()
    browser.post(SIGN_IN, {"login": "sam", "password": password})
    assert actions("user sam") == ["second factor asked"]
    for _ in range(8):
        browser.post(f"{SIGN_IN}code/", {"code": "000000"})
    assert actions("user sam") == ["second factor asked", *["second factor refused"] * 5, "tries held back"]


@pytest.mark.parametrize(
    ("address", "field", "action"),
    [("/account/password/", "oldpassword", "password refused"), ("/account/again/", "password", "sign-in refused")],
)
def test_so_are_guesses_at_the_current_password(web: Settings, address: str, field: str, action: str) -> None:
    password = add_user("sam", [Role.SUPERVISOR])
    browser = Client()
    browser.post(SIGN_IN, {"login": "sam", "password": password})
    given = {"password1": "a longer one for sam", "password2": "a longer one for sam"}
    for _ in range(12):
        browser.post(address, {**given, field: "wrong"})
    assert actions("user sam") == ["signed in", *[action] * 5, "tries held back"]


def test_the_right_current_password_is_refused_by_nobody(web: Settings) -> None:
    password = add_user("sam", [Role.SUPERVISOR])
    browser = Client()
    browser.post(SIGN_IN, {"login": "sam", "password": password})
    given = {"oldpassword": password, "password1": "a longer one for sam", "password2": "a longer one for sam"}
    assert browser.post("/account/password/", given).status_code == 302
    assert actions("user sam") == ["signed in", "password changed"]


def test_each_look_is_written_once_in_a_quarter_of_an_hour(signed_in: SignedIn, machine: Connect) -> None:
    recorded = keep(a_mail())
    keep(a_call(SUES), is_open=True)
    mail = models.Contact.objects.get(key="m-1")
    browser, crm = signed_in(Role.SUPERVISOR), machine()
    for _ in range(2):
        for address in (f"/escalations/{recorded.escalation}", f"/inbox/{mail.pk}", "/calls/c-1", "/call/news/c-1"):
            assert browser.get(address).status_code == 200, address
        for address in ("/escalations", f"/escalations/{recorded.escalation}", "/calls/c-1", "/calls/c-1/events"):
            assert crm.get(API + address).status_code == 200, address
    assert actions("user supervisor") == ["signed in", "escalation seen", "contact seen", "call seen"]
    assert actions("key crm") == ["escalations read", "escalation read", "call read", "call heard"]


def test_lists_are_seen_too(signed_in: SignedIn, machine: Connect) -> None:
    browser, crm = signed_in(Role.SUPERVISOR), machine()
    asked = {"kind": "phone", "value": "+16505551212"}
    for _ in range(2):
        for address in (
            "/inbox",
            "/register",
            "/people?find=ana",
            "/escalations",
            "/calls",
            "/desk?closed",
            "/imports/notes",
            "/policy/trial",
        ):
            assert browser.get(address).status_code == 200, address
        assert crm.get(f"{API}/do-not-contact", asked).status_code == 200
        for address, told in (("/do-not-contact/check", {"ask": [asked] * 3}), ("/assess", CALL)):
            assert crm.post(API + address, told, "application/json").status_code == 200, address
    lists = [
        "inbox seen",
        "register seen",
        "people seen",
        "escalations seen",
        "calls seen",
        "desk seen",
        "imports seen",
        "trial seen",
    ]
    assert actions("user supervisor") == ["signed in", *lists]
    assert actions("key crm") == ["register asked", "contact assessed"]
    subjects = models.Event.objects.values_list("subject", flat=True)
    assert {"inbox", "register", "people", "escalations", "calls", "desk", "imports", "assess", "policy"} <= set(
        subjects
    )
    assert not [one for one in subjects if "650555" in one or "ana" in one or "c-1" in one]


@pytest.mark.parametrize(
    ("act", "given", "status"), [("post", {"text": " "}, 422), ("take", {"text": "I called"}, 200)]
)
def test_a_ticket_shown_again_because_of_a_form_was_seen(
    signed_in: SignedIn, act: str, given: dict[str, str], status: int
) -> None:
    keep(a_mail())
    contact = models.Contact.objects.get()
    ticket = models.Ticket.objects.create(key="t", type="Email", contact=contact, subject="My bill")
    answer = signed_in(Role.MAIL_AGENT).post(f"/desk/{ticket.pk}/{act}", given)
    assert answer.status_code == status
    assert b"My bill" in answer.content
    assert list(models.Event.objects.filter(action="ticket seen").values_list("subject", flat=True)) == ["contact m-1"]


def test_a_refused_entry_shows_the_register_again(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert browser.post("/register/add", {}).status_code == 422
    assert actions("user supervisor") == ["signed in", "register seen"]


def heard(may_hear: Callable[[], bool]) -> list[str]:
    """What a listener hears of something that always has news."""

    async def listen() -> list[str]:
        answer = stream(lambda since: ([Item("more", "1", {})], "1", False), "0", "odd", may_hear=may_hear)
        parts: list[str] = []
        async for part in answer.streaming_content:  # type: ignore[union-attr]
            parts.append(part.decode())
            listeners.tell("odd")
            assert len(parts) < 50
        return parts

    return asyncio.run(listen())


def test_whoever_may_not_hear_any_more_hears_no_more(web: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter((True, True, False))
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.0)
    assert len(heard(lambda: next(answers))) == 3
    assert not listeners._listeners


def test_of_streams_that_hang_on_the_same_only_one_asks(web: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def may_hear() -> bool:
        asked.append(True)
        return True

    async def listen() -> None:
        both = [stream(lambda since: ([], since, False), "0", "odd", may_hear=may_hear) for _ in range(2)]
        parts = [aiter(answer.streaming_content) for answer in both]  # type: ignore[arg-type]
        for one in parts:
            await anext(one)
        waiting = [asyncio.ensure_future(anext(one)) for one in parts]
        for _ in range(60):
            listeners.tell("odd")
            await asyncio.sleep(0.01)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    monkeypatch.setattr(streams, "CHECK_SECONDS", 0.2)
    began = time.monotonic()
    asyncio.run(listen())
    assert 1 <= len(asked) <= 1 + (time.monotonic() - began) / 0.2  # each by itself would ask about twice as often
    assert not streams._held


def test_what_one_stream_learns_to_be_over_is_over_for_all_that_hang_on_it(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    async def listen() -> list[int]:
        both = [
            stream(lambda since: ([Item("more", "1", {})], "1", False), "0", "odd", may_hear=may_hear) for _ in range(2)
        ]

        async def heard(answer: Any) -> int:
            many = 0
            async for _ in answer.streaming_content:
                many += over.is_set()
                listeners.tell("odd")
                await asyncio.sleep(0.01)
            return many

        return await asyncio.gather(*(heard(one) for one in both))

    def may_hear() -> bool:
        over.set()
        return False

    monkeypatch.setattr(streams, "CHECK_SECONDS", 1.0)
    after = asyncio.run(asyncio.wait_for(listen(), 60))
    assert max(after) < 50, after  # and not for as long again as it is between two times of asking


def test_a_revoked_key_and_a_closed_user_hear_nothing(signed_in: SignedIn, machine: Connect) -> None:
    crm = machine()
    key = models.AccessKey.objects.get()
    still_in_force = StillInForce(key.pk)
    assert still_in_force()
    revoke_key("crm", by="test")
    assert not still_in_force()
    assert crm.get(f"{API}/escalations").status_code == 401
    browser = signed_in(Role.SUPERVISOR)
    asked = browser.get("/escalations").wsgi_request
    still_may = still(asked, May.SEE_ESCALATIONS)
    assert still_may()
    close_user("supervisor")
    assert not still_may()


def test_a_page_hears_what_changed_since_it_was_made(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR)
    page = browser.get("/escalations").content.decode()
    since = str(last_change())
    assert f'data-since="{since}"' in page
    assert look(since)[0] == []  # nor is it news to anybody that this page was looked at
    append_event("test", "escalations seen", "by somebody else")
    assert look(since)[0] == []
    append_event("test", "something", "else")
    assert [item.event for item in look(since)[0]] == ["changed"]
