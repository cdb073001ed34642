"""What is attached and was read raises flags in its own place; what was not read is a person's, if all hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.made import mail
from watchword.policy.schema import Policy
from watchword.terms import Assessment, Contact, Outcome
from watchword.triage.record import as_record, flag_of
from watchword.triage.told import aside_told, words_told
from watchword.triage.why_not import why_not

Assessed = Callable[[Contact], Assessment]
LETTER = {"name": "letter.pdf", "type": "application/pdf", "size": 90_000}


def with_attached(body: str, subject: str | None, *attachments: dict[str, object]) -> Contact:
    return replace(mail(body, subject), extra={"attachments": list(attachments)})


def test_words_in_an_attachment_raise_a_flag_and_their_place_is_told(assessed: Assessed) -> None:
    body = "Please see attached.\n\n[In the attachment a.txt]\nMy attorney will write to you."
    found = assessed(with_attached(body, "Bill", {"name": "a.txt", "read": True}))
    assert (found.outcome, found.needs_person) == (Outcome.ESCALATE, ())
    (flag,) = found.flags
    (piece,) = flag.evidence
    assert (piece.attachment, body[piece.start : piece.end]) == ("a.txt", piece.quote)
    assert words_told(flag) == f"“{piece.quote}” (in the attachment a.txt)"
    assert flag_of(as_record(found)["flags"][0]) == flag
    (post,) = [action.text for action in found.actions if action.text]
    assert "What was said (in the attachment a.txt): “My attorney will write to you.”" in post


def test_so_is_the_place_of_words_in_an_attachment_that_were_set_aside(assessed: Assessed, policy: Policy) -> None:
    body = "Please see attached.\n\n[In the attachment a.txt]\nI live at 12 Court Street, Springfield."
    contact = with_attached(body, "Bill", {"name": "a.txt", "read": True})
    found = assessed(contact)
    (aside,) = found.set_aside
    place = f"“{aside.quote}” (in the attachment a.txt)"
    assert aside_told(aside) == f"{place}: {aside.because}"
    assert as_record(found)["set_aside"][0]["attachment"] == "a.txt"
    assert next(iter(why_not("court", contact, found, policy))).startswith(f"{place} was set aside")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("My bill", "Please see attached."),
        ("INV-20391", "Dear Ms. Smith,\n\nplease find the attached letter.\n\nKind regards,\nAna Brook"),
        ("Final notice", "See the attached letter regarding my account no. 4471-A."),
        (None, "Attached is my formal complaint. Please read it carefully.\n\nThanks,\nAna"),
        ("Scanned from a Xerox Multifunction Printer", "Please open the attached document."),
        (
            "Message from KM_C458",
            'This E-mail was sent from "RNP583879AF2A3C" (MP C3004).\n\nScan Date: 03.04.2025 10:02:11 (-0500)\n'
            "Queries to: scanner@example.com",
        ),
        (
            "Fax from 555-555-0142",
            "You have received a 3 page fax at 2025-03-04 09:00:00 EST.\n\n* The reference number for this fax is "
            "atl_did1-123.\n\nPlease visit www.example.com/fax if you have any questions.",
        ),
        ("Re: Your bill", "FYI\n\nSent from my iPhone"),
        ("letter", "<div>Here it is</div>"),
    ],
)
def test_a_mail_that_only_points_to_what_cannot_be_read_is_a_persons(
    assessed: Assessed, subject: str | None, body: str
) -> None:
    found = assessed(with_attached(body, subject, LETTER))
    assert (found.outcome, found.needs_person) == (Outcome.CLARIFY, ("Not read: the attachment letter.pdf.",))
    assert assessed(with_attached(body, subject)).needs_person == ()
    assert assessed(with_attached(body, subject, {**LETTER, "inline": True})).needs_person == ()


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("My bill", "Attached is a copy of my insurance card."),
        ("Insurance card", "Please see attached."),
        ("My bill", "Hello, I moved. Please send the next bill to 12 Elm Street, see attached."),
        ("Bill", "Please find attached the receipt for my payment."),
        ("Bill", "Hi please change my address"),
    ],
)
def test_a_mail_that_says_what_it_is_about_speaks_for_itself(assessed: Assessed, subject: str, body: str) -> None:
    found = assessed(with_attached(body, subject, LETTER))
    assert (found.outcome, found.needs_person) == (Outcome.CLEAR, ())


def test_what_was_read_beside_it_does_not_stand_for_what_was_not(assessed: Assessed) -> None:
    body = "See attached.\n\n[In the attachment a.txt]\nThe kit came on Monday."
    read = {"name": "a.txt", "read": True}
    photos = [{"name": f"{number}.jpg"} for number in range(9)]
    assert assessed(with_attached(body, "Bill", read)).needs_person == ()
    assert assessed(with_attached(body, "Bill", read, LETTER)).needs_person == ("Not read: the attachment letter.pdf.",)
    assert assessed(with_attached("See attached.", "Bill", *photos)).needs_person == (
        "Not read: the attachments 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg.",
    )
