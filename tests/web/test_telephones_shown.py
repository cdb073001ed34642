"""On the pages a person's telephone is read in groups; in whatever leaves or is kept it is as it was given."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.test import Client

from tests.recorded import SUES, a_mail, keep
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, said
from tests.web.test_api import post
from tests.web.test_console import text
from tests.web.test_notes import note
from watchword.store import models
from watchword.store.desk import _heading, told
from watchword.store.ledger import brief_of, order_of
from watchword.store.register import enter_by_hand
from watchword.terms import Person, Scope
from watchword.web.access import Role

NUMBER, READ = "+15555550123", "(555) 555-0123"
PATIENT = "5555550199"  # as many digits, and no telephone
ROSA = Person(PATIENT, "Rosa Maye", NUMBER)


def test_on_the_pages_of_people_and_calls(signed_in: SignedIn) -> None:
    said(SUES, person=ROSA)
    row, browser = models.Person.objects.get(), signed_in(Role.SUPERVISOR)
    enter_by_hand(row, [Scope.CALLS], by="user sam", origin="a letter")
    assert set(row.identities.values_list("shown", flat=True)) == {PATIENT, NUMBER}
    for page in (PAGE, "/people", f"/people?find={quote(READ)}", f"/people/{row.pk}", "/register"):
        shown = text(browser, page)
        assert READ in shown, page
        assert NUMBER not in shown, page
        assert PATIENT in shown, page
    table = browser.get("/register.csv").content.decode()
    assert NUMBER in table
    assert READ not in table


def test_what_cannot_be_read_is_shown_as_it_is(signed_in: SignedIn) -> None:
    models.Identity.objects.create(person=models.Person.objects.create(), kind="phone", value="x", shown="555 <ask>")
    said(person=Person(phone="555-555-0123 ext. 7"))
    shown = text(signed_in(Role.SUPERVISOR), "/people") + text(signed_in(Role.AGENT), PAGE)
    assert "555-555-0123 ext. 7" in shown
    assert "555 &lt;ask&gt;" in text(signed_in(Role.AUDITOR), f"/people/{models.Person.objects.earliest('pk').pk}")


def test_on_a_ticket_whose_words_stay_as_they_were_sent(signed_in: SignedIn) -> None:
    keep(a_mail(f"{SUES} It is about the invoice 115555550123.", person=Person(phone=NUMBER)))
    escalation = models.Escalation.objects.get()
    order = order_of(escalation.steps.first())
    body = told(brief_of(escalation)) + "\nInvoice: 115555550123"
    ticket = models.Ticket.objects.create(
        key="t", type="Email", contact=escalation.contact, subject=_heading(order), body=body
    )
    browser = signed_in(Role.SUPERVISOR)
    for page in ("/desk", f"/desk/{ticket.pk}"):
        shown = text(browser, page)
        assert f": {READ}" in shown, page
        assert NUMBER not in shown, page
    assert "Invoice: 115555550123" in text(browser, f"/desk/{ticket.pk}")
    ticket.refresh_from_db()
    assert f"Who: {NUMBER}" in ticket.body


def test_where_something_of_a_person_is_taken_away(signed_in: SignedIn, machine: Callable[..., Client]) -> None:
    crm, browser = machine(), signed_in(Role.SUPERVISOR)
    post(crm, "/notes", {"notes": [note("n1", person={"patient_id": PATIENT, "phone": NUMBER})]})
    row, page = models.Note.objects.get(), f"/people/{models.Person.objects.get().pk}"
    assert f"only the note taught of this person: {READ}." in text(browser, page)
    browser.post(f"/notes/{row.pk}/strike", {"reason": "somebody else's"})
    assert f"what only it taught of this person: {READ}." in text(browser, page)
