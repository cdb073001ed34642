"""Mails that nobody wrote to us now, told by their headers from those in which a program carries a customer's words."""

from __future__ import annotations

import pytest

from watchword.errors import Place
from watchword.reading.automatic import is_automatic
from watchword.reading.mail import contact_from_mail
from watchword.settings import Settings
from watchword.terms import Contact


def read(headers: str) -> Contact:
    raw = f"To: billing@example.com\nMessage-ID: <1@example.com>\n{headers}\n\nI am in court until Monday.\n"
    return contact_from_mail(raw.encode(), place=Place("any.eml"), settings=Settings())


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("From: ruth@example.com\nAuto-Submitted: auto-replied (vacation)\nSubject: Re: Bill", "auto-replied"),
        ("From: ruth@example.com\nAuto-Submitted: auto-generated\nSubject: Automatic reply: Bill", "auto-replied"),
        ("From: ruth@example.com\nSubject: Out of Office AutoReply: Bill", "auto-replied"),
        ("From: ruth@example.com\nSubject: Respuesta =?utf-8?q?autom=C3=A1tica=3A?= Bill", "auto-replied"),
        ("From: ruth@example.com\nSubject: Bill\nX-Autoreply: yes", "auto-replied"),
        ("From: ruth@example.com\nSubject: Bill\nPrecedence: auto_reply", "auto-replied"),
        ("From: MAILER-DAEMON@mx.example.com\nSubject: failure notice", "delivery-report"),
        (
            "From: ruth@example.com\nSubject: Read: Bill\nContent-Type: multipart/report;"
            " report-type=disposition-notification; boundary=b",
            "delivery-report",
        ),
    ],
)
def test_answers_to_everybody_and_reports_are_automatic(headers: str, kind: str) -> None:
    contact = read(headers)
    assert (contact.extra["auto_submitted"], is_automatic(contact)) == (kind, True)


@pytest.mark.parametrize(
    "headers",
    [
        "From: no-reply@example.com\nAuto-Submitted: auto-generated\nSubject: Contact form",
        "From: no-reply@example.com\nAuto-Submitted: auto-generated\nSubject: New voicemail",
        "From: ruth@example.com\nAuto-Submitted: no\nSubject: Bill",
        "From: ruth@example.com\nSubject: Re: Automatic reply: Bill",
        "From: ruth@example.com\nSubject: Out of office for months, and you still send bills",
        "From: ruth@example.com\nPrecedence: bulk\nSubject: Bill",
    ],
)
def test_a_mail_that_may_hold_a_customers_words_is_not(headers: str) -> None:
    assert not is_automatic(read(headers))
