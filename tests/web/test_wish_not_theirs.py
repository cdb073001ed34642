"""A wish that was heard on a call whose patient id is taken back stays in force, for whoever expressed it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.recorded import NO_MORE
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_call_back import carried
from tests.web.test_call_not_theirs import DORA, PHONE, WRONG, call, known_by, taken_back, whose
from tests.web.test_console import text
from watchword.store import models
from watchword.store.people import person_for
from watchword.store.register import closed_surely, enter_by_hand
from watchword.terms import Person, Scope
from watchword.web.access import Role

READ = "(650) 555-0100"
BY_PHONE = (models.IdentityKind.PHONE, PHONE)
BY_ID = (models.IdentityKind.PATIENT_ID, "P-1")
HERE = "The wish not to be contacted that was heard here stays in force"


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    """An agent of a centre that knows Dora."""
    person_for(DORA)
    return signed_in(Role.AGENT)


def wished(browser: Client, person: Person = WRONG) -> None:
    """A wish was heard, confirmed and entered."""
    said(NO_MORE, person=person)
    assert do(browser, "confirm", step=all_steps()) is None
    carried()
    assert is_closed(BY_ID)


def is_closed(one: tuple[models.IdentityKind, str]) -> bool:
    return bool(closed_surely([one])[one])


def test_it_holds_for_the_telephone_that_it_came_from(agent: Client) -> None:
    wished(agent)
    taken_back(agent)
    entry = models.RegisterEntry.objects.get()
    assert (entry.person, entry.withdrawn_at) == (call().person, None)
    assert (is_closed(BY_PHONE), is_closed(BY_ID)) == (True, False)
    assert known_by(whose("p-1")) == {"p-1", "dora@example.com"}
    assert f"{HERE}, for {READ}." in text(agent, PAGE)
    told = models.Event.objects.filter(action="person known by more").latest("number")
    assert (told.subject, told.detail["entries"]) == (f"person {entry.person_id}", [entry.pk])
    assert do(agent, "who", patient_id="P-2") is None
    assert is_closed((models.IdentityKind.PATIENT_ID, "P-2"))


def test_while_nothing_is_known_of_who_expressed_it_it_stays_where_it_is(agent: Client) -> None:
    wished(agent, Person("P-1"))
    taken_back(agent)
    assert is_closed(BY_ID)
    assert f"{HERE} for that patient alone, until it is said who is calling." in text(agent, PAGE)
    assert do(agent, "who", name="Rosa Maye") is None
    assert is_closed(BY_ID), "a name alone is nothing by which it could be found"
    assert do(agent, "who", phone=PHONE) is None
    assert (is_closed(BY_PHONE), is_closed(BY_ID)) == (True, False)


def test_one_that_is_yet_to_be_entered_is_entered_for_whoever_is_calling(agent: Client) -> None:
    said(NO_MORE, person=WRONG)
    assert do(agent, "confirm", step=all_steps()) is None
    taken_back(agent)
    carried()
    assert (is_closed(BY_PHONE), is_closed(BY_ID)) == (True, False)


def test_a_wish_of_their_own_keeps_all_that_they_are_known_by(agent: Client) -> None:
    said("Hello.", person=WRONG)
    enter_by_hand(whose("p-1"), [Scope.CALLS], by="user sam", origin="a letter")
    taken_back(agent)
    assert (is_closed(BY_PHONE), is_closed(BY_ID)) == (True, True)
    assert call().person != whose("p-1")
    assert f"That patient is still known by {READ}:" in text(agent, PAGE)
