"""No upgrade opens a way that an entry of the register had closed: tried over many older databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.recorded import a_call
from watchword.settings import Settings
from watchword.store import models
from watchword.store.contacts import new_row
from watchword.store.models import IdentityKind
from watchword.store.notes import keep_note
from watchword.store.people import comparable, name_key, person_for
from watchword.store.register import closed_ways, enter_by_hand, withdraw
from watchword.store.same_person import may_be_one_name
from watchword.terms import Channel, Note, Person, Scope

Asked = tuple[IdentityKind, str]
WORLDS = 40  # small databases beside each other, of which none shares anything with another
NEW = "+16505570199"
WORDS = ("anonymous", "Unknown", "withheld", "650-555-010")


def upgraded() -> None:
    call_command("migrate", "store", "0015", verbosity=0)
    call_command("migrate", "store", verbosity=0)


def whoever(world: int, chance: Random) -> Person:
    """Somebody of a few, with a withheld number more often than not; families share a telephone."""
    patient = chance.choice([None, None, None, f"P-{world}-1", f"P\N{NON-BREAKING HYPHEN}{world}-1", f"P-{world}-2"])
    phone = chance.choice([None, *WORDS, *WORDS, *(f"+1650556{world:03}{one}" for one in range(3))])
    email = chance.choice([None, None, *(f"{one}{world}@example.com" for one in "abc")])
    return Person(patient, chance.choice([None, None, "Ana Brook", "Ben Brook"]), phone, email)


def as_kept_then(kind: IdentityKind, value: str) -> str:
    """How an older version compared it: a word was a telephone, and a hyphen of another kind another id."""
    if kind is IdentityKind.PATIENT_ID:
        return value.strip().casefold()
    return comparable(kind, value) or value.casefold()


def kept_then(world: int, chance: Random) -> None:
    """A database of an older version: whoever had the same word, telephone, address or id was one row."""
    rows: list[models.Person] = []
    for number in range(chance.randint(2, 6)):
        who = whoever(world, chance)
        known = [
            (kind, as_kept_then(kind, value), value)
            for kind, value in zip(IdentityKind, (who.patient_id, who.phone, who.email), strict=True)
            if value
        ]
        fits = [row for row in rows if any(row.identities.filter(kind=k, value=v).exists() for k, v, _ in known)]
        taken = models.Identity.objects.filter(kind=IdentityKind.PATIENT_ID, value__in=[v for _, v, _ in known]).first()
        row = taken.person if taken else chance.choice(fits) if fits else models.Person.objects.create()
        rows.append(row)
        for kind, value, shown in known:
            models.Identity.objects.get_or_create(person=row, kind=kind, value=value, defaults={"shown": shown})
        row.name = row.name or who.name or ""
        row.name_key = name_key(row.name)
        row.save()
        led = new_row(a_call(id=f"c-{world}-{number}", person=who), row, source="test", is_open=False)
        led.save()
        ways = chance.sample(list(Scope), chance.randint(1, 3))
        match chance.randrange(8):
            case 0 | 1 | 2:
                entry = enter_by_hand(row, ways, by="test", origin="contact", contact=led, key=f"k-{world}-{number}")
            case 3:
                entry = enter_by_hand(row, ways, by="test", origin="hand")
            case 4:
                keep_note(row, Note(f"n-{world}-{number}", "LIMS", "Pt called.", Channel.PHONE, None, None))
                continue
            case _:
                continue
        if chance.random() < 0.2:
            withdraw(entry.pk, by="test", why="asked")


def closed_then() -> dict[Asked, frozenset[Scope]]:
    """What an older version answered: by the entries of whoever had the very value."""
    answers: dict[tuple[str, str], set[Scope]] = {}
    asked: dict[Asked, tuple[str, str]] = {}
    for one in models.Identity.objects.prefetch_related("person__register_entries"):
        asked[IdentityKind(one.kind), one.shown] = one.kind, one.value
        in_force = [entry for entry in one.person.register_entries.all() if entry.withdrawn_at is None]
        ways = {way for entry in in_force for way in Scope if getattr(entry, way.value)}
        answers.setdefault((one.kind, one.value), set()).update(ways)
    return {one: frozenset(answers[kept]) for one, kept in asked.items()}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def not_reached() -> list[str]:
    """Entries that do not hold for the new telephone with which whoever asked in their contact comes again."""
    missed: list[str] = []
    led = models.RegisterEntry.objects.filter(contact__isnull=False, withdrawn_at__isnull=True)
    for entry in led.select_related("contact__person"):
        who = replace(Person(**entry.contact.given_person), phone=NEW)
        if not (who.patient_id or who.email) or not may_be_one_name(who.name or "", entry.contact.person.name):
            continue
        with undone():
            person_for(who)
            closed = closed_ways([(IdentityKind.PHONE, NEW)])[IdentityKind.PHONE, NEW]
        if not {way for way in Scope if getattr(entry, way.value)} <= closed:
            missed.append(f"{entry} of {who}: {closed}")
    return missed


def opened(before: dict[Asked, frozenset[Scope]], after: dict[Asked, frozenset[Scope]]) -> list[str]:
    return [
        f"{kind} {value}: {ways} then, {after[kind, value]} now"
        for (kind, value), ways in before.items()
        if not ways <= after[kind, value]
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_no_check_answers_more_openly_after_the_upgrade(database: Settings, seed: int) -> None:
    for world in range(WORLDS):
        kept_then(world, Random(f"{seed} {world}"))
    entries, contacts = models.RegisterEntry.objects.count(), models.Contact.objects.count()
    before = closed_then()
    assert sum(bool(ways) for ways in before.values()) > WORLDS, "there is something to lose"
    upgraded()
    assert opened(before, closed_ways(before)) == []
    assert not_reached() == []
    assert models.RegisterEntry.objects.count() >= entries
    assert models.Contact.objects.count() == contacts


def test_the_person_of_an_entrys_contact_has_it_too(database: Settings) -> None:
    """Two once came under a withheld number, one of them asked, and comes with a patient id now."""
    row = models.Person.objects.create()
    for kind, value in (("phone", "anonymous"), ("email", "ana@example.com"), ("patient_id", "p-b")):
        models.Identity.objects.create(person=row, kind=kind, value=value, shown=value)
    led = new_row(
        a_call(id="c-a", person=Person(phone="anonymous", email="ana@example.com")), row, source="test", is_open=False
    )
    led.save()
    new_row(a_call(id="c-b", person=Person("P-B", phone="anonymous")), row, source="test", is_open=False).save()
    enter_by_hand(row, [Scope.CALLS], by="test", origin="contact", contact=led, key="k-1")
    upgraded()
    person_for(Person("P-A", "Ana Brook", None, "ana@example.com"))
    asked = [
        (IdentityKind.PATIENT_ID, "P-A"),
        (IdentityKind.PATIENT_ID, "P-B"),
        (IdentityKind.EMAIL, "ana@example.com"),
    ]
    assert list(closed_ways(asked).values()) == [{Scope.CALLS}] * 3
    assert models.RegisterEntry.objects.filter(key="k-1").get().person == row


def test_a_patient_id_in_two_ways_is_one_person(database: Settings) -> None:
    rows = [models.Person.objects.create(name=name) for name in ("", "Dora Lind")]
    for row, value in zip(rows, ("p-77", "p\N{NON-BREAKING HYPHEN}77"), strict=True):
        models.Identity.objects.create(person=row, kind="patient_id", value=value, shown=value)
        models.Identity.objects.create(person=row, kind="email", value="dora@example.com", shown="dora@example.com")
        new_row(a_call(id=value, person=Person(value)), row, source="test", is_open=False).save()
        keep_note(row, Note(value, "LIMS", "Pt called.", Channel.PHONE, None, None))
    lone = models.Person.objects.create()
    models.Identity.objects.create(person=lone, kind="patient_id", value="p–8", shown="P–8")
    enter_by_hand(rows[1], [Scope.CALLS], by="test", origin="hand")
    enter_by_hand(lone, [Scope.MAIL], by="test", origin="hand")
    upgraded()
    dora = person_for(Person("P-77"))
    assert (dora.name, dora.contacts.count(), dora.notes.count()) == ("Dora Lind", 2, 2)
    assert sorted(dora.identities.values_list("value", flat=True)) == ["dora@example.com", "p-77"]
    asked = [(IdentityKind.PATIENT_ID, "P-77"), (IdentityKind.PATIENT_ID, "P-8")]
    assert list(closed_ways(asked).values()) == [{Scope.CALLS}, {Scope.MAIL}]
    assert models.Person.objects.count() == 2
