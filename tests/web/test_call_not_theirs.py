"""A patient id that was typed wrong on a call is taken back, and with it all that followed from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from tests.made import NOW
from tests.recorded import a_call
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said
from tests.web.test_api import post
from tests.web.test_console import text
from watchword.store import models
from watchword.store.chain import verify_events
from watchword.store.notes import take_note
from watchword.store.people import person_for
from watchword.terms import Channel, Note, Person
from watchword.web import live
from watchword.web.access import Role
from watchword.web.kept_calls import forget_all

PHONE = "+16505550100"
DORA, ROSA = Person("P-1", "Dora Lind", email="dora@example.com"), Person("P-2", "Rosa Maye")
WRONG = Person("P-1", phone=PHONE)  # Rosa calls, and somebody types the id of Dora
NOTE = Note("n1", "LIMS", "Pt called re bill.", Channel.PHONE, NOW - timedelta(days=1), "INV-1")
NOTES = (NOTE, replace(NOTE, id="n2", at=NOW - timedelta(days=8)))
HELLO = "Hello, a question on my bill."


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    """An agent of a centre that knows Dora, and what she called about."""
    for note in NOTES:
        take_note(DORA, note)
    return signed_in(Role.AGENT)


def call(key: str = "c-1") -> models.Contact:
    return models.Contact.objects.select_related("person").get(key=key)


def whose(patient_id: str) -> models.Person:
    return models.Person.objects.get(identities__value=patient_id)


def known_by(person: models.Person) -> set[str]:
    return set(person.identities.values_list("value", flat=True))


def counted() -> list[str]:
    record = models.Assessment.objects.filter(contact__key="c-1").latest("number").record
    return sorted(one for one in record["history"]["counted"] if one.startswith("n"))


def taken_back(browser: Client, key: str = "c-1", *, id: str = "P-1") -> None:
    assert do(browser, "not-theirs", key, patient_id=id) is None


def test_the_call_is_theirs_no_more_and_their_contacts_count_no_more(agent: Client) -> None:
    said(HELLO, person=WRONG)
    assert (counted(), call().outcome) == (["n1", "n2"], "escalate")
    assert known_by(whose("p-1")) == {"p-1", "dora@example.com", PHONE}
    taken_back(agent)
    assert known_by(whose("p-1")) == {"p-1", "dora@example.com"}, "what only this call taught is taken away"
    assert known_by(call().person) == {PHONE}
    assert (counted(), call().outcome) == ([], "clear")
    page = text(agent, PAGE)
    for words in ("Dora Lind", "P-1", "Pt called re bill.", "Escalate now", "dora@example.com"):
        assert words not in page, words
    assert "A patient id was taken back" in page
    told = models.Event.objects.get(action="patient id taken back")
    assert (told.actor, told.subject) == ("user agent", "contact c-1")
    assert told.detail == {"person": whose("p-1").pk, "to": call().person_id, "takes": ["phone"]}
    verify_events()


def test_the_right_id_is_typed_as_at_first(agent: Client) -> None:
    rosa = person_for(ROSA)
    for note in NOTES:
        take_note(ROSA, replace(note, source="AMD"))
    said(HELLO, person=WRONG)
    taken_back(agent)
    assert do(agent, "who", patient_id="P-2") is None
    assert (call().person, known_by(rosa)) == (rosa, {"p-2", PHONE})
    assert counted() == ["n1", "n2"]
    assert {note["source"] for note in call().history["notes"]} == {"AMD"}
    assert set(models.Step.objects.values_list("state", flat=True)) == {"waits for agent"}, "it is demanded again"
    assert "Escalate now" in text(agent, PAGE)


def test_so_it_is_once_the_call_has_ended(agent: Client) -> None:
    said(HELLO, person=WRONG)
    do(agent, "end")
    assert do(agent, "who", name="Rosa Maye")[0] == 409, "what is over takes nothing more"
    taken_back(agent)
    assert (counted(), call().outcome, call().is_open) == ([], "clear", False)
    assert 'action="/call/who/c-1"' in text(agent, PAGE)
    for note in NOTES:
        take_note(ROSA, replace(note, source="AMD"))
    assert do(agent, "who", patient_id="P-2") is None
    assert (call().person, call().is_open, call().ended_at is None) == (whose("p-2"), False, False)
    assert (counted(), call().outcome) == (["n1", "n2"], "escalate")


def test_before_anything_is_said_the_contacts_beside_the_call_go_too(agent: Client) -> None:
    live.begin(replace(a_call(person=WRONG), turns=(), issue="INV-1"), source="test", actor="test")
    assert "Pt called re bill." in text(agent, PAGE)
    taken_back(agent)
    assert "Pt called re bill." not in text(agent, PAGE)
    assert not models.Assessment.objects.exists()


def test_the_turns_that_follow_are_assessed_without_them(agent: Client) -> None:
    said(HELLO, person=WRONG)
    taken_back(agent)
    live.say("c-1", list(enumerate(a_call(HELLO, "Are you there?").turns)), actor="test")
    assert counted() == []
    forget_all()  # another process knows the call from the database alone
    live.say("c-1", list(enumerate(a_call(HELLO, "Are you there?", "Hello?").turns)), actor="test")
    assert (counted(), call().outcome) == ([], "clear")


def test_what_was_confirmed_stays(agent: Client) -> None:
    said(HELLO, person=WRONG)
    assert do(agent, "confirm", step=all_steps()) is None
    taken_back(agent)
    assert set(models.Step.objects.values_list("state", flat=True)) == {"planned"}


def test_what_they_are_known_by_all_the_same_stays_and_the_call_is_not_theirs(agent: Client) -> None:
    take_note(replace(DORA, phone=PHONE), replace(NOTE, id="n3", issue="INV-7"))
    said(HELLO, person=WRONG)
    taken_back(agent)
    assert PHONE in known_by(whose("p-1"))
    assert "That patient is still known by" in text(agent, PAGE)
    assert do(agent, "who", name="Rosa Maye") is None, "what is told later leads by the telephone again"
    assert call().person.name == "Rosa Maye"
    assert counted() == []
    assert "Pt called re bill." not in text(agent, PAGE)


def test_of_two_calls_that_were_taken_for_hers_the_last_takes_what_both_taught(agent: Client) -> None:
    said(HELLO, person=WRONG)
    said(HELLO, id="c-2", person=WRONG)
    taken_back(agent)
    assert PHONE in known_by(whose("p-1"))
    taken_back(agent, "c-2")
    assert PHONE not in known_by(whose("p-1"))
    assert call().person == call("c-2").person


def test_so_it_is_when_a_note_gives_it_too_and_is_struck_out(agent: Client, machine: Callable[..., Client]) -> None:
    said(HELLO, person=WRONG)
    take_note(replace(DORA, phone=PHONE), replace(NOTE, id="n3", issue="INV-7"))
    taken_back(agent)
    assert PHONE in known_by(whose("p-1"))
    post(machine(), "/notes/strike", {"source": "LIMS", "id": "n3", "reason": "another patient's"})
    assert PHONE not in known_by(whose("p-1"))


def test_an_id_of_nobody_is_nobodys_again_and_whoever_calls_stays_who_they_are(agent: Client) -> None:
    before = person_for(Person(phone=PHONE))
    said(HELLO, person=Person("P-99", "Rosa Maye", PHONE))
    assert call().person == before
    taken_back(agent, id="P-99")
    assert (call().person, call().person.name, known_by(before)) == (before, "Rosa Maye", {PHONE})
    said(HELLO, id="c-2", person=Person("P-98", "Ben Ortiz"))
    made = call("c-2").person
    taken_back(agent, "c-2", id="P-98")
    assert (call("c-2").person, known_by(made)) == (made, set()), "no other person is made"
    assert call("c-2").person.name == "Ben Ortiz"


def test_a_name_that_only_the_call_taught_is_taken_away(agent: Client) -> None:
    take_note(Person("P-7"), replace(NOTE, id="n7"))
    said(HELLO, person=Person("P-7", "Rosa Maye", PHONE))
    assert whose("p-7").name == "Rosa Maye"
    taken_back(agent, id="P-7")
    assert (whose("p-7").name, known_by(whose("p-7"))) == ("", {"p-7"})


def test_a_name_and_an_address_that_are_the_others_leave_the_call(agent: Client) -> None:
    said(HELLO, person=replace(DORA, phone=PHONE))
    taken_back(agent)
    given = call().given_person
    assert (given["name"], given["email"], given["phone"]) == (None, None, PHONE)
    assert (whose("p-1").name, known_by(whose("p-1"))) == ("Dora Lind", {"p-1", "dora@example.com"})


def test_what_a_call_of_an_earlier_version_taught_stays(agent: Client) -> None:
    said(HELLO, person=WRONG)
    models.Contact.objects.update(taught=None)
    taken_back(agent)
    assert PHONE in known_by(whose("p-1"))
    assert call().person != whose("p-1")


def test_it_is_done_once_and_only_of_the_id_that_was_shown(agent: Client) -> None:
    said(HELLO, person=WRONG)
    refused = (409, "This patient id is not the call's.")
    assert do(agent, "not-theirs", patient_id="P-2") == refused
    assert do(agent, "not-theirs") == refused
    taken_back(agent)
    taken_back(agent)
    assert do(agent, "who", patient_id="P-2") is None
    taken_back(agent)  # pressed on a page that was not up to date
    assert call().given_person["patient_id"] == "P-2"
    assert models.Event.objects.filter(action="patient id taken back").count() == 1
    assert do(agent, "not-theirs", "c-9", patient_id="P-1")[0] == 404


def test_another_system_cannot_bring_it_back_and_who_sees_the_call_can(
    agent: Client, machine: Callable[..., Client]
) -> None:
    crm = machine()
    said(HELLO, person=WRONG)
    status, told = post(crm, "/calls", {"id": "c-1", "person": {"patient_id": "P-2"}})
    assert (status, "taken back on the call's page" in told["do"]) == (409, True)
    taken_back(agent)
    again = {"id": "c-1", "person": {"patient_id": "P-1"}}
    status, told = post(crm, "/calls", again)
    assert (status, told["what"]) == (409, "This patient id was taken back from the call c-1: it is somebody else's.")
    assert call().given_person["patient_id"] is None
    assert do(agent, "who", patient_id="P-1") is None
    assert (call().person, counted()) == (whose("p-1"), ["n1", "n2"])
    assert "A patient id was taken back" not in text(agent, PAGE)


def test_who_may_say_whose_call_it_is_may_take_it_back(agent: Client, signed_in: SignedIn) -> None:
    said(HELLO, person=WRONG)
    auditor = signed_in(Role.AUDITOR)
    assert "/call/not-theirs/" not in text(auditor, PAGE)
    assert auditor.post("/call/not-theirs/c-1", {"patient_id": "P-1"}).status_code == 403
    assert "/call/not-theirs/" in text(agent, PAGE)
    taken_back(signed_in(Role.SUPERVISOR))
    assert "/call/not-theirs/" not in text(agent, PAGE)
