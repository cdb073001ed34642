"""Rows written in SQL of our own are those that Django would have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from tests.recorded import SUES, a_call, keep
from watchword.escalation.steps import step_key
from watchword.settings import Settings
from watchword.store import models, rows
from watchword.store.messages import send, together
from watchword.store.replanning import STEPS
from watchword.store.rows import _taken

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
AWKWARD = "a'\"\\ %s {x} \N{SNOWMAN}\n"


def written() -> list[Model]:
    """One row of each kind that a call or a table may write, with something in every field that can hold it."""
    contact = models.Contact.objects.get()
    escalation = models.Escalation.objects.get()
    assessed: dict[str, Any] = {"contact": contact, "outcome": "clarify", "policy_name": AWKWARD, "policy_version": "2"}
    assessment = models.Assessment(
        **assessed, number=7, made_at=AT, policy_hash="0" * 64, needs_person=True, record={AWKWARD: [1, None]}, hash="1"
    )
    step = models.Step(
        escalation=escalation,
        name="other",
        key=step_key(escalation.key, "other"),
        kind="ticket",
        position=9,
        level="clarify",
        confirm="agent",
        state="planned",
        type=AWKWARD,
        scope=["calls"],
        demanded_by=[["a", None, "b"]],
        try_at=AT,
        answer_by=AT,
    )
    event = models.Event(
        number=9999,
        at=AT.isoformat(),
        actor="a",
        action=AWKWARD,
        subject="s",
        previous="",
        hash="2",
        detail={"a": AWKWARD},
    )
    turn = models.Turn(contact=contact, number=5, speaker="caller", text=AWKWARD, extra={"a": [True, 1.5]})
    flag = models.Flag(contact=contact, kind=AWKWARD, level="clarify", trial=True, at=AT)
    person = models.Person(name=AWKWARD, name_key="a", extra={"a": [None, AWKWARD]})
    note = models.Note(
        source=AWKWARD,
        external_id="n1",
        person=contact.person,
        at=AT,
        issue=AWKWARD,
        text=AWKWARD,
        taught=[{"a": False}],
    )
    entry = models.RegisterEntry(
        register=AWKWARD, person=contact.person, mail=True, origin="a", evidence=[{"quote": AWKWARD}], since=AT
    )
    return [assessment, step, event, turn, flag, person, note, entry]


def values(row: Model) -> dict[str, Any]:
    """Every value as the database gives it back; when it was made, and its key, may differ."""
    kept = type(row)._default_manager.get(pk=row.pk)
    own = {"id", "recorded_at", "made_at", "planned_at", "changed_at", "created_at", "imported_at"}
    return {
        field.attname: getattr(kept, field.attname) for field in kept._meta.concrete_fields if field.name not in own
    }


def test_a_row_added_is_the_row_that_django_saves(database: Settings) -> None:
    keep(a_call(SUES))
    saved = []
    with transaction.atomic():
        for row in written():
            row.save()
            saved.append(values(row))
        transaction.set_rollback(True)
    for row, as_saved in zip(written(), saved, strict=True):
        rows.add(row)
        assert row.pk
        assert values(row) == as_saved
        assert not row._state.adding


def test_a_database_that_tells_no_keys_is_asked_for_the_last_one(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":  # such as are older than 3.35
        monkeypatch.setattr(connection.features, "can_return_columns_from_insert", False)
    keep(a_call(SUES))
    turn = models.Turn(contact=models.Contact.objects.get(), number=5, speaker="caller", text="later")
    rows.add(turn)
    assert turn == models.Turn.objects.get(number=5)


def test_a_row_that_may_not_be_is_refused_as_django_refuses_it(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.add(models.Turn(contact=contact, number=0, speaker="caller", text="again"))
    assert contact.turns.count() == 1


def test_only_what_is_named_is_changed(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    contact.outcome, contact.extra, contact.ended_at, contact.issue = "clear", {"a": AWKWARD}, AT, "not written"
    rows.change(contact, "outcome", "extra", "ended_at")
    kept = models.Contact.objects.get()
    assert (kept.outcome, kept.extra, kept.ended_at, kept.issue) == ("clear", {"a": AWKWARD}, AT, None)


def test_a_row_found_is_the_row_that_django_finds(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    with transaction.atomic():
        escalation = rows.found_locked(models.Escalation, "contact", contact.pk)
        assert escalation == models.Escalation.objects.get()
        assert escalation is not None
        assert values(escalation) == values(models.Escalation.objects.get())
        found = rows.found_locked(models.Contact, "id", contact.pk)
        assert found is not None
        assert values(found) == values(contact)
        assert found.given_person == contact.given_person
        assert rows.found_locked(models.Contact, "id", contact.pk + 1) is None


def test_rows_that_are_found_have_the_fields_that_were_asked_for(database: Settings) -> None:
    keep(a_call(SUES))
    kept = models.Assessment.objects.get()
    every = "SELECT record, needs_person, id, hash, policy_hash, made_at FROM store_assessment WHERE contact_id = %s"
    (found,) = rows.found(models.Assessment, every, kept.contact_id)
    assert found.get_deferred_fields() == {
        *("contact_id", "number", "outcome", "policy_name", "policy_version", "model"),
    }
    assert (found.record, found.needs_person, found.made_at) == (kept.record, kept.needs_person, kept.made_at)
    assert found == kept
    assert found.number == kept.number
    assert rows.found(models.Assessment, every, kept.contact_id + 1) == []
    (step, *_) = rows.found(models.Step, STEPS, kept.contact_id)
    assert values(step) == values(models.Step.objects.order_by("position")[0])
    assert step.scope == models.Step.objects.order_by("position")[0].scope


def test_a_row_is_made_by_the_database_that_it_is_of(database: Settings) -> None:
    """A program may have had another database before, as this one here."""
    there = _taken(models.Contact, ("id", "at"), connection.vendor)
    at = next(one for one in there if one.name == "at")
    assert bool(at.converters) == (connection.vendor == "sqlite")
    assert _taken(models.Contact, ("id", "at"), "another") is not there


def test_what_is_written_together_has_its_keys_and_keeps_its_order(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    turns = [models.Turn(contact=contact, number=at, speaker="caller", text=AWKWARD) for at in (5, 6)]
    with transaction.atomic(), together():
        rows.add_soon(turns[0])
        rows.write("DELETE FROM store_turn WHERE contact_id = %s AND number >= %s", contact.pk, 5)
        rows.add_soon(turns[1])
        send()
        assert turns[1].pk == models.Turn.objects.get(number=6).pk
        assert not models.Turn.objects.filter(number=5).exists()
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", AWKWARD, contact.pk)
        models.Turn.objects.bulk_create([models.Turn(contact=contact, number=7, speaker="caller", text=AWKWARD)])
        assert models.Contact.objects.get().source == AWKWARD
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "read in pieces", contact.pk)
        assert [one.source for one in models.Contact.objects.iterator()] == ["read in pieces"]
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "a", contact.pk)
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE store_contact SET source = source || %s", [("b",), ("c",)])
        assert models.Contact.objects.get().source == "abc"
    assert list(contact.turns.filter(number__gte=5).values_list("number", "text")) == [(6, AWKWARD), (7, AWKWARD)]


def test_what_is_refused_undoes_all_that_was_written_together(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()
    again = models.Turn(contact=contact, number=0, speaker="caller", text="again")

    def write() -> None:
        with transaction.atomic(), together():
            rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "told", contact.pk)
            rows.add_soon(again)

    with pytest.raises(IntegrityError):
        write()
    assert models.Contact.objects.get().source == contact.source
    with transaction.atomic(), together():  # nothing of it comes later
        rows.add_soon(models.Turn(contact=contact, number=1, speaker="caller", text="more"))
    assert contact.turns.count() == 2


def test_what_is_undone_to_a_savepoint_is_no_more_than_what_came_after_it(database: Settings) -> None:
    keep(a_call(SUES))
    contact = models.Contact.objects.get()

    def write() -> None:
        with transaction.atomic():
            rows.add_soon(models.Turn(contact=contact, number=1, speaker="caller", text="more"))
            rows.add_soon(models.Turn(contact=contact, number=0, speaker="caller", text="again"))

    with transaction.atomic(), together():
        rows.write("UPDATE store_contact SET source = %s WHERE id = %s", "told", contact.pk)
        with pytest.raises(IntegrityError):
            write()
        rows.add_soon(models.Turn(contact=contact, number=2, speaker="caller", text="last"))
    assert models.Contact.objects.get().source == "told"
    assert list(contact.turns.values_list("number", flat=True)) == [0, 2]
