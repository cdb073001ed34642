"""That a long list over the API reads what it tells and no more: a page of it is asked for by every integration."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.recorded import SUES, a_call, keep
from tests.web.test_api import API
from watchword.store import models
from watchword.store.models import Receipt, Step
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
