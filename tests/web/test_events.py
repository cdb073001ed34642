"""The log as auditors read it: who saw and did what, once in a quarter of an hour, and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.made import NOW
from tests.recorded import SUES, a_call, a_mail, keep
from tests.store.test_chain import tamper
from tests.web.conftest import SignedIn
from tests.web.test_console import EVIL, text
from watchword.settings import Settings
from watchword.store import chain, models, owners
from watchword.store.chain import append_event, number_at, saw, verify_events
from watchword.terms import Person
from watchword.web.access import Role
from watchword.web.console import events


def seen() -> list[tuple[str, str, str]]:
    found = models.Event.objects.filter(action__endswith=" seen").exclude(action="events seen").order_by("number")
    return list(found.values_list("actor", "action", "subject"))


def test_who_saw_what(signed_in: SignedIn) -> None:
    recorded = keep(a_call(SUES))
    contact = models.Contact.objects.get()
    ticket = models.Ticket.objects.create(key="t", type="Email", contact=contact, subject="My bill")
    browser = signed_in(Role.AGENT)
    for address in (
        f"/contacts/{contact.pk}",
        f"/people/{contact.person_id}",
        f"/escalations/{recorded.escalation}",
        f"/desk/{ticket.pk}",
    ):
        text(browser, address)
        text(browser, address)  # a page that is looked at twice in a minute is seen once
    person = f"person {contact.person_id}"
    assert seen() == [
        ("user agent", "contact seen", "contact c-1"),
        ("user agent", "person seen", person),
        ("user agent", "escalation seen", "contact c-1"),
        ("user agent", "ticket seen", "contact c-1"),
    ]
    assert verify_events() == models.Event.objects.count()


def test_it_is_seen_again_after_a_quarter_of_an_hour(database: Settings) -> None:
    saw("user ana", "contact seen", "contact c-1")
    saw("user ana", "contact seen", "contact c-1")
    saw("user ben", "contact seen", "contact c-1")
    saw("user ana", "contact seen", "contact c-2")
    assert len(seen()) == 3
    later = chain.SEEN_AGAIN
    chain.SEEN_AGAIN = timedelta(0)
    try:
        saw("user ana", "contact seen", "contact c-1")
    finally:
        chain.SEEN_AGAIN = later
    assert len(seen()) == 4


def test_events_are_found_again(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    keep(a_mail(id="m-1", person=Person("P-2", "Ben Lake")))
    ana, ben = models.Person.objects.order_by("pk")
    append_event("user zoe", "step agree", f"step {models.Step.objects.order_by('pk')[0].key}", {"to": "planned"})
    browser = signed_in(Role.AUDITOR)
    page = text(browser, "/events")
    for told in ("contact c-1", "contact m-1", "user zoe", "to: planned", "contact recorded"):
        assert told in page
    assert "contact m-1" not in text(browser, f"/events?person={ana.pk}")
    assert "user zoe" in text(browser, f"/events?person={ana.pk}&who=user+zoe&what=step+agree")
    assert "contact c-1" not in text(browser, f"/events?person={ben.pk}")
    assert "No event fits." in text(browser, "/events?who=nobody")
    assert "No event fits." in text(browser, "/events?person=99999")
    today = datetime.now(UTC).date()
    assert "contact c-1" in text(browser, f"/events?from={today - timedelta(days=1)}&to={today + timedelta(days=1)}")
    assert "No event fits." in text(browser, f"/events?to={today - timedelta(days=2)}")
    assert "No event fits." in text(browser, f"/events?from={today + timedelta(days=2)}")
    for odd in ("from=2025-99-99", "from=x", "to=9999-12-31", "before=x", "person=x", "before=99999999999999999999"):
        text(browser, f"/events?{odd}")


def test_what_became_of_a_persons_contacts_is_in_their_log(signed_in: SignedIn) -> None:
    """Who took what followed, and their ticket, with a link to each."""
    recorded = keep(a_call(SUES))
    keep(a_mail(id="m-1", person=Person("P-2", "Ben Lake")))
    ana, ben = models.Person.objects.order_by("pk")
    contact = models.Contact.objects.get(key="c-1")
    ticket = models.Ticket.objects.create(key="t", type="Email", contact=contact, subject="My bill")
    browser = signed_in(Role.SUPERVISOR)
    assert recorded.escalation
    owners.take(recorded.escalation, User.objects.get(), by="user zoe")
    append_event("user zoe", "ticket taken", f"ticket {ticket.pk}")
    log = text(browser, f"/events?person={ana.pk}&who=user+zoe")
    assert "escalation taken" in log
    assert f'href="/escalations/{recorded.escalation}"' in log
    assert f'href="/desk/{ticket.pk}"' in log
    assert "No event fits." in text(browser, f"/events?person={ben.pk}&who=user+zoe")


def test_what_an_event_tells_is_put_in_words(signed_in: SignedIn) -> None:
    """Whoever reads the log knows no Python: no brackets, no True, and nothing after a colon is no answer."""
    told = {"steps": ["warm_transfer", "ticket"], "opened": True, "changed": False, "tries": 0}
    append_event("user zoe", "looked", "thing 1", {**told, "kinds": [], "reason": "", "owner": None})
    page = text(signed_in(Role.AUDITOR), "/events?who=user+zoe")
    for words in ("steps: warm_transfer, ticket", "opened: yes", "changed: no", "tries: 0"):
        assert words in page
    for name in ("kinds", "reason", "owner"):
        assert f"{name}: none" in page


def test_older_events_page_by_page(signed_in: SignedIn) -> None:
    for number in range(1, 121):
        append_event("user ana", "looked", f"thing {number}")
    browser = signed_in(Role.SUPERVISOR)
    first = text(browser, "/events?who=user+ana")
    assert "thing 120<" in first
    assert "thing 70<" not in first
    second = text(browser, "/events?who=user+ana&before=71")
    assert "thing 70<" in second
    assert "who=user%20ana&amp;before=21" in second


def test_what_events_are_about_is_looked_up_at_once(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AUDITOR)
    asked = []
    for number in range(1, 5):
        recorded = keep(replace(a_call(SUES), id=f"c-{number}"))
        step = models.Step.objects.filter(escalation__key=recorded.escalation)[0]
        append_event("worker", "step sent", f"step {step.key}")
        append_event("user zoe", "escalation taken", f"escalation {recorded.escalation}")
        append_event("user zoe", "ticket taken", f"ticket {number}")
        with CaptureQueriesContext(connection) as statements:
            page = text(browser, "/events")
        asked.append(len(statements))
        assert page.count(f'href="/escalations/{recorded.escalation}"') == 2
        assert f'href="/desk/{number}"' in page
        assert f'href="/contacts/{models.Contact.objects.get(key=f"c-{number}").pk}"' in page
    assert len(set(asked[1:])) == 1  # the first page writes that the log was seen


def test_a_moment_is_found(database: Settings) -> None:
    assert number_at(datetime.now(UTC)) == 1
    for number in range(30):
        append_event("ana", "looked", f"thing {number}")
    for number in range(1, 31):
        at = datetime.fromisoformat(models.Event.objects.get(number=number).at)
        assert number_at(at) == number
    assert number_at(datetime.now(UTC) + timedelta(days=1)) == 31
    gone, before = models.Event.objects.get(number=16), models.Event.objects.get(number=15)
    tamper("DELETE FROM store_event WHERE number = 16")
    assert number_at(datetime.fromisoformat(before.at)) == 15
    assert number_at(datetime.fromisoformat(gone.at)) == 17


def test_the_log_takes_few_statements_whoever_is_in_it(signed_in: SignedIn) -> None:
    browser, today = signed_in(Role.AUDITOR), datetime.now(UTC).date()
    for number in range(40):
        append_event(f"user {number}", f"looked at {number}", "thing")
    text(browser, "/events")  # which is written down, once
    with CaptureQueriesContext(connection) as statements:
        page = text(browser, f"/events?from={today}&to={today}")
    assert "looked at 39" in page
    told = [one["sql"] for one in statements if not one["sql"].startswith(("PRAGMA", "SET", "SELECT 1"))]
    assert len(told) <= 11, told


def test_events_are_for_auditors_and_supervisors(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MAIL_AGENT)
    assert browser.get("/events").status_code == 403
    assert "Events" not in text(browser, "/people")


def test_what_stands_in_events_is_shown_and_never_run(signed_in: SignedIn) -> None:
    append_event(EVIL, EVIL[:60], EVIL, {EVIL: EVIL, "none": None, "list": [EVIL]})
    page = text(signed_in(Role.AUDITOR), "/events")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_whoever_is_among_too_many_to_choose_from_can_be_typed(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(Role.AUDITOR)
    for name in ("key crm", "user ana", "user zoe"):
        append_event(name, "looked", f"contact of {name}")
    assert '<select name="who">' in browser.get("/events").content.decode()
    monkeypatch.setattr(events, "MOST_VALUES", 2)
    page = browser.get("/events?who=user+zoe").content.decode()
    assert 'name="who" list="actors" value="user zoe"' in page
    assert "contact of user zoe" in page
    assert "contact of user ana" not in page


def test_a_person_with_too_many_contacts_to_look_for_is_told_of(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(replace(a_mail(id="m-1"), received_at=NOW))
    keep(replace(a_mail(id="m-2"), received_at=NOW + timedelta(days=1)))
    person = models.Person.objects.get()
    browser = signed_in(Role.AUDITOR)
    assert "newest" not in text(browser, f"/events?person={person.pk}")
    monkeypatch.setattr(events, "MOST_SUBJECTS", 1)
    page = text(browser, f"/events?person={person.pk}")
    assert "contact m-2" in page
    assert "contact m-1" not in page
    assert "Only what is about their newest 1 contacts" in page
