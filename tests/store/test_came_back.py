"""A list of wishes that is older than a withdrawal brings what was withdrawn back in force, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.store.test_imports import counts, table, taken
from watchword.settings import Settings
from watchword.store.chain import verify_events
from watchword.store.imports import came_back
from watchword.store.models import Event, Import, RegisterEntry
from watchword.store.register import withdraw

HEADER = "patient_id,phone,calls,messages,mail,since\n"
ANA, BEN = "P-1,,yes,yes,no,\n", "P-2,,yes,no,no,\n"
WHEN = timezone.now().replace(microsecond=0) - timedelta(days=30)


def listed(*lines: str) -> Import:
    return taken(table(*lines, header=HEADER), "register", "the old dialer")


@pytest.fixture(autouse=True)
def withdrawn(database: Settings) -> RegisterEntry:
    """Ana and Ben came by a list, and Ana's wish was withdrawn."""
    assert came_back(listed(ANA, BEN)) == 0
    entry = RegisterEntry.objects.get(messages=True)
    withdraw(entry.pk, by="user sam", why="she asked for it")
    RegisterEntry.objects.filter(pk=entry.pk).update(withdrawn_at=WHEN)
    return RegisterEntry.objects.get(pk=entry.pk)


def test_it_is_in_force_again_and_the_import_names_it(withdrawn: RegisterEntry) -> None:
    made = listed(BEN, ANA)
    assert (counts(made), came_back(made)) == ((1, 0, 1, 0), 1)
    entry = RegisterEntry.objects.latest("pk")
    assert (entry.calls, entry.messages, entry.mail, entry.withdrawn_at) == (True, True, False, None)
    assert (entry.back_after, entry.brought_by) == (withdrawn, made)
    told = made.refusals.get()
    assert told.line == 3
    assert told.what == f"It had been withdrawn {WHEN:%Y-%m-%d %H:%M} UTC by user sam, and is in force again."
    assert "she asked" not in told.what + told.do
    assert Event.objects.get(action="register imported", subject=f"import {made.pk}").detail["came_back"] == 1
    assert Event.objects.filter(action="register entry made").latest("number").detail["back_after"] == withdrawn.pk
    again = listed(BEN, ANA)
    assert (counts(again), came_back(again), again.refusals.count()) == ((0, 0, 2, 0), 0, 0)
    verify_events()


@pytest.mark.parametrize(
    ("line", "back"),
    [
        ("P-1,,yes,no,no,{before}\n", True),
        ("P-1,,yes,no,yes,\n", True),  # one of its ways had been withdrawn
        ("P-1,,no,no,yes,\n", False),  # this way never was
        ("P-1,,yes,yes,no,{after}\n", False),  # she has asked again since
        ("P-3,,yes,yes,no,\n", False),
    ],
)
def test_it_is_told_of_what_had_been_withdrawn_since_the_wish(line: str, back: bool) -> None:
    moments = {"before": WHEN - timedelta(days=1), "after": WHEN + timedelta(days=1)}
    made = listed(line.format(**{name: moment.isoformat() for name, moment in moments.items()}))
    assert (counts(made), came_back(made)) == ((1, 0, 0, 0), int(back))
    assert (RegisterEntry.objects.latest("pk").back_after is not None) == back


def test_what_another_entry_closes_all_the_while_does_not_come_back(withdrawn: RegisterEntry) -> None:
    listed("P-1,,yes,yes,no,\n")
    first = RegisterEntry.objects.latest("pk")
    made = listed("P-1,,yes,no,yes,\n")  # calls are closed; mail was never withdrawn
    assert (counts(made), came_back(made)) == ((1, 0, 0, 0), 0)
    withdraw(first.pk, by="user sam", why="again")
    made = listed("P-1,,no,yes,no,\n")
    assert came_back(made) == 1
    assert RegisterEntry.objects.latest("pk").back_after == first, "the newest withdrawal"


def test_one_that_is_known_by_other_zeros_too_is_told_of_both() -> None:
    listed("00123,,yes,no,no,\n", ",650 555 0100,yes,no,no,\n")
    withdraw(RegisterEntry.objects.latest("pk").pk, by="user sam", why="x")
    made = listed("123,650 555 0100,yes,no,no,\n")
    assert (counts(made), came_back(made)) == ((1, 0, 0, 0), 1)
    told = made.refusals.get().what
    assert ("with other zeros" in told, "It had been withdrawn" in told) == (True, True)
