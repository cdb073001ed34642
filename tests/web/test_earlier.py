"""The earlier contacts beside a call and a mail: all that counted, kept as whoever, and nothing that came later."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.test_api import post
from tests.web.test_calls import say, turn
from tests.web.test_console import text
from tests.web.test_notes import EMAIL, PATIENT, PHONE, assessed, call, note
from watchword.store.models import Contact
from watchword.web.access import Role

Connect = Callable[..., Client]
ANA = {**PATIENT, **PHONE, **EMAIL}
EARLIER = re.compile(r'<ol class="(?:earlier|before)">(.*?)</ol>', re.DOTALL)


def day(number: int) -> str:
    return f"2025-03-{number:02}T10:00:00Z"


def mailed(crm: Client, number: int, **more: Any) -> Any:
    who = {"name": "Ana Brook", **EMAIL}
    said = {"channel": "email", "subject": f"Letter {number}", "body": "A question about my bill.", "turns": []}
    return assessed(crm, call(f"m-{number}", **{"person": who, "received_at": day(number), **said, **more}))


def beside(browser: Client, address: str) -> str:
    found = EARLIER.search(text(browser, address))
    return found[1] if found else ""


def test_what_counted_stands_beside_a_call_whoever_it_was_kept_as(machine: Connect, signed_in: SignedIn) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", person={**PATIENT, **PHONE}, issue="INV-7")]})
    for number in (1, 2):
        mailed(crm, number)  # an address alone: nobody knows yet that it is the patient's
    post(crm, "/calls", {"id": "c-9", "person": ANA, "issue": "INV-20391", "received_at": day(9)})
    say(crm, turn(0, "Hello, I have a question about my bill."), id="c-9")
    assert Contact.objects.values("person").distinct().count() == 2
    seen = beside(signed_in(Role.AGENT), "/calls/c-9")
    assert seen.count('<p class="how">counted</p>') == 2
    assert "Letter 1" in seen
    assert "Letter 2" in seen


def test_what_counted_stands_beside_a_mail_whoever_it_was_kept_as(machine: Connect, signed_in: SignedIn) -> None:
    crm = machine()
    assessed(crm, call("c-1", person={**PATIENT, **PHONE}, received_at=day(1)))
    mailed(crm, 2)
    told = mailed(crm, 3, person=ANA)
    assert told["history"]["counted"] == ["c-1", "m-2"]
    number = Contact.objects.get(key="m-3").pk
    seen = beside(signed_in(Role.MAIL_AGENT), f"/inbox/{number}")
    assert seen.count("counted") == 2


@pytest.mark.parametrize("channel", ["phone", "email"])
def test_what_came_later_is_no_earlier_contact(machine: Connect, signed_in: SignedIn, channel: str) -> None:
    crm = machine()
    said = {"channel": "email", "subject": "x", "body": "A question.", "turns": []} if channel == "email" else {}
    for number in (1, 2, 3):
        assessed(crm, call(f"c-{number}", received_at=day(number), **said))
    post(crm, "/notes", {"notes": [note("n1", at=day(1), note="before"), note("n2", at=day(5), note="after")]})
    of = Contact.objects.get(key="c-2")
    browser = signed_in(Role.SUPERVISOR)
    seen = beside(browser, "/calls/c-2" if channel == "phone" else f"/inbox/{of.pk}")
    assert re.findall(r"2025-\d\d-\d\d", seen) == ["2025-03-01", "2025-03-01"]
    assert "before" in seen
    assert "after" not in seen


def test_what_counted_is_not_pushed_out_by_what_did_not(machine: Connect, signed_in: SignedIn) -> None:
    crm = machine()
    others = [note(f"o{number}", day=3 + number % 20, issue="INV-7", note="Other.") for number in range(40)]
    post(crm, "/notes", {"notes": [note("n1", day=1, note="First."), note("n2", day=2, note="Second."), *others]})
    assert assessed(crm, call())["history"]["counted"] == ["n1", "n2"]
    seen = beside(signed_in(Role.AGENT), "/calls/c-1")
    assert "First." in seen
    assert "Second." in seen
    assert seen.count("<li") == 30
