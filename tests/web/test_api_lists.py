"""That a long list over the API reads what it tells and no more: a page of it is asked for by every integration."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.databases import close
from tests.recorded import SUES, a_call, assessed, keep
from tests.web.test_api import API
from watchword.escalation.steps import plan_steps
from watchword.store import models
from watchword.store.models import Receipt, Step
from watchword.store.record import record
from watchword.terms import Person
from watchword.web.access import KeyScope

UNTOLD = ('"body"', '"history"', '"given_person"', '"record"', '"password"', '"demanded_by"', '"held_by"')


def test_a_page_of_escalations_reads_nothing_that_it_does_not_tell(machine: Callable[..., Client]) -> None:
    for number in range(30):
        keep(a_call(SUES, id=f"c-{number}"))
    for step in Step.objects.filter(kind="ticket"):
        Receipt.objects.create(step=step, system="desk", reference=f"T-{step.pk}", settled=True)
    crm = machine(KeyScope.ESCALATIONS)
    crm.get(f"{API}/escalations")  # that this key reads them is written down once
    asked = {}
    for limit in (3, 30):
        with CaptureQueriesContext(connection) as queries:
            told = crm.get(f"{API}/escalations", {"limit": limit}).json()["escalations"]
        assert len(told) == limit
        for one in told:
            transfer, ticket = one["steps"]
            assert (one["contact"], one["assessed"], one["owner"]) == (_contact_of(one["key"]), 1, None)
            assert (transfer["receipt"], ticket["receipt"].split("-")[0]) == (None, "desk T")
        asked[limit] = [query["sql"] for query in queries]
    assert len(asked[3]) == len(asked[30]) == 4  # the key, the escalations, their steps, and whether it is written down
    assert not [column for query in asked[30] for column in UNTOLD if column in query]


def _contact_of(key: str) -> str:
    return models.Escalation.objects.get(key=key).contact.key


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite one writes at a time
def test_whoever_asks_since_the_newest_escalation_misses_none(machine: Callable[..., Client]) -> None:
    """One is begun before another, and written down only when that one has been read."""
    crm, begun, other_was_read = machine(KeyScope.ESCALATIONS), Event(), Event()
    early = a_call(SUES, id="c-early")
    assessment = assessed(early)

    def is_long_about_it(row: models.Contact) -> None:
        begun.set()
        other_was_read.wait(60)

    def write() -> None:
        record(early, assessment, plan_steps(assessment), alongside=is_long_about_it, actor="test")
        close()

    writer = Thread(target=write)
    writer.start()
    assert begun.wait(60)
    try:
        keep(a_call(SUES, id="c-late", person=Person("P-1002")))
        (late,) = crm.get(f"{API}/escalations").json()["escalations"]
    finally:
        other_was_read.set()
        writer.join()
    told = crm.get(f"{API}/escalations", {"since": late["opened_at"]}).json()["escalations"]
    assert {one["contact"] for one in told} == {"c-early", "c-late"}
