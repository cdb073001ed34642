"""A service in which everything has happened once: rows for every page, in every state that is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from tests.made import NOW
from tests.recorded import ANA, NO_MORE, SUES, a_call, a_mail, keep
from watchword.escalation.states import StepState
from watchword.store import imports, models
from watchword.store.notes import keep_note, take_note
from watchword.store.register import enter_by_hand, withdraw
from watchword.store.struck import strike_named
from watchword.store.webhooks import add_webhook, topics_named
from watchword.terms import Channel, Note, Scope

GAP = re.compile(r"<(?:\w+:)?(\w+)>")


def fill() -> list[str]:
    """Make the rows; what can stand in the gaps of addresses."""
    keep(a_call("Thank you.", SUES, NO_MORE, "I have been waiting for a call for weeks."), is_open=True)
    keep(a_mail(f"{SUES} This is a fraud."))
    for number, state in enumerate(StepState):
        someone = replace(ANA, name=f"Bo Lund {number}", patient_id=f"P-2{number}", phone=None, email=None)
        keep(a_call(SUES, id=f"c-{state.value}", person=someone))
        steps = models.Step.objects.filter(escalation__contact__key=f"c-{state.value}")
        steps.update(state=state, try_at=None, why="The other side is closed.")
        models.Escalation.objects.filter(contact__key=f"c-{state.value}").update(state=_shown(state))
    for step in models.Step.objects.filter(state=StepState.CONFIRMED):
        models.Receipt.objects.create(step=step, system="desk", reference="T-1", settled=True, by="Jo")
    person = models.Person.objects.get(name=ANA.name)
    keep_note(person, Note("n1", "LIMS", "Pt called re bill.", Channel.PHONE, NOW, "INV-1"))
    keep_note(person, Note("n2", "AMD", "Sent an estimate.", None, None, None))
    others = Note("n4", "AMD", "Pt called re appt.", Channel.PHONE, NOW, "INV-1")
    take_note(replace(ANA, email="bo@example.org"), others)
    strike_named("AMD", "n4", by="user sam", why="It was another patient's.")
    take_note(
        replace(ANA, name="Bo Lund 0", patient_id="P-20", phone=None, email="bo@example.org"), replace(others, id="n5")
    )
    enter_by_hand(person, [Scope.CALLS], by="sam", origin="a letter")
    withdraw(enter_by_hand(person, [Scope.MAIL], by="sam", origin="a letter").pk, by="sam", why="she asked")
    contact = models.Contact.objects.get(key="m-1")
    queue = models.Queue.objects.create(name="Bill Review")
    one = {"queue": queue, "type": "Email", "contact": contact, "subject": "My bill", "body": "Please see to it."}
    ticket = models.Ticket.objects.create(key="t1", **one)
    models.Ticket.objects.create(key="t2", type="Patient SOS", contact=contact, subject="My bill")
    models.Chatter.objects.create(ticket=ticket, text="It was said.", by="Watchword")
    models.QueueMove.objects.create(key="q1", ticket=ticket, queue=queue, at=timezone.now())
    escalation = models.Escalation.objects.get(contact=contact)
    step = escalation.steps.order_by("position")[0]
    raw = b"From: ana@example.org\r\nSubject: My bill\r\n\r\nThis is a fraud.\r\n"
    models.OriginalMail.objects.create(contact=contact, raw=raw, hash="0" * 64, whence="a folder")
    add_webhook("crm", "http://127.0.0.1:9/told", topics_named(["all"]), by="sam")
    models.Webhook.objects.update(stopped_at=timezone.now(), why="It answered 404: check the address.")
    keep(replace(a_call("Hello there.", id="c-unread"), unread=("It could not be read.",)))
    table = b"source,id,note,phone\nLIMS,n3,Pt called.,+16505551212\n"
    one_import = imports.hand_in("notes", table, file="notes.csv", source="", by="sam")
    named = [str(number) for number in (1, contact.pk, one_import.pk)]
    return [*named, "notes", "crm", "c-1", "m-1", escalation.key, step.key]


def _shown(state: StepState) -> str:
    shown = {StepState.CONFIRMED: "done", StepState.CANCELLED: "dismissed"}
    moving = (StepState.PLANNED, StepState.SENT)
    return shown.get(state, "under way" if state in moving else state.value)


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Every address of a page for people."""
    for one in resolver.url_patterns:
        here = before + str(one.pattern).lstrip("^").rstrip("$")
        if isinstance(one, URLPattern):
            yield here
        elif not here.startswith("/api/"):
            yield from patterns(one, here)


def pages(browser: Client, patterns: list[str], samples: list[str]) -> Iterator[str]:
    """An address for every page that a browser can look at, its gaps filled with something that is there.

    Raises AssertionError for a page that none of the samples opens: then a row is missing in `fill`.
    """
    for pattern in patterns:
        answers = {GAP.sub(one, pattern): None for one in samples} if GAP.search(pattern) else {pattern: None}
        statuses = []
        for address in answers:
            answer = browser.get(address)
            statuses.append(answer.status_code)
            if answer.status_code in (200, 302):
                if answer.status_code == 302 or answer["Content-Type"].startswith("text/html"):
                    yield address
                break
        opened = not GAP.search(pattern) or {200, 302, 405} & set(statuses)
        assert opened, f"no sample opens {pattern}: {statuses}"
