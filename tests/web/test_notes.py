"""Notes that systems hand in, and that they count: found by whoever it is from and by the issue, in three systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.recorded import ANA, SUES, a_call, keep
from tests.web.test_api import API, post
from watchword.settings import Settings
from watchword.store import models
from watchword.store.earlier import with_earlier_notes
from watchword.store.sources import connect
from watchword.terms import Person
from watchword.web.access import KeyScope

Connect = Callable[..., Client]
PATIENT = {"patient_id": "P-1001", "name": "Ana Brook"}
PHONE = {"phone": "(650) 555-1212"}
EMAIL = {"email": "ANA@example.org"}


def note(id: str, source: str = "LIMS", day: int = 1, person: Any = None, **more: Any) -> dict[str, Any]:
    at = f"2025-02-{day:02}T10:00:00Z"
    words = {"note": "Pt called re bill.", "channel": "phone", "at": at, "issue": "INV-20391"}
    return {"id": id, "source": source, "person": person or PATIENT, **words, **more}


def call(id: str = "c-1", **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"id": id, "channel": "phone", "received_at": "2025-03-04T15:02:11Z", "issue": "INV-20391"}
    return {**told, "person": PATIENT, "turns": [{"speaker": "caller", "text": "I have a question."}], **more}


def assessed(crm: Client, contact: dict[str, Any]) -> Any:
    status, told = post(crm, "/contacts", contact)
    assert status in (200, 201), told
    return told["assessment"]


def test_one_or_many_and_the_same_again(machine: Connect) -> None:
    lims = machine(KeyScope.NOTES)
    given = {"notes": [note("n1"), note("n2", day=2, clerk="u7")]}
    assert post(lims, "/notes", given) == (200, {"new": 2, "changed": 0, "known": 0})
    assert post(lims, "/notes", given) == (200, {"new": 0, "changed": 0, "known": 2})
    assert post(lims, "/notes", {"notes": [note("n1", note="Pt called twice.")]})[1]["changed"] == 1
    assert models.Note.objects.get(external_id="n2").extra == {"clerk": "u7"}
    assert models.Person.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"person": {"name": "Ana"}}, "notes[1]"),
        ({"id": "  "}, "notes[1]"),
        ({"at": "yesterday"}, "notes[1]"),
        ({"person": {"phone": "anonymous", "name": "Ana"}, "issue": None}, "notes[1]: phone holds no telephone number"),
        ({"person": "Ana"}, "notes[1]"),
        ({"note": None}, "fit"),
        ({"source": ""}, "notes[1]"),
    ],
)
def test_all_or_none(machine: Connect, wrong: dict[str, Any], told: str) -> None:
    status, answer = post(machine(), "/notes", {"notes": [note("n1"), {**note("n2"), **wrong}]})
    assert status == 422
    assert told in answer["what"]
    assert not models.Note.objects.exists()
    assert not models.Person.objects.exists()


def test_a_note_of_another_person_is_a_conflict(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1")]})
    status, told = post(crm, "/notes", {"notes": [note("n2"), note("n1", person={"patient_id": "P-2"})]})
    assert status == 409
    assert "notes[1]" in told["what"]
    assert "Nothing of this request was kept" in told["do"]
    assert models.Note.objects.count() == 1


def test_three_systems_are_counted_together_and_the_same_contact_once(machine: Connect) -> None:
    crm = machine()
    notes = [
        note("n1", "LIMS", 1),
        note("a1", "AMD", 1, PHONE, at="2025-02-01T10:04:00Z"),  # the same call, noted in AMD too
        note("c7", "CRM", 9, EMAIL, channel="email", note="Customer emailed about the bill."),
    ]
    assert post(crm, "/notes", {"notes": notes})[0] == 200
    who = {**PATIENT, **PHONE, **EMAIL}
    told = assessed(crm, call(person=who))
    assert told["history"]["contacts_on_this_issue"] == 3
    assert told["history"]["counted"] == ["n1", "c7"]
    assert {"note": "a1", "because": "same call as n1, noted in AMD"} in told["history"]["left_out"]
    assert told["history"]["sources_read"] == ["AMD", "CRM", "LIMS"]
    assert [flag["kind"] for flag in told["flags"]] == ["repeated_contact"]


def test_notes_count_beside_those_that_came_with_the_contact(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    brought = {key: value for key, value in note("n2", day=8).items() if key != "person"}
    told = assessed(crm, call(history=[brought], sources_read=["LIMS"]))
    assert told["history"]["counted"] == ["n1", "n2"]


def test_what_is_recorded_is_assessed_the_same_again(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    first = assessed(crm, call())
    post(crm, "/notes", {"notes": [note("n3", day=12)]})
    assert assessed(crm, call()) == first
    assert models.Assessment.objects.count() == 1
    told = {"kind": "repeated_contact", "by": "ana", "reason": "it is"}
    assert post(crm, "/contacts/c-1/flags/confirm", told)[0] == 200  # the flag is still there
    later = assessed(crm, call("c-2"))["history"]
    assert later["counted"] == ["n1", "n2", "n3", "c-1"]  # of the same second, and yet another call


def test_a_live_call_knows_the_notes_from_its_first_word(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8)]})
    post(crm, "/calls", {key: value for key, value in call().items() if key not in ("channel", "turns")})
    post(crm, "/calls/c-1/turns", {"turns": [{"number": 0, "speaker": "caller", "text": "I have a question."}]})
    told = crm.get(f"{API}/calls/c-1").json()["assessment"]
    assert (told["outcome"], told["history"]["contacts_on_this_issue"]) == ("escalate", 3)


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "7"])
def test_what_is_no_object_is_told(machine: Connect, body: str) -> None:
    answer = machine().post(f"{API}/notes", body, content_type="application/json")
    assert answer.status_code == 422, answer.content


def test_contacts_recorded_here_count_too(machine: Connect) -> None:
    """Nobody imports anything, and yet the third contact on one bill is the third."""
    crm = machine()
    for day, id in ((1, "c-1"), (8, "c-2"), (12, "c-3")):
        told = assessed(crm, call(id, received_at=f"2025-03-{day:02}T10:00:00Z"))
    assert (told["outcome"], told["history"]["contacts_on_this_issue"]) == ("escalate", 3)
    assert told["history"]["counted"] == ["c-1", "c-2"]
    post(crm, "/notes", {"notes": [note("n2", at="2025-03-08T10:20:00Z")]})  # the second one as LIMS noted it
    told = assessed(crm, call("c-4", received_at="2025-03-20T10:00:00Z"))
    assert told["history"]["contacts_on_this_issue"] == 4
    other = assessed(crm, call("c-5", issue="INV-7", received_at="2025-03-21T10:00:00Z"))
    assert other["history"]["contacts_on_this_issue"] == 1


def earlier(**who: str) -> list[str]:
    found = with_earlier_notes(a_call(person=Person(**who), id="new"))
    return sorted(one.id for one in found.history.notes) if found.history else []


def test_whose_notes_they_are(machine: Connect) -> None:
    ben = {"patient_id": "P-2", "name": "Ben Brook", **PHONE}
    family = [note("n1", person={**PATIENT, **PHONE}, issue=None), note("n2", person=ben, issue=None)]
    post(machine(), "/notes", {"notes": [*family, note("n3", "CRM", person={**PHONE}, issue=None)]})
    assert models.Person.objects.count() == 3
    assert earlier(patient_id="P-1001", phone="+16505551212") == ["n1", "n3"]
    assert earlier(name="Ben Brook", phone="+16505551212") == ["n2", "n3"]
    assert earlier(phone="+16505551212") == []  # two patients have this telephone, and nothing tells which it is
    assert earlier(patient_id="P-3", phone="+16505551212") == ["n3"]
    assert earlier(email="someone@example.org") == []


def test_notes_on_the_same_invoice_are_found_without_a_name(machine: Connect) -> None:
    crm = machine()
    post(crm, "/notes", {"notes": [note("n1", day=1), note("n2", day=8), note("n3", day=9, issue="INV-7")]})
    told = assessed(crm, call(person={}, issue="inv 20391"))
    assert told["history"]["contacts_on_this_issue"] == 3
    other = assessed(crm, call("c-2", person={"patient_id": "P-2"}))  # another patient's invoice, it seems
    assert other["history"]["contacts_on_this_issue"] == 1


def test_a_system_that_could_not_be_read_is_named(machine: Connect) -> None:
    crm = machine()
    assert assessed(crm, call("c-0"))["history"]["sources_read"] == []
    connect("lims", every_hours=24, by="test")
    told = assessed(crm, call("c-1"))
    assert told["outcome"] == "clarify"
    assert told["needs_person"] == ["The notes in LIMS could not be read."]
    assert post(crm, "/notes", {"sources_read": ["LIMS"], "sources_failed": ["AMD"]})[0] == 200
    told = assessed(crm, call("c-2"))
    assert (told["history"]["sources_read"], told["history"]["sources_failed"]) == (["LIMS"], ["AMD"])
    post(crm, "/notes", {"notes": [note("a1", "AMD")]})
    assert assessed(crm, call("c-3"))["needs_person"] == []
    models.NotesSource.objects.filter(name="LIMS").update(heard_at=timezone.now() - timedelta(hours=25))
    assert assessed(crm, call("c-4"))["history"]["sources_failed"] == ["LIMS"]
    told = assessed(crm, call("c-5", history=[], sources_read=["LIMS"]))  # whoever sent it has read LIMS just now
    assert told["history"]["sources_failed"] == []
    actions = models.Event.objects.filter(action__startswith="notes ").values_list("action", flat=True)
    assert set(actions) == {"notes system connected", "notes not read", "notes handed in"}


def test_with_no_notes_and_no_system_nothing_is_changed(web: Settings) -> None:
    contact = a_call(SUES)
    assert with_earlier_notes(contact) is contact
    keep(a_call(SUES, id="c-2", person=ANA))
    assert models.Contact.objects.get(key="c-2").history is None


def test_dates_and_ids_are_kept_as_given(machine: Connect) -> None:
    post(machine(), "/notes", {"notes": [note("n1", at=None, issue=20391)]})
    kept = models.Note.objects.get()
    assert (kept.at, kept.issue, kept.issue_key) == (None, "20391", "20391")
