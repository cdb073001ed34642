"""An issue leads to notes of whoever it may be, and never to those of somebody else or of another issue."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import call_command

from tests.made import NOW
from tests.recorded import a_call, keep
from watchword.settings import Settings
from watchword.store import models
from watchword.store.earlier import with_earlier_notes
from watchword.store.notes import take_note
from watchword.terms import Channel, Note, Person

ANA = Person(patient_id="P-501", name="Ana Brook", phone="+16505550101")
BO = Person(patient_id="P-502", name="Bo Crane")
STRANGER = Person(phone="+12125550199")


def note(id: str, issue: str | None, person: Person, source: str = "CRM") -> None:
    take_note(person, Note(id, source, "Pt called re refund.", Channel.PHONE, NOW, issue))


def earlier(issue: str, person: Person) -> list[str]:
    contact = replace(a_call("Which address do I mail the kit to?", id="new", person=person), issue=issue)
    found = with_earlier_notes(contact).history
    return sorted(one.id for one in found.notes) if found else []


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        ("2024/0001", "2024/0002", "2024/0003"),
        ("5003x00002QqRrSAAX", "5003x00002AbCdEAAV", "5003x00002ZzYyXAAW"),
        ("BKG 2024 0017", "BKG 2024 0018", "BKG 2024 0019"),
    ],
)
def test_a_stranger_is_shown_no_note_of_another_issue(database: Settings, one: str, two: str, asked: str) -> None:
    note("x1", one, ANA)
    note("x2", two, BO)
    assert earlier(asked, STRANGER) == []
    assert earlier(one, STRANGER) == ["x1"]


def test_who_is_known_by_a_telephone_is_shown_nobody_elses(database: Settings) -> None:
    note("a1", "INV-20391", ANA)
    note("b1", "INV-20391", BO)
    assert earlier("INV-20391", Person(phone=ANA.phone)) == ["a1"]
    assert earlier("INV-20391", Person(patient_id="P-502")) == ["b1"]


def test_what_several_customers_have_notes_under_tells_nobodys(database: Settings) -> None:
    note("a1", "INV-20391", ANA)
    note("b1", "INV-20391", BO)
    assert earlier("INV-20391", STRANGER) == []


@pytest.mark.parametrize("issue", ["2025-01-17", "March 2025", "INV-7", "visit 3 March"])
def test_a_date_or_a_short_number_leads_to_nobody(database: Settings, issue: str) -> None:
    note("a1", issue, ANA)
    assert earlier(issue, STRANGER) == []
    assert earlier(issue, Person(patient_id="P-501")) == ["a1"]


@pytest.mark.parametrize("other", ["CASE-8812", "CASE-1812", "CASE-12", "2025-01-17"])
def test_a_note_on_several_numbers_is_found_by_the_longest(database: Settings, other: str) -> None:
    note("a1", f"INV-77391, {other}", ANA)
    assert earlier("INV-77391", STRANGER) == ["a1"]
    models.Note.objects.update(issue_key=other.split("-", 1)[1])  # as an older version kept it
    call_command("migrate", "store", "0018", verbosity=0)
    call_command("migrate", "store", verbosity=0)
    assert earlier("INV-77391", STRANGER) == ["a1"]


def test_another_system_that_knows_the_customer_otherwise_is_found(database: Settings) -> None:
    note("a1", "INV-20391", ANA)
    note("m1", "20391", Person(email="ana@example.com"), "AMD")
    assert earlier("invoice 20391", Person(phone=ANA.phone)) == ["a1", "m1"]


def test_a_familys_telephone_leads_to_what_is_on_the_very_issue(database: Settings) -> None:
    note("a1", "2025/0017", ANA)
    note("b1", "2025/0018", replace(BO, phone=ANA.phone))
    assert earlier("2025/0018", Person(phone=ANA.phone)) == ["b1"]


def test_notes_of_an_older_version_are_found_by_the_whole_issue(database: Settings) -> None:
    for number, issue in enumerate(("2024/0001", "5003x00002QqRrSAAX", "INV-20391", None, "refund")):
        note(f"n{number}", issue, ANA)
    made = list(models.Note.objects.order_by("pk").values_list("issue_key", flat=True))
    models.Note.objects.exclude(issue=None).update(issue_key="2024")
    call_command("migrate", "store", "0016", verbosity=0)
    call_command("migrate", "store", verbosity=0)
    assert list(models.Note.objects.order_by("pk").values_list("issue_key", flat=True)) == made
    assert made == ["20240001", "5003x00002QqRrSAAX", "20391", "", ""]


def recorded(id: str, issue: str, person: Person) -> None:
    keep(replace(a_call("A question.", id=id, person=person), issue=issue, received_at=NOW))


def test_a_contact_recorded_here_on_the_very_issue_is_found_for_an_unknown_caller(database: Settings) -> None:
    recorded("c-1", "INV-20391", ANA)
    recorded("c-2", "INV-20391", Person(phone="+12125550198"))
    recorded("c-3", "INV-77777", ANA)
    assert earlier("INV-20391", STRANGER) == ["c-1", "c-2"]
    assert earlier("INV-20391", Person(patient_id="P-502")) == ["c-2"], "not what is another patient's"
    assert earlier("INV-20391", Person(name="Bo Crane", phone="+12125550199")) == ["c-2"]


def test_what_several_customers_contacted_us_about_tells_nobodys(database: Settings) -> None:
    recorded("c-1", "INV-20391", ANA)
    recorded("c-2", "INV-20391", BO)
    recorded("c-3", "INV-77777", ANA)
    note("b1", "INV-77777", BO)
    assert earlier("INV-20391", STRANGER) == earlier("INV-77777", STRANGER) == []


@pytest.mark.parametrize("issue", ["2025-01-17", "March 2025", "INV-7", "refund"])
def test_a_date_or_a_short_number_leads_to_no_contact(database: Settings, issue: str) -> None:
    recorded("c-1", issue, ANA)
    assert earlier(issue, STRANGER) == []


def test_notes_on_the_very_issue_are_found_behind_any_number_of_others(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchword.store.earlier.MOST_NOTES", 3)
    for number in range(2):
        note(f"a{number}", "INV-20391", ANA)
    for number in range(4):
        note(f"o{number}", f"CASE-8{number}00", ANA)
    assert earlier("inv 20391", ANA) == ["a0", "a1", "o3"]
    note("b1", "INV-30000", replace(BO, phone=ANA.phone))  # now two share the telephone
    assert earlier("inv 20391", Person(phone=ANA.phone)) == ["a0", "a1"]
