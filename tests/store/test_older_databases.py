"""What an older version kept is right after the upgrade too."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.management import call_command

from tests.recorded import NO_MORE, SUES, a_call, keep
from watchword.escalation.states import StepState
from watchword.escalation.steps import PlannedStep, StepKind
from watchword.settings import Settings
from watchword.store import models
from watchword.store.called_off import called_off
from watchword.store.contacts import new_row
from watchword.store.decide import confirm_all, dismiss_all, replace
from watchword.store.models import IdentityKind
from watchword.store.notes import keep_note, take_note
from watchword.store.people import comparable, name_key, person_for
from watchword.store.register import closed_ways, enter_by_hand
from watchword.store.struck import strike
from watchword.terms import Channel, Level, Note, Person, Scope

BBB = "I will complain to the Better Business Bureau."
ATTORNEY = ["keyword", "attorney", "escalate"]


def back_to(migration: str) -> None:
    """The database as it was, with what it held then."""
    call_command("migrate", "store", migration, verbosity=0)


def upgraded() -> None:
    call_command("migrate", "store", verbosity=0)


def gone(kind: StepKind | None = None) -> None:
    """What is to go has gone, and was accepted."""
    steps = models.Step.objects.filter(kind=kind) if kind else models.Step.objects.all()
    for step in steps:
        step.state, step.tries, step.try_at, step.sent_at = StepState.CONFIRMED, 1, None, step.planned_at
        step.save()


@pytest.mark.parametrize("before", ["0010", "0011", "0014"])
def test_what_had_gone_in_a_call_that_is_open_is_not_proposed_again(database: Settings, before: str) -> None:
    first = keep(a_call(SUES, NO_MORE), is_open=True)
    assert confirm_all(first.escalation or "", by="ana") == 4
    gone()
    if before == "0010":
        back_to(before)
    else:  # the column is there, and nothing in it
        models.Step.objects.update(demanded_by=[])
        back_to(before)
    upgraded()
    keep(a_call(SUES, NO_MORE, BBB), is_open=True)
    assert models.Step.objects.count() == 4
    assert all(ATTORNEY in step.demanded_by for step in models.Step.objects.all())
    assert not any("bbb" in str(step.demanded_by) for step in models.Step.objects.all()), "that came later"


def test_what_waits_in_such_a_call_is_brought_up_to_date(database: Settings) -> None:
    keep(a_call(SUES), is_open=True)
    back_to("0010")
    upgraded()
    keep(a_call(SUES, BBB, NO_MORE), is_open=True)
    assert sorted(models.Step.objects.values_list("state", flat=True)) == [StepState.WAITS] * 4


def test_what_was_decided_before_keeps_what_it_was_about(database: Settings) -> None:
    """The dismissed transfer leads elsewhere by now, for another flag."""
    first = keep(a_call(SUES), is_open=True)
    dismiss_all(first.escalation or "", by="ana", reason="her brother's attorney")
    back_to("0017")
    models.Step.objects.filter(kind=StepKind.WARM_TRANSFER).update(to="Natera Resolutions")
    upgraded()
    told = models.Decision.objects.order_by("step__position").values_list("to", "demanded_by")
    assert list(told) == [
        ("Natera Billing Escalation Calls", [ATTORNEY]),
        ("Executive Escalation Keywords", [ATTORNEY]),
    ]
    assert called_off(models.Escalation.objects.get()) >= {tuple(ATTORNEY)}


def test_a_step_that_took_the_place_of_another_is_demanded_by_nothing(database: Settings) -> None:
    """It does nothing else: what a flag demands later is a step of its own."""
    keep(a_call("I have been waiting for a call back for three weeks."), is_open=True)
    transfer = models.Step.objects.get(kind=StepKind.WARM_TRANSFER)
    executive = {"type": "Executive Escalation Keywords", "system": "Syncro CRM"}
    instead = PlannedStep("fallback", StepKind.TICKET, StepState.PLANNED, Level.ESCALATE, "agent", **executive)
    transfer.state = StepState.NEEDS_PERSON
    transfer.save()
    replace(transfer.key, instead, by="ana", why="Nobody answered")
    gone(StepKind.TICKET)
    back_to("0010")
    upgraded()
    assert models.Step.objects.get(name="fallback").demanded_by == []
    keep(a_call("I have been waiting for a call back for three weeks.", SUES), is_open=True)
    assert models.Step.objects.filter(**executive).exclude(name="fallback").get().state == StepState.WAITS


def test_what_is_told_already_stays(database: Settings) -> None:
    keep(a_call(SUES, NO_MORE), is_open=True)
    told = list(models.Step.objects.order_by("pk").values_list("demanded_by", flat=True))
    back_to("0014")
    upgraded()
    assert list(models.Step.objects.order_by("pk").values_list("demanded_by", flat=True)) == told


NOBODY, ANAS, BENS = Person(phone="anonymous"), "ana@example.org", "ben@example.org"
ANA, BEN = (Person(phone="anonymous", email=email) for email in (ANAS, BENS))


def kept_as_one(*given: Person) -> models.Person:
    """Contacts as an earlier version kept them, for which a word was a telephone like any other."""
    row = models.Person.objects.create()
    for number, who in enumerate(given):
        new_row(a_call(id=f"c-{number}", person=who), row, source="test", is_open=False).save()
        for kind, value in (("patient_id", who.patient_id), ("phone", who.phone), ("email", who.email)):
            compared = comparable(IdentityKind(kind), value or "") or (value or "").casefold()
            if value:
                models.Identity.objects.get_or_create(person=row, kind=kind, value=compared, defaults={"shown": value})
        row.name = row.name or who.name or ""
    row.name_key = name_key(row.name)
    row.save()
    return row


def people() -> list[tuple[str, str, list[str]]]:
    """Whose contact is whose: everybody's contacts, name, and what they are known by."""
    rows = models.Person.objects.prefetch_related("identities", "contacts")
    said = [(sorted(one.key for one in row.contacts.all()), row) for row in rows]
    return [
        (" ".join(keys), row.name, sorted(one.value for one in row.identities.all()))
        for keys, row in sorted(said, key=lambda one: one[0])
    ]


def untied() -> list[tuple[str, str, list[str]]]:
    back_to("0015")
    upgraded()
    return people()


@pytest.mark.parametrize("word", ["anonymous", "Unknown", "withheld", "PRIVATE", "0000000000", "650-555-010"])
def test_strangers_of_one_word_are_strangers(database: Settings, word: str) -> None:
    nobody = Person(phone=word)
    row = kept_as_one(nobody, dataclasses.replace(nobody, name="Zoe Lind"), nobody)
    assert untied() == [("c-0", "", []), ("c-1", "Zoe Lind", []), ("c-2", "", [])]
    assert not models.Person.objects.filter(pk=row.pk).exists()
    assert untied() == people()


def test_no_address_is_no_tie_either(database: Settings) -> None:
    kept_as_one(Person(email="none"), Person(email="none"))
    assert untied() == [("c-0", "", []), ("c-1", "", [])]


@pytest.mark.parametrize(
    ("given", "are"),
    [
        # who names something true is known by it, and whoever named the same is the same
        ([NOBODY, ANA, NOBODY, ANA], [("c-0", "", []), ("c-1 c-3", "", [ANAS]), ("c-2", "", [])]),
        ([ANA, BEN, ANA], [("c-0 c-2", "", [ANAS]), ("c-1", "", [BENS])]),
        # what came by more than the word stays together
        (
            [ANA, Person(email=ANAS, phone="+16505551212"), Person(phone="+16505551212"), BEN],
            [("c-0 c-1 c-2", "", ["+16505551212", ANAS]), ("c-3", "", [BENS])],
        ),
        # a patient id is the row's, and so is who names it
        (
            [NOBODY, Person("P-1", "Ana Brook", "anonymous"), Person("P-1", phone="+16505551212"), BEN],
            [("c-0", "", []), ("c-1 c-2", "Ana Brook", ["+16505551212", "p-1"]), ("c-3", "", [BENS])],
        ),
        # a name that a stranger brought goes with them
        (
            [dataclasses.replace(NOBODY, name="Zoe Lind"), dataclasses.replace(ANA, patient_id="P-1")],
            [("c-0", "Zoe Lind", []), ("c-1", "", [ANAS, "p-1"])],
        ),
    ],
)
def test_what_is_truly_known_stays_with_whose_it_is(
    database: Settings, given: list[Person], are: list[tuple[str, str, list[str]]]
) -> None:
    row = kept_as_one(*given)
    assert untied() == are
    if any(who.patient_id for who in given):
        assert models.Identity.objects.get(kind="patient_id").person == row


def test_who_was_never_known_by_a_word_is_as_before(database: Settings) -> None:
    kept_as_one(Person("P-1", "Ana Brook", "+16505551212", ANAS), Person(phone="+16505551212"), Person(email=ANAS))
    before = people()
    assert untied() == before


def test_what_is_written_otherwise_is_read_as_it_is_now(database: Settings) -> None:
    row = models.Person.objects.create()
    models.Identity.objects.create(person=row, kind="email", value=f"ana <{ANAS}>", shown=f"Ana <{ANAS}>")
    models.Identity.objects.create(person=row, kind="phone", value="tel: 650 555 1212", shown="Tel: 650 555 1212")
    models.Identity.objects.create(person=row, kind="phone", value="+16505551212", shown="650 555 1212")
    enter_by_hand(row, [Scope.CALLS], by="test", origin="hand")
    assert untied() == [("", "", ["+16505551212", ANAS])]
    assert person_for(Person(email=ANAS)) == row
    assert closed_ways([(IdentityKind.EMAIL, ANAS)]) == {(IdentityKind.EMAIL, ANAS): {Scope.CALLS}}


@pytest.mark.parametrize("asked", range(5))
def test_no_entry_is_lost_and_none_closes_less(database: Settings, asked: int) -> None:
    """Whoever of them asked for it: by a contact, or by hand."""
    row = kept_as_one(NOBODY, ANA, BEN, Person("P-1", phone="anonymous"))
    led = models.Contact.objects.filter(key=f"c-{asked}").first()
    entry = enter_by_hand(row, [Scope.CALLS], by="test", origin="contact" if led else "hand", contact=led)
    wanted = [(IdentityKind.EMAIL, ANAS), (IdentityKind.EMAIL, BENS), (IdentityKind.PATIENT_ID, "P-1")]
    before = closed_ways(wanted)
    assert set(before.values()) == {frozenset({Scope.CALLS})}
    untied()
    assert closed_ways(wanted) == before
    assert models.RegisterEntry.objects.get(person=row) == entry
    named = [led.key] if led and asked in (1, 2) else []  # something true is known of who asked: they have it too
    assert (
        list(models.RegisterEntry.objects.exclude(pk=entry.pk).values_list("person__contacts__key", flat=True)) == named
    )
    assert len({contact.person for contact in models.Contact.objects.all()}) == 4


def test_an_entry_of_somebody_of_whom_nothing_is_known_goes_with_the_contact(database: Settings) -> None:
    row = kept_as_one(NOBODY, NOBODY)
    led = models.Contact.objects.get(key="c-1")
    entry = enter_by_hand(row, [Scope.CALLS], by="test", origin="contact", contact=led)
    by_hand = enter_by_hand(row, [Scope.MAIL], by="test", origin="hand")
    untied()
    led.refresh_from_db()
    for one in (entry, by_hand):
        one.refresh_from_db()
    assert (entry.person, by_hand.person) == (led.person, row)
    assert led.person != row


def test_notes_stay_with_what_may_be_known_of_them(database: Settings) -> None:
    row = kept_as_one(NOBODY, ANA, NOBODY, BEN)
    keep_note(row, Note("n1", "LIMS", "Pt called.", Channel.PHONE, None, None))
    assert untied() == [
        ("", "", [ANAS, BENS]), ("c-0", "", []), ("c-1", "", [ANAS]), ("c-2", "", []), ("c-3", "", [BENS])
    ]  # fmt: skip
    assert models.Note.objects.get().person == row


def test_what_a_note_taught_before_that_was_kept_stays(database: Settings) -> None:
    take_note(Person("P-1", "Ana Brook", "+16505551212"), Note("n1", "LIMS", "Pt called.", Channel.PHONE, None, None))
    back_to("0020")
    upgraded()
    (note,) = models.Note.objects.all()
    assert note.taught is None
    assert strike(note.pk, by="test", why="another patient's")
    assert set(note.person.identities.values_list("value", flat=True)) == {"p-1", "+16505551212"}
