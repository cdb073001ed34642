"""A wish for silence holds for everything somebody is known by, whatever becomes known first; a doubt closes."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.recorded import NO_MORE, a_call, a_mail, keep
from watchword.reading.wishes import Wish
from watchword.settings import Settings
from watchword.store import models
from watchword.store.models import IdentityKind
from watchword.store.notes import take_note
from watchword.store.people import know_by, person_for
from watchword.store.register import closed_surely, closed_ways, enter_by_hand, take_wish, withdraw
from watchword.store.same_person import may_be_one_name
from watchword.terms import Channel, Note, Person, Scope

ID, PHONE, EMAIL = IdentityKind.PATIENT_ID, IdentityKind.PHONE, IdentityKind.EMAIL
NUMBER, OTHER, ADDRESS = "+16505550199", "+16505550198", "dora@example.com"
DORA = Person("P-D", "Dora Lind", NUMBER, ADDRESS)
EVERYTHING = [(ID, "P-D"), (PHONE, NUMBER), (EMAIL, ADDRESS)]


def noted(person: Person, id: str = "n1") -> None:
    take_note(person, Note(id, "LIMS", "Patient called.", Channel.PHONE, None, None))


def wished(person: Person, *scope: Scope) -> models.RegisterEntry:
    return enter_by_hand(person_for(person), scope or tuple(Scope), by="test", origin="a letter")


def closed(kind: IdentityKind, value: str) -> set[Scope]:
    return set(closed_ways([(kind, value)])[kind, value])


KNOWN_BEFORE = lambda: noted(Person("P-D", "Dora Lind", NUMBER))  # noqa: E731
HER_MAIL = lambda: wished(Person(name="Dora Lind", email=ADDRESS))  # noqa: E731
ALL_OF_IT = lambda: noted(DORA, "n2")  # noqa: E731


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_mails_wish_reaches_the_patient_in_whatever_order_it_becomes_known(
    database: Settings, order: tuple[int, ...]
) -> None:
    happens = (KNOWN_BEFORE, HER_MAIL, ALL_OF_IT)
    for one in order:
        happens[one]()
    assert [closed(*one) for one in EVERYTHING] == [set(Scope)] * 3
    withdraw(models.RegisterEntry.objects.get().pk, by="sam", why="asked for it")
    assert [closed(*one) for one in EVERYTHING] == [set()] * 3


def test_a_later_call_that_names_all_three_ties_the_wish_too(database: Settings) -> None:
    keep(a_mail(person=Person(name="Dora Lind", email=ADDRESS)))
    wished(Person(name="Dora Lind", email=ADDRESS), Scope.CALLS)
    noted(Person("P-D", "Dora Lind", NUMBER))
    keep(a_call("Hello.", person=DORA))
    assert [closed(*one) for one in EVERYTHING] == [{Scope.CALLS}] * 3


def test_it_goes_on_over_whatever_somebody_is_known_by(database: Settings) -> None:
    """A patient id, an address, a row of the address with another telephone, and there the wish."""
    patient = person_for(Person("P-D", "Dora Lind", NUMBER))
    wished(Person(name="Dora Lind", phone=OTHER), Scope.MAIL)
    between = models.Person.objects.create()
    know_by(between, EMAIL, ADDRESS)
    know_by(between, PHONE, OTHER)
    assert closed(ID, "P-D") == set()
    know_by(patient, EMAIL, ADDRESS)
    assert closed(ID, "P-D") == closed(PHONE, NUMBER) == {Scope.MAIL}


@pytest.mark.parametrize(
    ("asks", "other", "is_closed"),
    [
        # nothing tells them apart
        (Person(name="Dora Lind"), Person("P-D", "Dora Lind"), True),
        (Person(), Person("P-D", "Dora Lind"), True),
        (Person(name="Dora Lind"), Person("P-D"), True),
        (Person(name="Lind, Dora"), Person("P-D", "Dora Lind"), True),
        (Person(name="D. Lind"), Person("P-D", "Mrs DORA M. LIND"), True),
        (Person("P-1", "Dora Lind"), Person("P-D", "Dora Lind"), True),  # one patient is often in a system twice
        # another name, or another patient id and no name that says otherwise
        (Person(name="Ben Lind"), Person("P-D", "Dora Lind"), False),
        (Person("P-1", "Ben Lind"), Person("P-D", "Dora Lind"), False),
        (Person("P-1"), Person("P-D"), False),
        (Person("P-1", "Dora Lind"), Person("P-D"), False),
    ],
)
def test_who_shares_a_telephone_is_closed_unless_told_apart(
    database: Settings, asks: Person, other: Person, is_closed: bool
) -> None:
    rows = [models.Person.objects.create(name=one.name or "") for one in (asks, other)]
    for row, one in zip(rows, (asks, other), strict=True):
        know_by(row, PHONE, NUMBER)
        if one.patient_id:
            know_by(row, ID, one.patient_id)
    know_by(rows[1], EMAIL, ADDRESS)
    enter_by_hand(rows[0], [Scope.CALLS], by="test", origin="a letter")
    assert (closed(ID, "P-D"), closed(EMAIL, ADDRESS)) == (({Scope.CALLS},) * 2 if is_closed else (set(), set()))
    assert closed_surely([(PHONE, NUMBER), (ID, "P-D")]) == {(PHONE, NUMBER): {Scope.CALLS}, (ID, "P-D"): set()}


def test_a_family_is_not_closed_with_one_of_them_over_a_row_without_a_name(database: Settings) -> None:
    """Whose the nameless row is nobody knows, but that two names are not one person is known."""
    ana, ben = person_for(Person("P-1", "Ana Brook", NUMBER)), person_for(Person("P-2", "Ben Brook", NUMBER))
    nobodys = person_for(Person(phone=NUMBER))
    enter_by_hand(ana, [Scope.CALLS], by="test", origin="a letter")
    know_by(nobodys, EMAIL, ADDRESS)
    assert nobodys not in (ana, ben)
    assert closed(ID, "P-2") == set()
    assert closed(EMAIL, ADDRESS) == {Scope.CALLS}, "it may be hers"


def test_a_telephone_that_a_great_many_share_leads_to_whoever_of_them_asked(database: Settings) -> None:
    nameless = [models.Person.objects.create() for _ in range(250)]
    models.Identity.objects.bulk_create(
        models.Identity(person=one, kind=PHONE, value=NUMBER, shown=NUMBER) for one in nameless
    )
    know_by(nameless[0], EMAIL, ADDRESS)
    assert closed(EMAIL, ADDRESS) == set()
    enter_by_hand(nameless[200], [Scope.CALLS], by="test", origin="a letter")
    assert closed(EMAIL, ADDRESS) == {Scope.CALLS}


def test_what_an_import_brings_is_entered_though_a_doubt_closes_it_already(database: Settings) -> None:
    wished(Person(name="Dora Lind", email=ADDRESS))
    noted(Person("P-D", "Dora Lind", NUMBER))
    noted(DORA, "n2")
    take_wish(Wish(Person("P-D"), (), (), tuple(Scope), "CRM", None), by="test")
    assert closed_surely([(ID, "P-D")])[ID, "P-D"] == set(Scope)


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("Zoë Hill", "zoe hill", True),
        ("Dr. Hill", "Zoe Hill", True),
        ("Zoe Hill", "Hill Zoe Anne", True),
        ("zoe.hill", "Zoe Hill", True),
        ("…", "Zoe Hill", True),  # no name at all
        ("王芳", "王芳", True),
        ("王芳", "李明", False),
        ("Ana Hill", "Anna Hill", False),
        ("Zoe Hill", "Zoe Brook", False),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str, may_be: bool) -> None:
    assert may_be_one_name(one, other) is may_be_one_name(other, one) is may_be


@pytest.mark.parametrize(
    "written", ["P\N{NON-BREAKING HYPHEN}77", "p–77", "P\N{MINUS SIGN}77", " P - 77\u200b", "P\u00ad-77", "Ｐ-７７"]
)
def test_a_patient_id_is_the_same_with_whatever_hyphen(database: Settings, written: str) -> None:
    wished(Person("P-77"))
    assert closed(ID, written) == set(Scope)
    assert person_for(Person(written)) == person_for(Person("P-77"))
    assert closed(ID, "P77") == closed(ID, "P-7-7") == set()


def test_an_address_with_a_plus_is_another_address(database: Settings) -> None:
    wished(Person(email=ADDRESS))
    assert closed(EMAIL, "dora+bills@example.com") == set()


def test_an_entry_by_a_contact_holds_for_who_is_known_of_it_later(database: Settings) -> None:
    keep(a_call(NO_MORE, person=Person(phone=NUMBER)))
    wished(Person(phone=NUMBER))
    noted(Person("P-1", "Ida Lind", NUMBER))
    noted(Person("P-2", "Dora Lind", NUMBER), "n2")
    assert closed(ID, "P-1") == set(Scope)
    assert closed(ID, "P-2") == set()
