"""A caller on hold is never forgotten, and a call back needs somebody who can be called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.recorded import NO_MORE, SUES, a_call
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_api import post
from tests.web.test_call_decided import WAITED, goes_on
from tests.web.test_call_steps_follow import in_the_hands, keys, waiting
from tests.web.test_console import text
from watchword.escalation.carry import carry
from watchword.store import models
from watchword.store.desk import told
from watchword.store.ledger import Ledger, brief_of
from watchword.store.register import enter_by_hand, withdraw
from watchword.terms import Person, Scope
from watchword.web import live
from watchword.web.access import Role
from watchword.wiring import built_in

NOBODY = Person()
STILL = "The caller is still on hold."
CALL_BACK = "Callback Requested"


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def not_reached(browser: Client) -> None:
    assert do(browser, "transfer", step=keys(kind="warm_transfer"), act="not reached") is None


def carried() -> None:
    ledger = Ledger()
    for due in ledger.due(10):
        carry(due, worker="w1", ledger=ledger, connectors=built_in())


def states(**of: Any) -> list[str]:
    return list(models.Step.objects.filter(**of).values_list("state", flat=True))


def fields(page: str) -> list[str]:
    """What can be said of who is calling."""
    forms = re.findall(r'<form[^>]*action="/call/who/c-1".*?</form>', page, re.DOTALL)
    return sorted(
        {name for form in forms for name in re.findall(r'<input[^>]*name="([a-z_]+)"', form)} - {"csrfmiddlewaretoken"}
    )


def test_a_line_not_reached_leads_back_to_the_caller_who_holds(agent: Client) -> None:
    said()
    in_the_hands(agent)
    not_reached(agent)
    carried()
    page = text(agent, PAGE)
    assert "Go back to the caller" in page
    assert STILL in page
    assert "say that somebody will call" in page
    assert 'data-limit="240"' in page
    assert 'data-key="b"' in page
    assert "Done" not in page.split('<div class="what">')[1].split("</div>")[0]
    assert do(agent, "transfer", step=keys(kind="warm_transfer"), act="with the caller") is None
    page = text(agent, PAGE)
    assert "<h2>Done</h2>" in page
    assert "data-held" not in page
    assert models.Event.objects.filter(action="transfer back with the caller").count() == 1
    assert do(agent, "transfer", step=keys(kind="warm_transfer"), act="with the caller") is None  # said twice
    assert models.Event.objects.filter(action="transfer back with the caller").count() == 1


@pytest.mark.parametrize("known", ["of old", "by this call"])
def test_the_ticket_to_call_back_says_that_calls_are_closed(agent: Client, known: str) -> None:
    said(SUES, *([NO_MORE] if known == "by this call" else ()))
    if known == "of old":
        enter_by_hand(models.Person.objects.get(), [Scope.CALLS], by="sam", origin="a letter")
    in_the_hands(agent)
    assert "closes calls to them" in text(agent, PAGE)
    not_reached(agent)
    page = text(agent, PAGE)
    assert "ask whether somebody may call" in page
    assert "say that somebody will call" not in page
    carried()
    assert "closed by the do-not-contact register" in models.Ticket.objects.get(type=CALL_BACK).body


def test_it_says_so_too_of_a_wish_that_came_before_the_ticket_went(agent: Client) -> None:
    said()
    in_the_hands(agent)
    not_reached(agent)
    goes_on(NO_MORE)
    carried()
    assert "closed by the do-not-contact register" in models.Ticket.objects.get(type=CALL_BACK).body
    assert "closed by the do-not-contact register" in models.Step.objects.get(type=CALL_BACK).text


def test_and_no_more_of_one_that_was_called_off_before(agent: Client) -> None:
    said(SUES, NO_MORE)
    in_the_hands(agent)
    not_reached(agent)
    assert "closed by the do-not-contact register" in models.Step.objects.get(type=CALL_BACK).text
    assert do(agent, "dismiss", step=keys(kind="do_not_contact"), reason="She took it back.") is None
    carried()
    assert "do-not-contact register" not in models.Ticket.objects.get(type=CALL_BACK).body


def test_a_wish_that_was_withdrawn_since_closes_no_calls(agent: Client) -> None:
    said(SUES, NO_MORE)
    in_the_hands(agent)
    carried()
    withdraw(models.RegisterEntry.objects.get().pk, by="sam", why="called again")
    assert "closes calls to them" not in text(agent, PAGE)


@pytest.mark.parametrize("scope", [Scope.MAIL, Scope.MESSAGES])
def test_and_says_nothing_of_it_while_calls_are_welcome(agent: Client, scope: Scope) -> None:
    said()
    enter_by_hand(models.Person.objects.get(), [scope], by="sam", origin="a letter")
    withdraw(
        enter_by_hand(models.Person.objects.get(), [Scope.CALLS], by="sam", origin="a letter").pk, by="sam", why=""
    )
    in_the_hands(agent)
    not_reached(agent)
    assert "say that somebody will call" in text(agent, PAGE)
    carried()
    assert "do-not-contact" not in models.Ticket.objects.get(type=CALL_BACK).body


def test_nobody_holds_for_a_line_that_was_not_dialled_or_once_the_call_has_ended(agent: Client) -> None:
    said()
    do(agent, "confirm", step=waiting())
    not_reached(agent)
    assert "data-held" not in text(agent, PAGE)
    goes_on("I will complain to the Better Business Bureau.")
    in_the_hands(agent)
    not_reached(agent)
    assert STILL in text(agent, PAGE)
    do(agent, "end")
    assert STILL not in text(agent, PAGE)


def test_a_caller_who_holds_for_one_line_holds_on_while_another_is_dialled(agent: Client) -> None:
    said(WAITED)
    in_the_hands(agent)
    goes_on(SUES)
    do(agent, "confirm", step=waiting())
    page = text(agent, PAGE)
    assert "650.412.8715" in page
    assert STILL in page
    do(agent, "transfer", step=keys(kind="warm_transfer", state="planned"), act="dial")
    page = text(agent, PAGE)
    assert STILL not in page
    assert page.count("data-held") == 1
    assert models.Transfer.objects.filter(held_at=None).count() == 1


def test_a_call_back_that_nobody_could_make_asks_who_is_calling(agent: Client) -> None:
    said(person=NOBODY)
    in_the_hands(agent)
    assert "No telephone is known" in text(agent, PAGE)
    not_reached(agent)
    assert states(kind="warm_transfer") == ["needs a person"]
    assert not states(type=CALL_BACK)
    page = text(agent, PAGE)
    assert STILL in page
    assert "ask for their name and telephone number" in page
    assert fields(page) == ["name", "patient_id", "phone"]  # what it is about was told
    assert do(agent, "who", name="Ana Brook") is None
    assert states(kind="warm_transfer") == ["needs a person"]
    assert do(agent, "who", phone="(650) 555-1212") is None
    assert states(kind="warm_transfer") == ["cancelled"]
    assert states(type=CALL_BACK) == ["planned"]
    assert "Who: Ana Brook, (650) 555-1212" in told(brief_of(models.Escalation.objects.get()))
    carried()
    assert "(650) 555-1212" in models.Ticket.objects.get(type=CALL_BACK).body
    assert STILL in text(agent, PAGE)  # until somebody has gone back


def test_a_platform_that_tells_later_who_called_has_the_call_back_filed_too(
    agent: Client, machine: Callable[..., Client]
) -> None:
    said(person=NOBODY)
    in_the_hands(agent)
    not_reached(agent)
    assert post(machine(), "/calls", {"id": "c-1", "person": {"patient_id": "P-1001"}})[0] == 200
    assert states(type=CALL_BACK) == ["planned"]


def test_who_is_calling_is_typed_as_far_as_it_is_not_known(agent: Client) -> None:
    live.begin(replace(a_call("Hello."), turns=(), person=Person(name="Ana Brook")), source="test", actor="test")
    assert fields(text(agent, PAGE)) == ["issue", "patient_id", "phone"]
    assert do(agent, "who", issue="INV-1", phone="(650) 555-1212", name=" ") is None
    row = models.Contact.objects.get()
    assert (row.issue, row.given_person["name"], row.given_person["phone"]) == ("INV-1", "Ana Brook", "(650) 555-1212")
    assert row.person.identities.get(kind="phone").shown == "(650) 555-1212"
    assert do(agent, "who") == (422, "Nothing is typed.")
    assert do(agent, "who", name="Ben Ortiz")[0] == 409
    assert do(agent, "who", patient_id="P-1001") is None
    page = text(agent, PAGE)
    assert not fields(page)
    assert "P-1001" in page.split('class="callhead"')[1].split("</div>")[0]
    told = models.Event.objects.filter(action="call told more").values_list("actor", "detail")
    assert list(told) == [("user agent", {"told": ["person", "issue"]}), ("user agent", {"told": ["person"]})]


def test_an_auditor_and_a_call_that_has_ended_are_asked_for_nobody(signed_in: SignedIn, agent: Client) -> None:
    said(person=NOBODY)
    assert not fields(text(signed_in(Role.AUDITOR), PAGE))
    do(agent, "end")
    assert not fields(text(agent, PAGE))
    assert do(agent, "who", name="Ana Brook")[0] == 409


def test_listeners_are_told_who_is_calling(agent: Client) -> None:
    from watchword.web.console import calls

    said(person=NOBODY)
    cursor = calls.cursor_of("c-1")
    do(agent, "who", name="Ana Brook", phone="(650) 555-1212")
    items, _, _ = calls.look_at("c-1", cursor, lambda name, values: calls.render_to_string(name, values))
    head = next(item.told for item in items if item.event == "head")
    assert "Ana Brook" in head
    assert "(650) 555-1212" in head


def test_a_wish_of_somebody_unknown_is_entered_when_it_is_said_who_it_is(agent: Client) -> None:
    said(NO_MORE, person=NOBODY)
    do(agent, "confirm", step=all_steps())
    carried()
    assert states(kind="do_not_contact") == ["needs a person"]
    assert do(agent, "who", phone="(650) 555-1212") is None
    assert states(kind="do_not_contact") == ["planned"]
    carried()
    assert states(kind="do_not_contact") == ["confirmed"]
    assert models.RegisterEntry.objects.get().person.identities.get().shown == "(650) 555-1212"
