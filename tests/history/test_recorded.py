"""A contact that is recorded here as a note: it says what the contact was about by number, and no other word of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.made import call, mail
from watchword.history.direction import Direction, read_direction
from watchword.history.recorded import MOST_NAMED, note_of_recorded
from watchword.history.references import references
from watchword.terms import Contact, Person

AT = datetime(2025, 3, 4, 10, 0, tzinfo=UTC)


def told(contact: Contact) -> str:
    return note_of_recorded(contact, AT).note


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Please put invoice INV-20777 right, I beg you.", "INV-20777"),
        ("It is invoice number 20777.", "invoice number 20777"),
        ("The case #4471 and INV-20777, please.", "INV-20777, case #4471"),
        ("Invoice two oh seven seven seven is wrong.", "Invoice 20777"),
    ],
)
def test_it_names_what_the_customer_named_and_is_read_so_again(words: str, named: str) -> None:
    for contact in (call(words), mail(words, subject="A question")):
        note = note_of_recorded(contact, AT)
        assert note.note == f"Patient {'called' if contact.turns else 'emailed'}: {named}."
        assert references(note.note) == references(words)
        assert read_direction(note).direction is Direction.INBOUND


def test_without_a_number_it_says_no_more_than_that_it_was() -> None:
    assert told(call("My card is 4111 and I am angry.")) == "Patient called."
    assert told(mail("Where is my refund?", subject="Refund")) == "Patient emailed."


def test_the_issue_field_alone_speaks_where_it_has_a_number() -> None:
    assert told(replace(call("It is like INV-20777."), issue="INV-20391")) == "Patient called."
    assert told(replace(call("It is about INV-20777."), issue="refund")) == "Patient called: INV-20777."


def test_the_customers_own_number_is_no_issue() -> None:
    own = replace(call("My account is acct 6505551212 or #1001."), person=Person("P-1001", phone="6505551212"))
    assert told(own) == "Patient called: acct 6505551212."


def test_of_a_whole_list_it_names_some() -> None:
    many = mail(", ".join(f"INV-{20000 + number}" for number in range(500)), subject="All")
    assert told(many).count("INV-") == MOST_NAMED


def test_an_automatic_mail_is_no_contact_of_the_customers() -> None:
    note = note_of_recorded(replace(mail("I am away."), extra={"auto_submitted": "auto-replied"}), AT)
    assert read_direction(note).direction is Direction.INTERNAL
