"""The pages of the desk: queues, tickets and posts."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recorded import a_mail, keep
from tests.web.conftest import SignedIn
from tests.web.test_console import text
from watchword.store import models
from watchword.web.access import Role


def full_desk() -> models.Ticket:
    """An escalated mail whose ticket has been moved and posted on, with words of every kind in every place."""
    keep(a_mail())
    contact = models.Contact.objects.get(key="m-1")
    queue = models.Queue.objects.create(name="Bill Review")
    ticket = models.Ticket.objects.create(key="t", type="Email", queue=queue, contact=contact, subject="My bill")
    models.Chatter.objects.create(ticket=ticket, text="It was said.", by="Watchword")
    return ticket


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
