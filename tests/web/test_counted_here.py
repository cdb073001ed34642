"""Contacts that were recorded here count as notes of other systems do: each once, and none as its own earlier one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.test_api import API, post
from tests.web.test_calls import say, turn
from tests.web.test_notes import EMAIL, PATIENT, PHONE, call, note

Connect = Callable[..., Client]


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
