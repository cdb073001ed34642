"""Contacts that were recorded here count as notes of other systems do: each once, and none as its own earlier one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.test_api import API, post
from tests.web.test_calls import say, turn
from tests.web.test_notes import EMAIL, PATIENT, PHONE, assessed, call, note

Connect = Callable[..., Client]


def contact(number: int, channel: str = "phone", **more: Any) -> dict[str, Any]:
    said = {} if channel == "phone" else {"turns": [], "subject": None, "body": "It is about my bill."}
    return call(f"c-{number}", **{"channel": channel, **said, **more})


def told_of(crm: Client, key: str) -> Any:
    say(crm, turn(0, "Hello, I have a question about my bill."))
    return crm.get(f"{API}/calls/{key}").json()["assessment"]


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_call_is_never_its_own_earlier_contact(machine: Connect, times: int) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1")]})
    opened = {"id": "c-1", "issue": "INV-20391"}
    more = [{**PHONE, **PATIENT, **EMAIL}, {**PHONE, "patient_id": "P-1001"}][:times]
    for who in (PHONE, *reversed(more)):
        assert post(crm, "/calls", {**opened, "person": who})[0] in (200, 201)
    told = told_of(crm, "c-1")
    assert (told["outcome"], told["history"]["counted"]) == ("clear", ["n1"])


def test_what_came_while_a_call_went_on_is_no_earlier_contact(machine: Connect) -> None:
    crm = machine()
    post(crm, "/calls", {"id": "c-1", "issue": "INV-20391", "person": PHONE})
    mail = {"channel": "email", "person": {**PHONE, **EMAIL}, "subject": "My bill", "body": "Hello.", "turns": []}
    post(crm, "/contacts", call("m-1", received_at=None, **mail))
    post(crm, "/calls", {"id": "c-1", "person": EMAIL})
    assert told_of(crm, "c-1")["history"]["counted"] == []


@pytest.mark.parametrize("channel", ["phone", "email"])
def test_who_is_back_within_minutes_is_back(machine: Connect, channel: str) -> None:
    crm = machine()
    told = [
        assessed(crm, contact(number, channel, received_at=f"2025-03-04T10:{minute:02}:00Z"))
        for number, minute in enumerate((0, 5, 13))
    ]
    assert [one["outcome"] for one in told] == ["clear", "clear", "escalate"]
    assert told[-1]["history"]["counted"] == ["c-0", "c-1"]


@pytest.mark.parametrize(("channel", "noted"), [("phone", "09:40"), ("email", "14:00")])
def test_what_was_noted_when_it_was_done_is_no_second_contact(machine: Connect, channel: str, noted: str) -> None:
    crm = machine()
    assessed(crm, contact(1, channel, received_at="2025-03-03T09:00:00Z"))
    post(crm, "/notes", {"notes": [note("n1", channel=channel, at=f"2025-03-03T{noted}:00Z", note="Pt re INV-20391.")]})
    told = assessed(crm, contact(2, channel, received_at="2025-03-10T09:00:00Z"))
    assert (told["outcome"], told["history"]["counted"]) == ("clear", ["n1"])
