"""Calls that need a person to look at them, on the supervisor's page."""

from __future__ import annotations

from dataclasses import replace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.recorded import a_call, a_mail, keep
from tests.web.conftest import SignedIn
from tests.web.test_console import text
from watchword.settings import Settings
from watchword.store import models
from watchword.terms import Person
from watchword.web.access import Role
from watchword.web.console.common import ROWS
from watchword.web.console.escalations import to_look_at


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
