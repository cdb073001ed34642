"""The pages for people: they show what is there, do what is said, and never run what a customer wrote."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from tests.made import NOW
from tests.recorded import NO_MORE, SUES, a_call, a_mail, keep
from tests.web.conftest import SignedIn
from watchword.cli import app
from watchword.settings import Settings
from watchword.store import models
from watchword.store.notes import keep_note
from watchword.store.register import enter_by_hand, withdraw
from watchword.terms import Channel, Note, Person, Scope, Speaker, Turn
from watchword.web.access import Role
from watchword.web.console.start import look
from watchword.web.users import add_user

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7|add:7 }}\"'"


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.SUPERVISOR, "/escalations"),
        (Role.AGENT, "/calls"),
        (Role.MAIL_AGENT, "/inbox"),
        (Role.POLICY_OWNER, "/policy"),
        (Role.AUDITOR, "/events"),
    ],
)
def test_everybody_begins_where_their_work_is(signed_in: SignedIn, role: Role, address: str) -> None:
    assert signed_in(role).get("/").headers["Location"] == address


def test_whoever_has_no_work_here_begins_with_their_account(signed_in: SignedIn) -> None:
    assert "second factor" in text(signed_in(Role.ADMINISTRATOR), "/").lower()


def test_an_administrator_is_told_the_commands_for_users_and_keys(signed_in: SignedIn) -> None:
    page = text(signed_in(Role.ADMINISTRATOR), "/")
    shown = re.findall(r"<code>watchword ([^<]+)</code>", page)
    assert {one.split()[0] for one in shown} == {"user", "key"}
    for one in shown:
        done = CliRunner().invoke(app, [*one.split(), "--help"])
        assert done.exit_code == 0, done.output
    assert "<code>watchword" not in text(signed_in(Role.AGENT), "/account")


def test_the_page_that_opens_says_itself_that_one_is_in(web: Settings) -> None:
    password = add_user("ana", [Role.SUPERVISOR])
    browser = Client()
    assert browser.post("/account/sign-in/", {"login": "ana", "password": password}).status_code == 302
    assert "signed in" not in text(browser, "/escalations")


@pytest.mark.parametrize("address", ["/escalations", "/desk", "/people", "/register", "/account"])
def test_pages_with_nothing_to_show(signed_in: SignedIn, address: str) -> None:
    assert "<h1>" in text(signed_in(Role.SUPERVISOR), address)


def test_a_person_with_everything_so_far(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    keep(a_mail(id="m-1"))
    person = models.Person.objects.get()
    keep_note(person, Note("n1", "LIMS", "Pt called.", Channel.PHONE, NOW, "INV-1"))
    keep_note(person, Note("n2", "AMD", "No date.", None, None, None))
    browser = signed_in(Role.AGENT)
    page = text(browser, f"/people/{person.pk}")
    for shown in ("Pt called.", "LIMS", "No date.", "My bill", "P-1001"):
        assert shown in page
    for wanted in ("ana", "(650) 555-1212", "p-1001", "ANA@example.org"):
        assert "Ana Brook" in browser.get("/people", {"find": wanted}).content.decode()
    assert "Nobody is known" in browser.get("/people", {"find": "Zoe"}).content.decode()
    assert SUES in text(browser, f"/contacts/{models.Contact.objects.get(key='c-1').pk}").replace("&#x27;", "'")
    seen = set(models.Event.objects.filter(actor="user agent").values_list("action", flat=True))
    assert seen == {"signed in", "people seen", "person seen", "contact seen"}


def test_the_register_by_hand(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR)
    browser.post("/register/add", {"name": "Zoe", "origin": "a letter", "way": "calls"})
    assert not models.RegisterEntry.objects.exists()  # nothing to recognise her by
    browser.post("/register/add", {"name": "Zoe", "phone": "+16505550100", "way": "calls"})
    assert not models.RegisterEntry.objects.exists()  # nobody says where she asked for it
    browser.post("/register/add", {"name": "Zoe", "phone": "+16505550100", "way": "calls", "origin": "a letter"})
    entry = models.RegisterEntry.objects.get()
    assert (entry.calls, entry.messages, entry.mail) == (True, False, False)
    assert "Zoe" in text(browser, "/register")
    browser.post(f"/register/{entry.pk}/withdraw", {"why": ""})
    assert "Zoe" in text(browser, "/register")
    browser.post(f"/register/{entry.pk}/withdraw", {"why": "she asked on the phone"})
    assert "Zoe" not in text(browser, "/register")
    assert "she asked on the phone" in text(browser, "/register?withdrawn")


def test_whatever_is_typed_is_shown_and_never_run(signed_in: SignedIn) -> None:
    who = Person("P-9" + EVIL, EVIL, "+16505550199", EVIL)
    call = replace(a_call(SUES, NO_MORE, id="c-9", person=who), issue=EVIL)
    keep(replace(call, turns=(*call.turns, Turn(Speaker.CALLER, EVIL), Turn(Speaker.AGENT, EVIL))))
    keep(replace(a_mail(f"{EVIL} {SUES}", id="m-9", person=who), subject=EVIL))
    person = models.Person.objects.get()
    keep_note(person, Note(EVIL, EVIL, EVIL, Channel.PHONE, NOW, EVIL))
    contact = models.Contact.objects.get(key="m-9")
    queue = models.Queue.objects.create(name=EVIL)
    one = {"type": EVIL, "system": EVIL, "contact": contact, "subject": EVIL, "body": EVIL, "scope": [EVIL]}
    ticket = models.Ticket.objects.create(key="t1", queue=queue, **one)
    models.Ticket.objects.create(key="t2", **one)
    models.Chatter.objects.create(ticket=ticket, text=EVIL, by=EVIL)
    models.QueueMove.objects.create(key="q", ticket=ticket, queue=queue)
    entry = enter_by_hand(person, [Scope.CALLS], by=EVIL, origin=EVIL)
    models.RegisterEntry.objects.filter(pk=entry.pk).update(evidence=[{"quote": EVIL}])
    other = enter_by_hand(person, [Scope.MAIL], by=EVIL, origin=EVIL)
    withdraw(other.pk, by=EVIL, why=EVIL)
    browser = signed_in(Role.SUPERVISOR)
    models.Step.objects.update(state="needs a person", try_at=None, why=EVIL, text=EVIL, to=EVIL, type=EVIL, phone=EVIL)
    step = models.Step.objects.order_by("pk")[0]
    models.Receipt.objects.create(step=step, system=EVIL, reference=EVIL, settled=True, by=EVIL)
    for act, given in (("retry", {}), ("settle", {"reference": EVIL}), ("dismiss", {"reason": EVIL})):
        last = models.Step.objects.order_by("-pk")[0]
        models.Step.objects.filter(pk=last.pk).update(state="needs a person", try_at=None)
        browser.post(f"/steps/{last.key}/{act}", given)
    contacts = [f"/contacts/{row.pk}" for row in models.Contact.objects.all()]
    escalations = [f"/escalations/{row.key}" for row in models.Escalation.objects.all()]
    pages = ["/escalations", "/desk", f"/desk/{ticket.pk}", "/people", f"/people/{person.pk}", "/register"]
    for address in [
        *pages,
        *contacts,
        *escalations,
        "/register?withdrawn",
        f"/desk?queue={EVIL}",
        f"/people?find={EVIL}",
    ]:
        page = text(browser, address)
        assert "<script>alert" not in page, address
        assert "<img src=x" not in page, address
        assert "{{ 7" in page or "14" not in page, address
    assert "&lt;script&gt;" in text(browser, f"/people/{person.pk}")


def test_static_files_are_served(web: Settings) -> None:
    answer = Client().get("/static/console/console.css")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert b":root" in answer.content
    assert Client().get("/static/console/none.css").status_code in (302, 404)


def test_pages_hear_that_something_changed(web: Settings) -> None:
    items, cursor, last = look("")
    assert (items, last) == ([], False)
    keep(a_call(SUES))
    items, later, _ = look(cursor)
    assert [item.event for item in items] == ["changed"]
    assert look(later)[0] == []


def test_what_changes_is_asked_for_alone(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR)
    part = browser.get("/escalations", headers={"hx-request": "true"}).content.decode()
    assert "Ana Brook" in part
    assert "<html" not in part
    assert Client().get("/escalations", headers={"hx-request": "true"}).status_code == 401


def test_clocks_are_said_as_people_say_them(web: Settings) -> None:
    from datetime import timedelta

    from watchword.web.console.marks import ago

    now = timezone.now()
    for seconds, said in ((5, "5 s"), (125, "2 min"), (3725, "1 h 02"), (400000, "4 days")):
        assert ago(now - timedelta(seconds=seconds)) == said
