"""Automatic mails raise nothing, and mails in which the customer says nothing are never silently clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.made import mail, notes
from watchword.terms import Assessment, Contact, Outcome

Assessed = Callable[[Contact], Assessment]
NOTHING_SAID = ("No words of the customer's own were found in it.",)
AWAY = "I will be away. My attorney is Bob Lee, and he will sue you. Please do not call me again."


@pytest.mark.parametrize("kind", ["auto-replied", "delivery-report"])
def test_what_an_automatic_mail_says_is_set_aside(assessed: Assessed, kind: str) -> None:
    away = mail(AWAY, "Automatic reply: Bill", notes("Pt called re bill", "Pt called re bill again"), "INV-20391")
    found = assessed(replace(away, extra={"auto_submitted": kind}))
    assert (found.outcome, found.flags, found.actions, found.needs_person) == (Outcome.CLEAR, (), (), ())
    quotes = {aside.quote for aside in found.set_aside if "automatic" in aside.because}
    assert {"attorney", "sue"} <= quotes
    assert {flag.term for flag in assessed(away).flags} >= {"attorney", "legal_action"}


def test_an_automatic_mail_without_words_or_in_another_language_needs_nobody(assessed: Assessed) -> None:
    for body in ("", "> old\n", "Estoy fuera de la oficina y no puedo contestar hasta el lunes."):
        assert (
            assessed(replace(mail(body, "Read: Bill"), extra={"auto_submitted": "delivery-report"})).needs_person == ()
        )


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        ("> You owe us.\n", {}),
        ("##- Please type your reply above this line -##\n\nRuth wrote: I will sue.\n", {}),
        ("Sent from my iPhone\n", {"attachments": [{"name": "IMG_1.jpg"}]}),
        ("", {"attachments": [{"name": "letter.pdf"}]}),
        ('<html><body><img src="https://example.com/letter.png"></body></html>', {}),
    ],
)
def test_a_subject_above_what_is_not_the_customers_or_not_read_needs_a_person(
    assessed: Assessed, body: str, extra: dict[str, object]
) -> None:
    found = assessed(replace(mail(body, "My bill"), extra=extra))
    assert (found.outcome, found.needs_person) == (Outcome.CLARIFY, NOTHING_SAID)


def test_a_subject_alone_is_a_whole_mail(assessed: Assessed) -> None:
    for body in ("", "\n", '<div dir="ltr"><br></div>'):
        assert assessed(mail(body, "Please send the bill again")).needs_person == ()
