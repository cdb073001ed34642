"""Is a note about the issue of the contact? Pairs of a contact and a note, each with the answer it must get."""

from __future__ import annotations

import pytest

from watchword.history.same_issue import Bearing, compare_issues, own_words
from watchword.terms import Channel, Contact, Note, Person, Speaker, Turn

SAME, ANOTHER, DOUBTFUL = Bearing.SAME, Bearing.ANOTHER, Bearing.DOUBTFUL


def call(said: str, issue: str | None = None) -> Contact:
    return Contact(
        "c-1",
        Channel.PHONE,
        person=Person(patient_id="P-1001", name="Dana Reyes", phone="+16505550142"),
        issue=issue,
        turns=(Turn(Speaker.AGENT, "Billing, how can I help with INV-999?"), Turn(Speaker.CALLER, said)),
    )


def mail(subject: str, body: str, issue: str | None = None) -> Contact:
    return Contact("c-2", Channel.EMAIL, person=Person(name="Dana Reyes"), issue=issue, subject=subject, body=body)


def bearing(contact: Contact, text: str, issue: str | None = None) -> Bearing:
    return compare_issues(contact, [Note("n1", "LIMS", text, Channel.PHONE, issue=issue)])[0].bearing


BY_REFERENCE = [
    # contact's words, contact's issue, note, note's issue, answer
    ("Hi, it's me again.", "INV-20391", "Pt called", "INV-20391", SAME),
    ("Hi, it's me again.", "INV-20391", "Pt called", "inv20391", SAME),
    ("Hi, it's me again.", "INV-20391", "Pt called re inv 20391", None, SAME),
    ("Hi, it's me again.", "INV-20391", "Pt called re invoice no. 20391", None, SAME),
    ("Hi, it's me again.", "INV-20391", "Pt called re #20391", None, SAME),
    ("Hi, it's me again.", "INV-20391", "disputes 20391 again", None, SAME),
    ("Hi, it's me again.", "INV-20391", "Pt called", "20391", SAME),
    ("Hi, it's me again.", "CASE-00123", "emailed re case 123", None, SAME),
    ("It's about invoice 20391.", None, "Pt called", "INV-20391", SAME),
    ("It's invoice two oh three nine one.", None, "Pt called", "INV-20391", SAME),
    ("The account is 4417 0 2.", "ACCT-88120", "pt called re acct# 88120", None, SAME),
    ("Hi.", "INV-20391", "Pt called", "INV-777", ANOTHER),
    ("Hi.", "INV-20391", "Pt called re inv 777", None, ANOTHER),
    ("Hi.", "INV-20391", "Pt called re #88213", None, ANOTHER),
    ("It's about invoice 20391.", None, "Pt called re bill", "INV-777", ANOTHER),
    ("Hi.", "INV-20391", "Pt called re inv 777 and inv 20391", "INV-777", SAME),
    ("Hi.", "INV-20391", "Pt called re claim", "CLM-5512", ANOTHER),
    ("Hi.", "refund", "pt called", "Refund", SAME),
    ("Hi.", "refund", "pt called", "address change", ANOTHER),
]

BY_WORDS = [
    ("I got a bill for $350 and it's wrong.", "INV-20391", "Pt called, disputes 350", None, SAME),
    ("You want three hundred and fifty dollars from me?", None, "disputes $350.00", "INV-20391", SAME),
    ("You billed me $249.50.", None, "Pt upset re 249.50", None, SAME),
    ("The blood draw was on January 12.", "INV-20391", "pt called re DOS 1/12/25", None, SAME),
    ("Why do I have a bill for Panorama?", "INV-20391", "pt asks why Panorama not covered", None, SAME),
    ("I got a letter from collections.", "INV-20391", "pt called upset re collections letter", None, SAME),
    ("Where is my refund?", None, "rcvd email from pt re: refund status", None, SAME),
    ("I asked for an itemized statement weeks ago.", None, "pt wants itemized bill", None, SAME),
    ("My explanation of benefits says I owe nothing.", None, "Pt called, EOB shows $0 due", "INV-1234", SAME),
    ("I want to set up a payment plan for this.", None, "pt called re pmt plan", None, SAME),
    ("This bill is wrong.", "INV-20391", "Pt called re bill", None, SAME),
    ("I'm calling about my bill.", None, "Pt called re bill", "INV-20391", SAME),
    ("This bill is wrong.", "INV-20391", "Pt called for results", None, ANOTHER),
    ("This bill is wrong.", "INV-20391", "pt called to update mailing address", None, ANOTHER),
    ("This bill is wrong.", "INV-20391", "requests new kit, sample lost in shipping", None, ANOTHER),
    ("I can't see my bill, why do I owe this?", None, "pt called, portal password reset", None, ANOTHER),
    ("When will my results be ready?", None, "Pt called re balance, wants refund", None, ANOTHER),
    ("This bill is wrong.", "INV-20391", "Pt called, upset, wants sup", None, DOUBTFUL),
    ("It's me again. Nobody called me back.", None, "Pt called re bill", "INV-20391", DOUBTFUL),
    ("It's me again. Nobody called me back.", None, "Pt called", None, DOUBTFUL),
    ("I got a bill for $350.", "INV-20391", "pt called re $120 bill", None, DOUBTFUL),
    ("I got the Panorama bill again.", "INV-20391", "pt called re the Horizon bill", None, DOUBTFUL),
    ("Why was I charged?", "INV-20391", "asked why Aetna denied", None, DOUBTFUL),
]


@pytest.mark.parametrize(("said", "issue", "note", "note_issue", "answer"), BY_REFERENCE + BY_WORDS)
def test_a_note_is_compared_with_the_contact(
    said: str, issue: str | None, note: str, note_issue: str | None, answer: Bearing
) -> None:
    assert bearing(call(said, issue), note, note_issue) is answer


def test_the_agents_words_name_no_issue() -> None:
    assert bearing(call("Yes, that one."), "Pt called", "INV-999") is DOUBTFUL


def test_a_subject_names_the_issue() -> None:
    assert bearing(mail("INV-20391 still wrong", "Hello?"), "Pt called", "INV-777") is ANOTHER


def test_a_quoted_mail_names_nothing() -> None:
    body = "Any news?\n\nOn Mon, Mar 3, 2025 at 9:12 AM Billing <b@example.com> wrote:\n> INV-20391 is due"
    assert own_words(mail("Re: hello", body)).split() == ["Re:", "hello", "Any", "news?"]
    assert bearing(mail("Re: hello", body), "Pt called", "INV-20391") is DOUBTFUL


@pytest.mark.parametrize("said", ["Call me at 650-555-0142.", "My patient number is P-1001.", "It was on 3/4/2025."])
def test_numbers_that_name_no_issue(said: str) -> None:
    assert bearing(call(said), "Pt called", "INV-20391") is DOUBTFUL


def test_another_invoice_named_beside_the_issue_is_a_doubt() -> None:
    contact = call("I already paid invoice 777, this is the other one.", "INV-20391")
    assert bearing(contact, "Pt called", "INV-777") is DOUBTFUL


def test_two_issues_on_record_make_common_words_a_doubt() -> None:
    contact = call("I'm calling about my bill.")
    notes = [
        Note("n1", "LIMS", "Pt called re bill", issue="INV-1"),
        Note("n2", "LIMS", "Pt called re bill", issue="INV-2"),
    ]
    assert [verdict.bearing for verdict in compare_issues(contact, notes)] == [DOUBTFUL, DOUBTFUL]


def test_the_reference_that_the_words_point_to_is_taken_over() -> None:
    contact = call("It's the Panorama bill for $350 again.")
    notes = [
        Note("n1", "LIMS", "Pt called, disputes 350", issue="INV-1"),
        Note("n2", "LIMS", "Pt called again, upset", issue="INV-1"),
        Note("n3", "LIMS", "Pt called re bill", issue="INV-2"),
    ]
    assert [verdict.bearing for verdict in compare_issues(contact, notes)] == [SAME, SAME, ANOTHER]


def test_what_agreeing_notes_tell_helps_to_know_the_others() -> None:
    contact = call("Hi, it's me again.", "INV-20391")
    notes = [
        Note("n1", "LIMS", "Pt called, disputes 350 for Panorama", issue="INV-20391"),
        Note("n2", "AMD", "pt emailed, the 350 again"),
    ]
    assert [verdict.bearing for verdict in compare_issues(contact, notes)] == [SAME, SAME]
    notes.reverse()
    assert [verdict.bearing for verdict in compare_issues(contact, notes)] == [SAME, SAME]


def test_another_issue_is_named_in_the_reason() -> None:
    contact = call("Hi.", "INV-20391")
    assert compare_issues(contact, [Note("n", "LIMS", "Pt called", issue="INV-777")])[0].because.endswith("(INV-777)")
    assert compare_issues(contact, [Note("n", "LIMS", "re inv 777")])[0].because.endswith("(inv 777)")
