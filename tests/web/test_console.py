"""The pages for people: they show what is there, do what is said, and never run what a customer wrote."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from typer.testing import CliRunner

from tests.made import NOW
from tests.recorded import NO_MORE, SUES, a_call, a_mail, keep
from tests.web.conftest import SignedIn
from watchword.cli import app
from watchword.settings import Settings
from watchword.store import models
from watchword.store.deliveries import Deliveries
from watchword.store.notes import keep_note
from watchword.store.register import enter_by_hand, withdraw
from watchword.store.webhooks import add_webhook, topics_named
from watchword.terms import Channel, Note, Person, Scope, Speaker, Turn
from watchword.web.access import Role
from watchword.web.console.common import ROWS
from watchword.web.console.escalations import to_look_at
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


def full_desk() -> models.Ticket:
    """An escalated mail whose ticket has been moved and posted on, with words of every kind in every place."""
    keep(a_mail())
    contact = models.Contact.objects.get(key="m-1")
    queue = models.Queue.objects.create(name="Bill Review")
    ticket = models.Ticket.objects.create(key="t", type="Email", queue=queue, contact=contact, subject="My bill")
    models.Chatter.objects.create(ticket=ticket, text="It was said.", by="Watchword")
    return ticket


@pytest.mark.parametrize("address", ["/escalations", "/desk", "/people", "/register", "/account"])
def test_pages_with_nothing_to_show(signed_in: SignedIn, address: str) -> None:
    assert "<h1>" in text(signed_in(Role.SUPERVISOR), address)


def test_every_escalation_with_its_steps(signed_in: SignedIn) -> None:
    recorded = keep(a_call(SUES))
    models.Step.objects.filter(kind="ticket").update(state="needs a person", why="Nothing is connected.")
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, "/escalations")
    for shown in ("Ana Brook", "attorney", "650.412.8715", "Nothing is connected.", "Try again", "Confirm"):
        assert shown in page
    assert "Ana Brook" not in text(browser, "/escalations?state=done")
    one = text(browser, f"/escalations/{recorded.escalation}")
    assert "My attorney" not in one  # evidence is the exact words and no more
    assert "attorney" in one
    assert browser.get("/escalations/none").status_code == 404
    assert browser.get("/escalations?after=x").status_code == 422


def test_what_people_decide(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR)
    transfer, ticket = models.Step.objects.order_by("position")
    assert (
        browser.post(f"/steps/{transfer.key}/confirm", {"back": "/escalations"}).headers["Location"] == "/escalations"
    )
    away = browser.post(f"/steps/{ticket.key}/confirm", {"back": "https://example.org/"}).headers["Location"]
    assert away.startswith("/escalations/")
    models.Step.objects.filter(pk=ticket.pk).update(state="needs a person", try_at=None)
    browser.post(f"/steps/{ticket.key}/retry")
    assert models.Step.objects.get(pk=ticket.pk).state == "planned"
    models.Step.objects.filter(pk=ticket.pk).update(state="needs a person", try_at=None)
    browser.post(f"/steps/{ticket.key}/settle", {"reference": "SY-17"})
    assert models.Receipt.objects.get().reference == "SY-17"
    browser.post(f"/steps/{transfer.key}/dismiss", {"reason": "she hung up"})
    assert models.Step.objects.get(pk=transfer.pk).state == "cancelled"
    words = list(models.Decision.objects.values_list("word", "by"))
    assert words == [(word, "user supervisor") for word in ("confirm", "confirm", "retry", "settle", "dismiss")]
    refused = browser.post(f"/steps/{transfer.key}/retry", follow=True).content.decode()
    assert "cannot be tried again" in refused


def test_what_was_raised_since_the_page_was_shown_is_not_called_off_unseen(signed_in: SignedIn) -> None:
    doubt = "I have a legal matter to attend to."
    key = keep(a_call(doubt)).escalation
    browser = signed_in(Role.SUPERVISOR)
    seen = re.search(r'name="seen" value="(\d+)"', text(browser, f"/escalations/{key}"))
    assert seen
    keep(a_call(doubt, SUES))
    step = models.Step.objects.order_by("position")[0]
    given = {"reason": "not meant so", "seen": seen[1]}
    answer = browser.post(f"/steps/{step.key}/dismiss", given, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/escalations/{key}"
    assert "Raised since you looked: attorney (escalate)." in page
    assert f'name="seen" value="{int(seen[1]) + 1}"' in page
    assert "cancelled" not in models.Step.objects.values_list("state", flat=True)
    browser.post(f"/steps/{step.key}/dismiss", given | {"seen": str(int(seen[1]) + 1)})
    step.refresh_from_db()
    assert step.state == "cancelled"


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 40, "\u00b2"])
def test_a_number_that_is_none_calls_nothing_off(signed_in: SignedIn, seen: str) -> None:
    keep(a_call(SUES))
    step = models.Step.objects.order_by("position")[0]
    page = signed_in(Role.SUPERVISOR).post(f"/steps/{step.key}/dismiss", {"seen": seen}, follow=True).content.decode()
    assert "It is not said what was shown." in page
    assert models.Step.objects.get(pk=step.pk).state == "waits for agent"


def unread_call(number: int = 0, *why: str, is_open: bool = False) -> models.Contact:
    """A call that nothing follows from, but which a person must look at."""
    who = Person(f"P-{number}", f"Lea Roy {number}")
    call = a_call("Hello there.", id=f"u-{number}", person=who)
    assert keep(replace(call, unread=why or ("It was in <Spanish>.",)), is_open=is_open).escalation is None
    return models.Contact.objects.get(key=f"u-{number}")


def test_calls_that_need_a_look_are_on_the_supervisors_list(signed_in: SignedIn) -> None:
    row = unread_call()
    keep(replace(a_mail("Hello there."), unread=("It was encrypted.",)))
    boss, agent = signed_in(Role.SUPERVISOR), signed_in(Role.AGENT)
    page = text(boss, "/escalations")
    for shown in ("Lea Roy 0", "It was in &lt;Spanish&gt;.", 'href="/calls/u-0"', "I have looked at it"):
        assert shown in page
    assert "encrypted" not in page  # mails have their own list
    assert "Lea Roy" in text(boss, "/escalations?state=needs+a+person")
    assert "Lea Roy" not in text(boss, "/escalations?state=done")
    assert "Lea Roy" not in text(agent, "/escalations")
    there, given = f"/contacts/{row.pk}/looked", {"seen": "1", "back": "/escalations?state=needs+a+person"}
    assert agent.post(there, given).status_code == 403
    assert boss.post(there, given).headers["Location"] == given["back"]
    assert "Lea Roy" not in text(boss, "/escalations")
    event = models.Event.objects.get(action="contact looked at")
    assert (event.actor, event.subject) == ("user supervisor", "contact u-0")
    assert "Somebody has looked at it already" in boss.post(there, given, follow=True).content.decode()
    mail = models.Contact.objects.get(channel="email")
    for number in (mail.pk, 99):
        assert "no such call" in boss.post(f"/contacts/{number}/looked", given, follow=True).content.decode()
    mail.refresh_from_db()
    assert mail.looked_at is None
    assert models.Event.objects.filter(action="contact looked at").count() == 1


def test_a_call_that_went_on_is_not_looked_at_unseen(signed_in: SignedIn) -> None:
    row = unread_call(is_open=True)
    unread_call(0, "It was in <Spanish>.", "Some words are missing.", is_open=True)
    boss = signed_in(Role.SUPERVISOR)
    for seen in ("1", "", "x"):
        refused = boss.post(f"/contacts/{row.pk}/looked", {"seen": seen}, follow=True).content.decode()
        assert "has changed since it was shown" in refused
    row.refresh_from_db()
    assert row.looked_at is None


def test_many_calls_that_need_a_look_cost_no_more_queries(signed_in: SignedIn) -> None:
    unread_call()
    boss = signed_in(Role.SUPERVISOR)
    text(boss, "/escalations")
    with CaptureQueriesContext(connection) as few:
        text(boss, "/escalations")
    for number in range(1, ROWS + 3):
        unread_call(number)
    with CaptureQueriesContext(connection) as many:
        page = text(boss, "/escalations")
    assert len(many) == len(few)
    assert page.count(">I have looked at it<") == ROWS
    assert f"<b>{ROWS + 3}</b>" in page


def test_calls_that_need_a_look_are_read_through_their_index(web: Settings) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # with few rows it would rather read them all
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    assert "contact_needs_person" in to_look_at()[:ROWS].explain()


def test_an_agent_cannot_settle_what_needs_a_person(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    models.Step.objects.update(state="needs a person")
    browser = signed_in(Role.AGENT)
    assert "Try again" not in text(browser, "/escalations")
    key = models.Step.objects.order_by("position")[0].key
    assert browser.post(f"/steps/{key}/retry").status_code == 403


def test_an_escalation_is_taken_and_let_go(signed_in: SignedIn) -> None:
    key = keep(a_call(SUES)).escalation
    agent, boss = signed_in(Role.AGENT), signed_in(Role.SUPERVISOR)
    there = f"/escalations/{key}"
    assert "Nobody has it yet" in text(agent, there)
    for _ in range(2):
        assert "You have it" in agent.post(f"{there}/take", follow=True).content.decode()
    assert "agent has it" in text(boss, there)
    assert "agent has it" in text(boss, "/escalations")
    boss.post(f"{there}/take")
    agent.post(f"{there}/take", {"let_go": ""})  # it is no longer theirs to let go
    assert "supervisor has it" in text(agent, there)
    boss.post(f"{there}/take", {"let_go": ""})
    assert "Nobody has it yet" in text(agent, there)
    assert signed_in(Role.AUDITOR).post(f"{there}/take").status_code == 403
    assert agent.post("/escalations/none/take").status_code in (302, 404)
    events = models.Event.objects.filter(action__startswith="escalation ").exclude(action="escalation seen")
    told = [(event.actor, event.action, event.detail) for event in events.order_by("number")]
    assert told == [
        ("user agent", "escalation taken", {}),
        ("user supervisor", "escalation taken", {"from": "agent"}),
        ("user supervisor", "escalation let go", {}),
    ]


def test_what_another_system_was_not_told_is_shown_and_told_again(signed_in: SignedIn) -> None:
    add_webhook("c<r>m", "http://127.0.0.1:9/told", topics_named(["all"]), by="test")
    boss, agent = signed_in(Role.SUPERVISOR), signed_in(Role.AGENT)
    assert "Tell again" not in text(boss, "/escalations")
    keep(a_call(SUES))
    assert Deliveries().plan()
    for lost in Deliveries(each=9).take(9, "w1"):
        Deliveries().needs_person(lost.id, "it answered 404", stop=True)
    page = text(boss, "/escalations")
    assert "it answered 404" in page
    assert "c&lt;r&gt;m is not told of what happens here" in page
    assert "Tell again" not in text(agent, "/escalations")
    assert agent.post("/webhooks/c<r>m/retry").status_code == 403
    assert "is told again" in boss.post("/webhooks/c<r>m/retry", follow=True).content.decode()
    assert "Tell again" not in text(boss, "/escalations")
    assert set(models.Delivery.objects.values_list("state", flat=True)) == {"planned"}
    assert "no webhook called" in boss.post("/webhooks/none/retry", follow=True).content.decode()


def test_the_queues_that_the_policy_names_are_shown_though_empty(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MAIL_AGENT)
    assert ">Bill Review <b>0</b></a>" in text(browser, "/desk")
    assert "No ticket waits here." in text(browser, "/desk?queue=Bill+Review")
    assert not models.Queue.objects.exists()
    full_desk()
    models.Queue.objects.create(name="Appeals")  # of an earlier policy: what waits there stays to be found
    page = text(browser, "/desk")
    assert page.index(">Appeals <b>0</b>") < page.index(">Bill Review <b>1</b>")
    assert page.count(">Bill Review <b>") == 1
    assert "Resolutions" not in page  # a line in the policy, and no queue


def test_the_desk_takes_as_many_statements_whatever_waits_there(signed_in: SignedIn) -> None:
    browser, contact = signed_in(Role.MAIL_AGENT), full_desk().contact
    text(browser, "/desk")  # which is written down, once
    asked = []
    for number in range(3):
        queue = models.Queue.objects.create(name=f"Queue {number}")
        for name, waits_in in ((f"Type {number}", None), ("Email", queue)):
            models.Ticket.objects.create(key=f"{name} {number}", type=name, queue=waits_in, contact=contact)
        models.Ticket.objects.create(key=f"closed {number}", type=f"Closed {number}", contact=contact, state="closed")
        with CaptureQueriesContext(connection) as statements:
            page = text(browser, "/desk")
        asked.append(len(statements))
        for shown in (f">Type {number} <b>1</b>", f">{queue.name} <b>1</b>"):
            assert shown in page
        assert f">Closed {number} <b>" not in page
        assert page.index(">Type 0 <b>") <= page.index(f">Type {number} <b>")
    assert len(set(asked)) == 1, asked


def test_work_at_the_desk(signed_in: SignedIn) -> None:
    ticket = full_desk()
    browser = signed_in(Role.MAIL_AGENT)
    assert "Bill Review" in text(browser, "/desk?queue=Bill+Review")
    browser.post(f"/desk/{ticket.pk}/post", {"text": "I called her."})
    browser.post(f"/desk/{ticket.pk}/post", {"text": "  "})
    browser.post(f"/desk/{ticket.pk}/take")
    assert "I called her." in text(browser, f"/desk/{ticket.pk}")
    assert ticket.chatter.count() == 2
    browser.post(f"/desk/{ticket.pk}/state", {"state": "closed"})
    ticket.refresh_from_db()
    assert (ticket.state, ticket.owner) == ("closed", User.objects.get())
    assert "My bill" not in text(browser, "/desk")
    assert "My bill" in text(browser, "/desk?closed")
    assert browser.get("/desk/99999999999999999999999").status_code == 404


def test_a_post_that_is_handed_in_twice_is_one(signed_in: SignedIn) -> None:
    ticket = full_desk()
    browser = signed_in(Role.MAIL_AGENT)
    address = f"/desk/{ticket.pk}"
    token = re.search(r'name="token" value="(\w+)"', text(browser, address))
    assert token
    given = {"text": "I called her.", "token": token[1]}
    for _ in range(2):
        assert b"Posted." in browser.post(f"{address}/post", given, follow=True).content
    other = browser.post(f"{address}/post", given | {"text": "And <b>him</b>."})
    page = other.content.decode()
    assert other.status_code == 409
    assert page.index("posted already, with other words") < page.index("And &lt;b&gt;him&lt;/b&gt;.</textarea>")
    new = re.search(r'name="token" value="(\w+)"', page)
    assert new
    assert new[1] != token[1]
    browser.post(f"{address}/post", given | {"token": new[1]})  # the same words once more, and meant so
    browser.post(f"{address}/post", {"text": "No token."})
    assert [post.text for post in ticket.chatter.all()][1:] == ["I called her.", "I called her.", "No token."]
    assert models.Event.objects.filter(action="chatter posted").count() == 3


def test_a_post_that_is_half_written_stays_while_the_ticket_is_taken_or_closed(signed_in: SignedIn) -> None:
    ticket = full_desk()
    browser = signed_in(Role.MAIL_AGENT)
    half = {"text": "I called <her>, and"}
    page = text(browser, f"/desk/{ticket.pk}")
    for act in ("take", "state"):
        assert re.search(rf'<button form="write" formaction="/desk/{ticket.pk}/{act}" formnovalidate', page), act
    for act, done in (("take", "It is yours."), ("state", "The ticket is closed.")):
        answer = browser.post(f"/desk/{ticket.pk}/{act}", half | {"state": "closed"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert done in page
        assert "data-unsaved>\nI called &lt;her&gt;, and</textarea>" in page
        assert browser.get(f"/desk/{ticket.pk}/{act}").headers["Location"] == f"/desk/{ticket.pk}"
    assert ticket.chatter.count() == 1
    assert browser.post("/desk/999/take", half).status_code == 404


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
