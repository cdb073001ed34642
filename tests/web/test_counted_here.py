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


def day(number: int) -> str:
    return f"2025-03-{number:02}T10:00:00Z"


def test_an_issue_written_otherwise_is_the_same_issue(machine: Connect) -> None:
    crm = machine()
    told = [
        assessed(crm, contact(number, issue=issue, received_at=day(number)))
        for number, issue in enumerate(("INV-20391", "inv 20391", "Invoice 20391"), 1)
    ]
    assert [one["outcome"] for one in told] == ["clear", "clear", "escalate"]
    assert told[-1]["history"]["counted"] == ["c-1", "c-2"]


def mailed(crm: Client, number: int, words: str) -> Any:
    head = f"From: Zoe Ray <zoe@example.com>\r\nTo: bills@example.com\r\nMessage-ID: <{number}@example.com>\r\n"
    raw = f"{head}Date: 0{number} Mar 2025 10:00:00 +0000\r\nSubject: A question\r\n\r\n{words}\r\n"
    answer = crm.post(f"{API}/mails", raw, content_type="message/rfc822")
    assert answer.status_code == 201, answer.content
    return answer.json()["assessment"]


ZOE = {"name": "Zoe Ray", "email": "zoe@example.com"}


def test_mails_count_by_the_number_that_they_name(machine: Connect) -> None:
    crm = machine()
    told = [mailed(crm, number, "Please put invoice INV-20777 right.") for number in (1, 2, 3)]
    assert [one["outcome"] for one in told] == ["clear", "clear", "escalate"]
    counted = ["1@example.com", "2@example.com", "3@example.com"]
    told_then = assessed(crm, contact(4, person=ZOE, issue="INV-20777", received_at=day(4)))["history"]
    assert told_then["counted"] == counted
    other = assessed(crm, contact(5, person=ZOE, issue="INV-20888", received_at=day(5)))
    assert (other["outcome"], other["history"]["contacts_on_this_issue"]) == ("clear", 1)


def test_contacts_that_name_nothing_are_a_doubt_and_never_silence(machine: Connect) -> None:
    crm = machine()
    for number in (1, 2):
        assert mailed(crm, number, "Please put it right.")["outcome"] == "clear"
    told = assessed(crm, contact(3, person=ZOE, issue="INV-20777", received_at=day(3)))
    assert (told["outcome"], told["history"]["contacts_on_this_issue"]) == ("clarify", 1)
    assert told["history"]["doubtful"] == ["1@example.com", "2@example.com"]


def test_of_a_familys_telephone_only_what_is_on_this_issue_counts(machine: Connect) -> None:
    crm = machine()
    family = ({"name": "Ana Brook"}, {"name": "Ben Brook"})
    for number, who in enumerate(family, 1):
        assessed(crm, contact(number, person={**who, **PHONE}, issue=f"INV-2000{number}", received_at=day(number)))
    assessed(crm, contact(3, person={"name": "Ben Brook", **PHONE}, issue=None, received_at=day(3)))
    told = assessed(crm, contact(4, person=PHONE, issue="inv 20002", received_at=day(4)))
    assert (told["history"]["counted"], told["history"]["doubtful"]) == (["c-2"], [])
    assert told["history"]["left_out"] == []


def test_the_same_issue_is_found_behind_any_number_of_others(machine: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchword.store.earlier.MOST_CONTACTS", 2)
    crm = machine()
    for number in range(1, 3):
        assessed(crm, contact(number, received_at=day(number)))
    for number in range(3, 8):
        assessed(crm, contact(number, issue=f"CASE-8{number}00", received_at=day(number)))
    told = assessed(crm, contact(9, received_at=day(9)))["history"]
    assert told["counted"] == ["c-1", "c-2"]
    assert [one["note"] for one in told["left_out"]] == ["c-6", "c-7"]


@pytest.mark.parametrize(("kind", "outcome"), [("auto-replied", "clear"), ("auto-generated", "escalate")])
def test_automatic_answers_are_no_contacts(machine: Connect, kind: str, outcome: str) -> None:
    crm = machine()
    for number in (1, 2):
        assessed(crm, contact(number, "email", received_at=day(number), auto_submitted=kind))
    assert assessed(crm, contact(3, "email", received_at=day(3)))["outcome"] == outcome
