"""The register's page: what can be chosen, what it says when nothing is there, and that a refused entry is not lost."""

from __future__ import annotations

import csv
import re

import pytest

from tests.recorded import a_call, keep
from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL, text
from watchword.store import models
from watchword.store.imports import hand_in
from watchword.store.people import know_by, person_for
from watchword.store.register import enter_by_hand
from watchword.terms import Person, Scope
from watchword.web.access import Role

ZOE = {"name": "Zoe", "patient_id": "P-7", "phone": "+16505550100", "email": "", "origin": "a letter"}
WAYS = re.compile(r'type="checkbox" name="way" value="(\w+)"( checked)?')


def test_an_entry_that_closes_no_way_is_refused(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    for ways in ({}, {"way": "pigeon"}):
        answer = browser.post("/register/add", ZOE | ways)
        assert answer.status_code == 422
        assert "No way is closed" in answer.content.decode()
    assert not models.RegisterEntry.objects.exists()


def test_a_refused_entry_is_shown_again_with_what_was_typed(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    untouched = text(browser, "/register")
    assert '<details class="add"><summary>' in untouched
    assert [is_ticked for _, is_ticked in WAYS.findall(untouched)] == [" checked"] * 3
    answer = browser.post("/register/add", ZOE | {"phone": "anonymous", "name": EVIL, "way": ["messages", "mail"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.index("no telephone number that can be dialled") < page.index('<details class="add" open>')
    assert page.count('<details class="add"') == 1
    for field in ('name="patient_id" value="P-7"', 'value="anonymous"', 'value="a letter"', "&lt;script&gt;alert"):
        assert field in page, field
    assert "<script>alert" not in page
    assert WAYS.findall(page) == [("calls", ""), ("messages", " checked"), ("mail", " checked")]
    assert 'action="?' not in page  # nor does anything else there lead to the form's own address
    assert 'href="?' not in page
    assert browser.get("/register/add").headers["Location"] == "/register"  # by a reload


def test_the_ways_can_be_chosen(signed_in: SignedIn) -> None:
    page = text(signed_in(Role.SUPERVISOR), "/register?way=mail")
    assert [way for way, _ in WAYS.findall(page)] == ["calls", "messages", "mail"]
    assert re.findall(r"<option( selected)?>(\w+)</option>", page) == [
        ("", "calls"),
        ("", "messages"),
        (" selected", "mail"),
    ]


def test_a_list_says_what_it_does_not_hold(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    assert "Nobody is in the register." in text(browser, "/register")
    assert "No entry was withdrawn." in text(browser, "/register?withdrawn=1")
    assert "No entry fits." in text(browser, "/register?withdrawn=1&way=calls")


def test_a_persons_page_says_that_who_asked_may_be_the_same(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    by_mail = person_for(Person(email="dora@example.com"))
    patient = person_for(Person("P-D", "Dora Lind", "+16505550199"))
    enter_by_hand(by_mail, [Scope.CALLS], by="test", origin="a mail")
    assert "do not contact: " not in text(browser, f"/people/{patient.pk}")
    know_by(patient, models.IdentityKind.EMAIL, "dora@example.com")
    said = f'do not contact: calls – <a href="/people/{by_mail.pk}">who asked</a> may be the same person'
    assert said in text(browser, f"/people/{patient.pk}")
    assert said not in text(browser, f"/people/{by_mail.pk}")


def test_a_persons_page_names_the_ways_that_are_closed(signed_in: SignedIn) -> None:
    ana, ben = person_for(Person("P-A", "Ana Brook")), person_for(Person("P-B", "Ben Ortiz"))
    enter_by_hand(ana, list(Scope), by="test", origin="a mail")
    enter_by_hand(ben, [Scope.CALLS, Scope.MAIL], by="test", origin="a mail")
    browser = signed_in(Role.SUPERVISOR)
    assert "do not contact: calls, messages, mail<" in text(browser, f"/people/{ana.pk}")
    assert "do not contact: calls, mail<" in text(browser, f"/people/{ben.pk}")


def dora() -> tuple[models.Person, models.Person]:
    """A wish that came by mail, and the patient whose address it is as was learnt later."""
    by_mail = person_for(Person(name="Dora Lind", email="dora@example.com"))
    patient = person_for(Person("P-D", "Dora Lind", "+16505550199"))
    enter_by_hand(by_mail, [Scope.CALLS], by="test", origin="a mail")
    know_by(patient, models.IdentityKind.EMAIL, "dora@example.com")
    return by_mail, patient


def test_the_register_is_searched_as_the_check_answers(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    by_mail, _ = dora()
    for words in ("P-D", "650.555.0199"):
        page = text(browser, f"/register?find={words}")
        assert f'href="/people/{by_mail.pk}"' in page
        assert f"may be the same person as whoever is known by “{words}”" in page
    assert "may be the same" not in text(browser, "/register?find=dora@example.com")
    assert "No entry fits." in text(browser, "/register?find=P-X")


def test_the_table_that_is_taken_out_names_what_is_closed_in_doubt(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    dora()
    enter_by_hand(person_for(Person("P-Z", "Zoe")), [Scope.MAIL], by="test", origin="a letter")
    lines = browser.get("/register.csv").content.decode("utf-8-sig").splitlines()
    rows = {row["name"]: row for row in csv.DictReader(lines)}
    closed = [rows["Dora Lind"][f"{kind}_in_doubt"] for kind in ("ids", "phones", "emails")]
    assert closed == ["P-D", "'+16505550199", ""]
    assert rows["Dora Lind"]["email"] == "dora@example.com"
    assert [rows["Zoe"][f"{kind}_in_doubt"] for kind in ("ids", "phones", "emails")] == ["", "", ""]
    back = hand_in("register", "\n".join(lines).encode(), file="out.csv", source="", by="user sam")
    assert (back.rows, back.refused) == (2, 0)


def test_withdrawing_one_of_several_entries_says_what_is_still_closed(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    by_mail, patient = dora()
    twice = [enter_by_hand(patient, ways, by="test", origin="a letter") for ways in ([Scope.CALLS], [Scope.MAIL])]
    told = []
    for entry in (*twice, models.RegisterEntry.objects.get(person=by_mail)):
        page = browser.post(f"/register/{entry.pk}/withdraw", {"why": "she asked for it"}, follow=True)
        told.append(re.search(r"It stays to be seen\.([^<]*)", page.content.decode())[1].strip())  # type: ignore[index]
    assert told == [
        "Another entry of this person is still in force: calls, mail.",
        "Another entry of somebody who may be the same person is still in force: calls.",
        "",
    ]


def test_a_persons_page_leads_to_who_may_be_the_same_and_says_what_it_leaves_out(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchword.web.console.people.MOST", 1)
    by_mail, patient = dora()
    other = person_for(Person("P-B", "Ben Lind", "+16505550199"))
    keep(a_call("Hello.", person=Person("P-D")))
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, f"/people/{patient.pk}")
    assert f'May be the same person, for nothing tells them apart: <a href="/people/{by_mail.pk}">Dora Lind</a>' in page
    assert f'href="/people/{other.pk}"' not in page
    assert "There are more." not in page
    keep(a_call("Hello.", id="c-2", person=Person("P-D")))
    assert "There are more." in text(browser, f"/people/{patient.pk}")
