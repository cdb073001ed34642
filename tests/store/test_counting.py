"""Several groups counted at once: each row once, and no list further than the limit."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from tests.recorded import a_call, a_mail, keep
from watchword.settings import Settings
from watchword.store.counting import how_many
from watchword.store.models import Contact

Lists = list[list[QuerySet[Any]]]


def groups() -> Lists:
    calls, mails = (Contact.objects.filter(channel=channel).values("pk") for channel in ("phone", "email"))
    nobody = Contact.objects.filter(channel="letter").values("pk")
    return [[calls, Contact.objects.values("pk")], [calls], [mails, mails], [nobody]]


def test_each_row_is_counted_once_and_at_most_so_many(database: Settings) -> None:
    for number in range(3):
        keep(a_call("Hello.", id=f"c-{number}"))
    keep(a_mail("Hello."))
    assert how_many(groups, 10) == [4, 3, 1, 0]
    assert how_many(groups, 2) == [2, 2, 1, 0]


def test_all_groups_are_one_statement_and_what_is_new_counts(database: Settings) -> None:
    assert how_many(groups, 10) == [0, 0, 0, 0]
    keep(a_call("Hello."))
    with CaptureQueriesContext(connection) as asked:
        assert how_many(groups, 10) == [1, 1, 0, 0]
    assert len(asked) == 1
