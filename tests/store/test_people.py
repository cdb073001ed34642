"""Who a contact is from: strangers stay strangers, and whoever comes again is the same person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recorded import SUES, a_call, keep
from watchword.settings import Settings
from watchword.store.earlier import with_earlier_notes
from watchword.store.models import Identity, IdentityKind
from watchword.store.notes import take_note
from watchword.store.people import found_by, know_by, person_for
from watchword.terms import RECORDED_HERE, Channel, Contact, Note, Person

PHONE = "+16505551212"


@pytest.mark.parametrize("phone", ["anonymous", "650-555-010", "1.21256E+10", "   "])
def test_what_is_no_telephone_makes_nobody_the_same(database: Settings, phone: str) -> None:
    first, second = person_for(Person(phone=phone)), person_for(Person(phone=phone))
    assert first != second
    know_by(first, IdentityKind.PHONE, phone)
    assert not Identity.objects.exists()


def test_what_is_no_telephone_finds_nobody(database: Settings) -> None:
    person_for(Person(name="Ana Brook", phone="anonymous"))
    assert found_by("anonymous", 10) == []


def test_a_number_and_an_address_are_the_same_however_written(database: Settings) -> None:
    zoe = person_for(Person(phone="0044 20 7946 0958", email="Zoe <zoe@example.com>"))
    assert person_for(Person(phone="+44 20 7946 0958 home")) == zoe
    assert person_for(Person(email="ZOE@example.com")) == zoe


def test_of_two_who_fit_equally_the_next_contact_makes_no_third(database: Settings) -> None:
    first = person_for(Person("P-1", "Ana Brook", PHONE))
    second = person_for(Person("P-2", "Ana Brook", PHONE))
    third = person_for(Person(name="Ana Brook", phone=PHONE))
    assert len({first, second, third}) == 3, "nobody can say which of the two it is"
    assert [person_for(Person(name="ana brook", phone=PHONE)) for _ in range(3)] == [third] * 3
    assert person_for(Person("P-3", "Ana Brook", PHONE)) not in (first, second, third), "nor whose the third's are"
    twin = person_for(Person(name="Ana Brook", email="ana@example.org"))
    know_by(twin, IdentityKind.PHONE, PHONE)
    assert person_for(Person(name="Ana Brook", phone=PHONE)) == third, "the oldest of those without a patient id"


ZOE, MAX, NAMELESS = Person(name="Zoe Lind", phone=PHONE), Person(name="Max Lind", phone=PHONE), Person(phone=PHONE)
ZOE_WITH_ID = replace(ZOE, patient_id="P-1")


@pytest.mark.parametrize(
    ("there", "comes", "is_whom"),
    [
        # one person on the telephone
        ([NAMELESS], replace(NAMELESS, patient_id="P-2"), 0),
        ([NAMELESS], replace(MAX, patient_id="P-2"), 0),
        ([ZOE], replace(ZOE, patient_id="P-2"), 0),
        ([ZOE], replace(NAMELESS, patient_id="P-2"), 0),
        ([ZOE], replace(MAX, patient_id="P-2"), None),
        ([ZOE_WITH_ID], replace(ZOE, patient_id="P-2"), None),
        ([ZOE_WITH_ID], replace(NAMELESS, patient_id="P-2"), None),
        ([ZOE_WITH_ID], ZOE, 0),
        ([ZOE_WITH_ID], NAMELESS, 0),
        # two
        ([ZOE_WITH_ID, MAX], replace(NAMELESS, patient_id="P-2"), None),
        ([ZOE_WITH_ID, MAX], replace(ZOE, patient_id="P-2"), None),
        ([ZOE_WITH_ID, MAX], replace(MAX, patient_id="P-2"), 1),
        ([ZOE, MAX], replace(NAMELESS, patient_id="P-2"), None),
        ([ZOE, MAX], replace(ZOE, patient_id="P-2"), 0),
        ([ZOE, MAX], replace(MAX, name="Ida Lind", patient_id="P-2"), None),
        ([ZOE_WITH_ID, replace(MAX, patient_id="P-3")], replace(NAMELESS, patient_id="P-2"), None),
        ([ZOE_WITH_ID, replace(MAX, patient_id="P-3")], replace(NAMELESS, patient_id="P-3"), 1),
        ([ZOE_WITH_ID, replace(MAX, patient_id="P-3")], MAX, 1),
        ([ZOE_WITH_ID, replace(MAX, patient_id="P-3")], NAMELESS, None),
    ],
)
def test_a_new_patient_id_goes_to_whom_the_telephone_leads_without_a_doubt(
    database: Settings, there: list[Person], comes: Person, is_whom: int | None
) -> None:
    """A telephone that two share leads to neither, nor one to whom another patient id belongs."""
    known = [person_for(one) for one in there]
    assert len(set(known)) == len(there)
    found = person_for(comes)
    assert (known.index(found) if found in known else None) == is_whom
    assert person_for(comes) == found


def test_a_new_patient_id_on_a_shared_telephone_makes_a_person_of_its_own(database: Settings) -> None:
    """There may be many by now of whom nothing is known but this telephone: whose they are, nobody can say."""
    person_for(Person("P-1", phone=PHONE))
    second = person_for(Person("P-2", phone=PHONE))
    nobodys = person_for(NAMELESS)
    third = person_for(Person("P-3", phone=PHONE))
    assert len({second, nobodys, third}) == 3
    assert person_for(NAMELESS) == nobodys
    assert not nobodys.identities.filter(kind=IdentityKind.PATIENT_ID).exists()


def test_an_address_that_two_share_leads_to_neither(database: Settings) -> None:
    ana = person_for(Person("P-1", "Ana Brook", email="both@example.org"))
    ben = person_for(Person(name="Ben Brook", email="both@example.org"))
    assert person_for(Person("P-2", email="both@example.org")) not in (ana, ben)


def test_somebody_whose_telephone_a_great_many_share_is_found_again(database: Settings) -> None:
    for number in range(60):
        person_for(Person(name=f"Colleague {number}", phone=PHONE))
    zoe = person_for(Person(name="Zoe", phone=PHONE))
    assert person_for(Person(name="Zoe", phone=PHONE)) == zoe


def on_one_issue(number: int, **who: str) -> Contact:
    return replace(a_call(SUES, id=f"c-{number}", person=Person(**who)), issue="INV-7", received_at=None)


def test_every_contact_on_one_issue_counts_when_two_fit_equally(database: Settings) -> None:
    for id in ("P-1", "P-2"):
        person_for(Person(id, "Ana Brook", PHONE))
    for number in range(5):
        contact = with_earlier_notes(on_one_issue(number, name="Ana Brook", phone=PHONE))
        assert len(contact.history.notes if contact.history else ()) == number
        keep(contact)


def test_the_newest_of_many_who_share_a_telephone_are_not_left_out(database: Settings) -> None:
    for number in range(30):
        person_for(Person(f"P-{number}", f"Colleague {number}", PHONE))
    keep(on_one_issue(1, name="Zoe", phone=PHONE))
    take_note(Person(name="Zoe", phone=PHONE), Note("n1", "LIMS", "Pt called.", Channel.PHONE, None, None))
    history = with_earlier_notes(on_one_issue(2, name="Zoe", phone=PHONE)).history
    assert history is not None
    assert sorted((one.source, one.id) for one in history.notes) == [("LIMS", "n1"), (RECORDED_HERE, "c-1")]
