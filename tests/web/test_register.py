"""The register's page: what can be chosen, what it says when nothing is there, and that a refused entry is not lost."""

from __future__ import annotations

import re

from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL, text
from watchword.store import models
from watchword.store.people import know_by, person_for
from watchword.store.register import enter_by_hand
from watchword.terms import Person, Scope
from watchword.web.access import Role

ZOE = {"name": "Zoe", "patient_id": "P-7", "phone": "+16505550100", "email": "", "origin": "a letter"}
WAYS = re.compile(r'name="way" value="(\w+)"( checked)?')


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
    assert "may be the same" not in text(browser, f"/people/{by_mail.pk}")
