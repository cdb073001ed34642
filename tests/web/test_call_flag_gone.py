"""What waits for the agent's word goes with the flag that asked for it; what was done, and what is uncertain, stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, do
from tests.web.test_api import post
from tests.web.test_call_decided import goes_on
from tests.web.test_call_steps_follow import BUREAU, EXECUTIVE, SOS, transfers, waiting
from tests.web.test_console import text
from tests.web.test_notes import call, note
from tests.web.test_struck_notes import STRIKE
from watchword.store import models
from watchword.store.chain import verify_events
from watchword.store.ledger import brief_of
from watchword.store.struck import put_back
from watchword.web.access import Role

GONE = "No flag asks for it any more."


@pytest.fixture
def crm(machine: Callable[..., Client]) -> Client:
    """A call is open that is the third contact by the notes: its transfer and its ticket wait for the agent."""
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    post(crm, "/calls", call("c-1"))
    goes_on("Hello.")
    assert tickets() == [(SOS, "waits for agent")]
    return crm


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def tickets() -> list[tuple[str | None, str]]:
    return list(models.Step.objects.filter(kind="ticket").order_by("position").values_list("type", "state"))


def struck(crm: Client, *words: str) -> None:
    """The note is taken back, and the caller says this."""
    assert post(crm, "/notes/strike", STRIKE)[0] == 200
    goes_on(*words)


def test_a_proposal_goes_with_its_flag(crm: Client, agent: Client) -> None:
    before = waiting()
    struck(crm, "Are you there?")
    assert not waiting()
    assert {step.state for step in models.Step.objects.all()} == {"cancelled"}
    page = text(agent, PAGE)
    assert "Nothing to act on" in page
    assert page.count(GONE) == 2
    assert 'data-key="c"' not in page
    assert 'data-key="u"' not in page, "nobody called it off, and nobody takes that back"
    assert do(agent, "confirm", step=before)[0] == 409
    assert models.Escalation.objects.get().state == "dismissed"
    assert models.Event.objects.filter(action="step lapse").count() == 2
    verify_events()


def test_what_was_let_go_stays(crm: Client, agent: Client) -> None:
    ticket = models.Step.objects.get(kind="ticket")
    assert do(agent, "confirm", step=[ticket.key]) is None
    struck(crm, "Are you there?")
    assert tickets() == [(SOS, "planned")]
    assert [state for _, state in transfers()] == ["cancelled"]
    (why,) = brief_of(models.Escalation.objects.get()).why
    assert why.startswith("repeated contact"), "the ticket says what it was let go for"


def test_what_another_flag_asks_for_stays(crm: Client) -> None:
    struck(crm, BUREAU)
    assert tickets() == [(SOS, "cancelled"), (EXECUTIVE, "waits for agent")]
    assert [state for _, state in transfers()] == ["waits for agent"]


def test_a_flag_that_is_raised_again_asks_again(crm: Client, agent: Client) -> None:
    struck(crm, "Are you there?")
    put_back(models.Note.objects.get(external_id="n1").pk, by="sam")
    goes_on("Hello?")
    assert tickets() == [(SOS, "waits for agent")]
    assert [state for _, state in transfers()] == ["waits for agent"]
    assert GONE not in text(agent, PAGE)


def test_while_something_could_not_be_judged_it_waits_on(crm: Client) -> None:
    struck(crm, "No hablo ingles, quiero hablar con alguien sobre mi factura por favor.")
    assert models.Contact.objects.get(key="c-1").needs_person
    assert tickets() == [(SOS, "waits for agent")]
