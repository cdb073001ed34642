"""What goes to PostgreSQL as one message: writes with the next statement, and questions asked ahead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from tests.databases import fresh_postgresql
from tests.recorded import SUES, a_call, keep
from tests.web.on_a_call import said
from watchword.settings import Settings
from watchword.store import models, rows
from watchword.store.messages import Question, ask_ahead, together
from watchword.store.replanning import STEPS
from watchword.terms import Speaker, Turn
from watchword.web import live


@pytest.fixture
def wrapper(tmp_path: Path, postgresql_server: Any) -> Iterator[Any]:
    """The connection to a PostgreSQL."""
    settings = Settings(folder=tmp_path / "service", model="off", worker="w1", secret="test")
    with fresh_postgresql(postgresql_server, settings):
        yield connections["default"]


def test_what_is_written_together_goes_with_the_next_statement(wrapper: Any) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    turns = [models.Turn(contact=contact, number=at, speaker="caller", text="100 % sure; yes") for at in (5, 6)]
    contact.issue = "INV-7"
    with CaptureQueriesContext(wrapper) as asked, transaction.atomic(), together():
        for turn in turns:
            rows.add_soon(turn)
        rows.change(contact, "issue")
        assert turns[0].pk is None
        found = models.Contact.objects.get(issue="INV-7")
        assert found == contact
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "told", contact.pk)
    assert [one["sql"].partition(" ")[0] for one in asked] == ["BEGIN", "INSERT", "UPDATE", "COMMIT"]
    assert [turn.pk for turn in turns] == list(contact.turns.filter(number__gte=5).values_list("pk", flat=True))
    assert models.Contact.objects.get().source == "told"


def test_what_is_asked_ahead_is_one_message_and_answered_once(wrapper: Any) -> None:
    keep(a_call(SUES))
    contact, steps = models.Contact.objects.get(), list(models.Step.objects.order_by("position"))
    assert steps
    with CaptureQueriesContext(wrapper) as asked, transaction.atomic(), together():
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "100 % told", contact.pk)
        ask_ahead(
            rows.asked_locked(models.Contact, "id", contact.pk),
            Question(STEPS, (contact.pk,)),
            keys=(models.Turn, models.Note),
        )
        found = rows.found_locked(models.Contact, "id", contact.pk)
        assert found is not None
        assert found.source == "100 % told"
        assert rows.found(models.Step, STEPS, contact.pk) == steps
        turn = models.Turn(contact=contact, number=5, speaker="caller", text="later")
        rows.add(turn)
        assert turn.pk is not None
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "again", contact.pk)
        again = rows.found_locked(models.Contact, "id", contact.pk)
        assert again is not None
        assert again.source == "again"
    begin, one, two, commit = (statement["sql"] for statement in asked)
    assert (begin, commit) == ("BEGIN", "COMMIT")
    assert one.startswith("UPDATE")
    assert two.startswith("INSERT")
    assert models.Turn.objects.get(number=5).pk == turn.pk
    last = models.Turn(contact=contact, number=6, speaker="caller", text="and later")
    rows.add(last)
    assert last.pk > turn.pk  # none is given twice


def test_a_turn_that_raises_a_flag_goes_there_five_times(wrapper: Any) -> None:
    said("Hello?")
    live.say("c-1", [(1, Turn(Speaker.CALLER, "I see."))], actor="test")
    with CaptureQueriesContext(wrapper) as first:
        live.say("c-1", [(2, Turn(Speaker.CALLER, SUES))], actor="test")
    with CaptureQueriesContext(wrapper) as second:
        live.say("c-1", [(3, Turn(Speaker.CALLER, "And I will tell the Better Business Bureau."))], actor="test")
    assert models.Assessment.objects.count() == 3
    assert [len(first), len(second)] == [5, 5]  # BEGIN and COMMIT among them
