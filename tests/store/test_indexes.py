"""The lists that pages show are read through an index and come in its order, however many contacts there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from watchword.settings import Settings
from watchword.store.inbox import Group, mails_in
from watchword.store.models import Contact, Escalation, Event, Identity, RegisterEntry, Step, Ticket
from watchword.store.people import beginning
from watchword.web.console.escalations import to_look_at

NEWEST = ("-at", "-id")
FEW: dict[str, tuple[Callable[[], QuerySet[Any]], str]] = {  # among many, and the index of them alone
    "open calls": (lambda: Contact.objects.filter(is_open=True).order_by("-at", "-id"), "contact_open"),
    "to look at": (to_look_at, "contact_needs_person"),
    "mails to look at": (lambda: mails_in(Group.PERSON)[-1].order_by("-at", "-id"), "contact_needs_person"),
    "mails looked at": (lambda: mails_in(Group.DONE)[-1].order_by("-at", "-id"), "contact_looked_at"),
}
LISTS: dict[str, Callable[[], QuerySet[Any]]] = {
    "contacts": lambda: Contact.objects.order_by(*NEWEST),
    "inbox": lambda: Contact.objects.filter(channel="email", outcome="escalate").order_by(*NEWEST),
    "mails": lambda: Contact.objects.filter(channel="email").order_by(*NEWEST),
    "timeline": lambda: Contact.objects.filter(person_id=1).order_by("-at"),
    "one issue": lambda: Contact.objects.filter(issue_key="INV-1").order_by("-at"),
    **{name: few for name, (few, _) in FEW.items()},
    "escalations": lambda: Escalation.objects.filter(state="needs a person").order_by("-opened_at", "-id"),
    "channel": lambda: Escalation.objects.filter(channel="email", state="done").order_by("-opened_at", "-id"),
    "due": lambda: Step.objects.filter(try_at__lte=timezone.now(), queued_at__isnull=True).order_by("try_at"),
    "queue": lambda: Ticket.objects.filter(queue_id=1, state="open").order_by("-created_at"),
    "open tickets": lambda: Ticket.objects.filter(state="open").order_by("-created_at", "-id"),
    "a type": lambda: Ticket.objects.filter(state="open", queue__isnull=True, type="A").order_by("-created_at", "-id"),
    "names": lambda: beginning("ana"),
    "one subject": lambda: Event.objects.filter(subject="contact c-1").order_by("number"),
    "who has this": lambda: Identity.objects.filter(kind="phone", value="+16505551212"),
    "in force": lambda: RegisterEntry.objects.filter(person_id=1, withdrawn_at__isnull=True),
}
WITHOUT_INDEX = {"sqlite": ("SCAN store_", "TEMP B-TREE"), "postgresql": ("Seq Scan", "Sort")}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_through_an_index(database: Settings, name: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # with few rows it would rather read them all
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    plan = LISTS[name]()[:50].explain()
    bad = [words for words in WITHOUT_INDEX[connection.vendor] if words in plan and f"{words}USING" not in plan]
    if connection.vendor == "sqlite":
        bad = [words for words in bad if "USING INDEX" not in plan or words == "TEMP B-TREE"]
    assert not bad, plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL counts rows, and chooses by that
@pytest.mark.parametrize("name", FEW)
def test_few_among_many_are_read_through_an_index_of_them_alone(database: Settings, name: str) -> None:
    found, index = FEW[name]
    for plan in (found()[:50].explain(), found().order_by().values_list("pk")[:50].explain()):
        assert f"INDEX {index}" in plan, plan
