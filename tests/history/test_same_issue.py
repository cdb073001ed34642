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

IN_LONGER_TALK = [
    (
        "Hi, I got this bill for three hundred fifty dollars for the Panorama test, my doctor said it is covered.",
        "INV-20391",
        "Pt called re Panorama bill, told covered by ins",
        None,
        SAME,
    ),
    (
        "Hi, I got this bill for three hundred fifty dollars for the Panorama test, my doctor said it is covered.",
        "INV-20391",
        "Pt asked when results ready",
        None,
        ANOTHER,
    ),
    (
        "Hi, I got this bill for three hundred fifty dollars for the Panorama test, my doctor said it is covered.",
        "INV-20391",
        "pt called re $350 charge",
        None,
        SAME,
    ),
    (
        "My insurance denied the claim and now you want me to pay.",
        "INV-5001",
        "Pt called, ins denied claim, wants appeal",
        None,
        SAME,
    ),
    (
        "My insurance denied the claim and now you want me to pay.",
        "INV-5001",
        "pt requested records release to new OB",
        None,
        ANOTHER,
    ),
    ("My insurance denied the claim and now you want me to pay.", "INV-5001", "Pt wants to change appt", None, ANOTHER),
    (
        "I'm calling about a refund, I paid twice for the same test back in January.",
        None,
        "pt says paid twice, wants refund",
        None,
        SAME,
    ),
    (
        "I'm calling about a refund, I paid twice for the same test back in January.",
        None,
        "Pt called re dup pmt",
        None,
        SAME,
    ),
    (
        "I'm calling about a refund, I paid twice for the same test back in January.",
        None,
        "Pt called re refund, told 4-6 wks",
        "INV-91",
        SAME,
    ),
    (
        "I'm calling about a refund, I paid twice for the same test back in January.",
        None,
        "Pt called re kit",
        None,
        ANOTHER,
    ),
    (
        "Yeah it's about a letter from a collection agency, I never got a bill from you.",
        "INV-777",
        "Pt rec'd collections letter, never got stmt",
        None,
        SAME,
    ),
    (
        "Yeah it's about a letter from a collection agency, I never got a bill from you.",
        "INV-777",
        "Pt called re coll ltr",
        None,
        SAME,
    ),
    (
        "Yeah it's about a letter from a collection agency, I never got a bill from you.",
        "INV-777",
        "pt called to set up pmt plan",
        None,
        DOUBTFUL,
    ),
    (
        "Yeah it's about a letter from a collection agency, I never got a bill from you.",
        "INV-777",
        "pt called, no demographics updated",
        None,
        DOUBTFUL,
    ),
    ("I still haven't received the itemized bill I asked for twice.", None, "pt req itemized bill", None, SAME),
    (
        "I still haven't received the itemized bill I asked for twice.",
        None,
        "Patient requests itemized statement be mailed",
        None,
        SAME,
    ),
    (
        "I still haven't received the itemized bill I asked for twice.",
        None,
        "Patient asked about Horizon results",
        None,
        ANOTHER,
    ),
    (
        "You keep billing me even though my financial assistance was approved.",
        "INV-8",
        "Pt called re FA application status",
        None,
        SAME,
    ),
    (
        "You keep billing me even though my financial assistance was approved.",
        "INV-8",
        "pt upset still getting bills, FA approved",
        None,
        SAME,
    ),
    (
        "You keep billing me even though my financial assistance was approved.",
        "INV-8",
        "Pt asked about test kit shipping",
        None,
        ANOTHER,
    ),
    ("Hello, I need to know when my test results are coming.", None, "pt called for results", None, SAME),
    ("Hello, I need to know when my test results are coming.", None, "pt called re bill", None, ANOTHER),
    (
        "Hello, I need to know when my test results are coming.",
        None,
        "Pt asked status of results, not in yet",
        None,
        SAME,
    ),
    (
        "Hi this is Dana, I moved and need to change my address for the statement.",
        None,
        "pt called to update mailing address",
        None,
        SAME,
    ),
    (
        "Hi this is Dana, I moved and need to change my address for the statement.",
        None,
        "pt disputes 350",
        None,
        DOUBTFUL,
    ),
    (
        "It's about my carrier screening invoice, I was told ninety nine dollars.",
        "INV-4410",
        "Pt quoted $99 for Horizon, billed 349",
        None,
        SAME,
    ),
    (
        "It's about my carrier screening invoice, I was told ninety nine dollars.",
        "INV-4410",
        "pt disputes carrier screen bill",
        None,
        SAME,
    ),
    (
        "I want to talk to a supervisor, I've called and called.",
        "INV-4410",
        "Pt called re balance, wants explanation",
        None,
        SAME,
    ),
    ("I want to talk to a supervisor, I've called and called.", "INV-4410", "Pt called", None, DOUBTFUL),
    ("I want to talk to a supervisor, I've called and called.", "INV-4410", "Pt called re results", None, ANOTHER),
    ("My deductible was met, so why do I owe $620?", None, "Pt states ded met, disputes 620", None, SAME),
    ("My deductible was met, so why do I owe $620?", None, "Pt called re deductible", None, SAME),
    ("My deductible was met, so why do I owe $620?", None, "pt called re EOB", None, DOUBTFUL),
    ("I called about the date of service February 3rd bill.", None, "re DOS 2/3/25", None, SAME),
    ("I called about the date of service February 3rd bill.", None, "re DOS 1/15/25 bill", None, DOUBTFUL),
    ("The account number is 4471882.", None, "pt called", "ACCT-4471882", SAME),
    ("The account number is 4471882.", None, "Pt called re acct 4471882", None, SAME),
    ("The account number is 4471882.", None, "pt called", "ACCT-9911", ANOTHER),
    ("Case number C S 1 2 3 4 5", None, "pt emailed", "CS-12345", SAME),
    ("Hi I'm following up on case 55120.", "CASE-55120", "Patient emailed re case #55120", None, SAME),
    ("Hi I'm following up on case 55120.", "CASE-55120", "Patient called re case #55121", None, ANOTHER),
    ("I have two bills, 20391 and 20392.", None, "pt called", "INV-20391", SAME),
    ("I have two bills, 20391 and 20392.", None, "pt called", "INV-20400", DOUBTFUL),
    ("Subject of my call is order 88-1201.", None, "pt called re order 88-1201", None, SAME),
]


@pytest.mark.parametrize(("said", "issue", "note", "note_issue", "answer"), BY_REFERENCE + BY_WORDS + IN_LONGER_TALK)
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


def test_the_patients_number_may_be_an_invoices_too() -> None:
    assert bearing(call("It's about INV-1001."), "Pt called", "INV-777") is ANOTHER


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


def test_markup_names_no_issue_and_ends_where_the_quoted_mail_begins() -> None:
    body = (
        "<html><head><style>p{color:#203910;width:350px}</style></head>"
        '<body><p style="color:#88213">It&#8217;s wrong.</p>'
        "<blockquote>INV-20391</blockquote></body></html>"
    )
    assert own_words(mail("Bill", body)).split() == ["Bill", "It\u2019s", "wrong."]
    assert bearing(mail("Hello", body), "Pt called", "INV-88213") is DOUBTFUL


def test_a_name_that_is_a_word_of_the_trade_stays_one() -> None:
    contact = Contact("c", Channel.PHONE, person=Person(name="Bill Carter"), turns=call("My bill is wrong.").turns)
    assert bearing(contact, "Pt called re bill", "INV-20391") is SAME


def test_a_known_gap_is_still_open_two_tests_by_their_everyday_names() -> None:
    # It should be a doubt, but only the centre knows that these are two tests.
    contact = call("It's about my carrier screening invoice.", "INV-4410")
    assert bearing(contact, "Pt called about NIPT bill") is SAME
