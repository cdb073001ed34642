"""Mails as real programs write them into contacts: who, when, the subject and the text."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from tests.reading.raw_mails import HEAD, MIXED, read, sample
from watchword.terms import Channel, Contact, Person


def test_a_whole_mail() -> None:
    contact = sample("gmail_reply")
    assert contact == Contact(
        id="CAFh2kd8Q@mail.example.com",
        channel=Channel.EMAIL,
        received_at=datetime(2025, 3, 4, 20, 31, 28, tzinfo=UTC),
        person=Person(name="Dana Whitfield", email="dana.whitfield@example.com"),
        subject="Re: Your statement INV-20391",
        body=contact.body,
        extra={"in_reply_to": "case-20391@natera.example.com", "references": ["case-20391@natera.example.com"]},
    )
    assert contact.body is not None
    assert contact.body.startswith(
        "Hello,\n\nthe estimate I was given in October said $249, and the statement says $1,480."
    )


def test_the_plain_part_is_preferred_and_html_given_as_it_stands() -> None:
    assert "<" not in (sample("gmail_reply").body or "").replace("<billing@", "")
    assert (sample("yahoo").body or "").startswith("<html>")


def test_a_plain_part_that_says_nothing_does_not_hide_the_html() -> None:
    assert "A lawyer friend says to wait." in (sample("html_behind_a_stub").body or "")
    empty = (
        HEAD
        + b"Content-Type: multipart/alternative; boundary=q\n\n--q\n\n \n--q\nContent-Type: text/html\n\n<p>Hi\n--q--\n"
    )
    assert read(empty).body == "<p>Hi"


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("This message is in HTML. Please use an HTML capable mail reader to view it.", "<p>I will sue you.</p>"),
        ("View this email in your browser", "<p>I will sue you, <b>my lawyer</b> says.</p>"),
        ("I will sue you.\n\nRuth", "I will sue you.\n\nRuth"),
        ("I will sue you. <https://example.com/a>", "I will sue you. <https://example.com/a>"),
    ],
)
def test_the_plain_part_stands_for_the_html_only_if_it_says_the_same(plain: str, shown: str) -> None:
    rich = shown if shown.startswith("<p>") else "<p>I will sue you.</p><p>Ruth</p>"
    kinds = f"--q\n\n{plain}\n--q\nContent-Type: text/html\n\n{rich}\n--q--\n"
    assert read(HEAD + b"Content-Type: multipart/alternative; boundary=q\n\n" + kinds.encode()).body == shown


def test_texts_around_an_attachment_are_one_body() -> None:
    contact = sample("forwarded_as_attachment")
    assert contact.body == "I attach what you sent me.\nAnd one line below the picture."
    assert contact.unread == ()
    assert contact.extra["attachments"] == [
        {"name": "notice.eml", "type": "message/rfc822", "size": None},
        {"name": "résumé.png", "type": "image/png", "size": 8},
    ]


def test_plain_and_html_side_by_side_are_both_kept() -> None:
    parts = b"--q\n\na < b\n--q\nContent-Type: text/html\n\n<p>Hi</p>\n--q--\n"
    assert read(MIXED + parts).body == "<pre>a &lt; b</pre>\n<p>Hi</p>"


def test_the_sender_is_from_and_not_reply_to() -> None:
    assert sample("yahoo").person == Person(name="Terry Okafor", email="terry_okafor@example.com")
    assert sample("thunderbird_flowed").person.name == "Jürgen Müller"
    assert sample("outlook_desktop").person.name == "Ferrante, Luis"


@pytest.mark.parametrize(
    ("written", "person"),
    [
        (b"jane@example.com", Person(email="jane@example.com")),
        (b"<jane@example.com>", Person(email="jane@example.com")),
        (b'"Doe, Jane" <jane@example.com>', Person(name="Doe, Jane", email="jane@example.com")),
        (b"Jane Doe <jane@example.com", Person(name="Jane Doe", email="jane@example.com")),
        (b"J\xc3\xbcrgen <j@example.com>", Person(name="Jürgen", email="j@example.com")),
        (b"J\xfcrgen <j@example.com>", Person(name="Jürgen", email="j@example.com")),
        (b"undisclosed-recipients:;", Person(name="undisclosed-recipients:;")),
        (b"(" * 5000, Person(name="(" * 5000)),
        (b"", Person()),
    ],
)
def test_the_sender_however_it_is_written(written: bytes, person: Person) -> None:
    assert read(b"Subject: x\nFrom: " + written + b"\n\nHi").person == person


TAKEN = b"Received: from a by b; Tue, 4 Mar 2025 15:00:00 +0000\nReceived: by a; Sat, 1 Mar 2025 1:00\n"


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        (b"Date: Tue, 4 Mar 2025 10:02:11 -0500", datetime(2025, 3, 4, 15, 2, 11, tzinfo=UTC)),
        (b"Date: 4 Mar 2025 10:02", datetime(2025, 3, 4, 10, 2, tzinfo=UTC)),
        (
            b"Date: soon\nReceived: from a by b; Wed, 5 Mar 2025 01:00:00 +0100\nReceived: by a; Sat, 1 Mar 2025 1:00",
            datetime(2025, 3, 5, 0, 0, tzinfo=UTC),
        ),
        (b"Date: Fri, 31 Dec 9999 23:59:59 -2359", None),
        (b"X: y", None),
        (TAKEN + b"Date: Tue, 4 Mar 2025 14:58:00 +0000", datetime(2025, 3, 4, 14, 58, tzinfo=UTC)),
        (TAKEN + b"Date: Thu, 1 Jan 1970 00:00:00 +0000", datetime(2025, 3, 4, 15, 0, tzinfo=UTC)),
        (TAKEN + b"Date: Tue, 4 Mar 2025 15:00:01 +0000", datetime(2025, 3, 4, 15, 0, tzinfo=UTC)),
        (b"Date: Mon, 4 Mar 2999 15:00:00 +0000", None),
        (b"Received: by b; Mon, 4 Mar 2999 15:00:00 +0000", None),
    ],
)
def test_when_a_mail_was_received(headers: bytes, at: datetime | None) -> None:
    assert read(b"From: a@example.com\n" + headers + b"\n\nHi").received_at == at


def test_a_mail_without_an_id_gets_one_from_its_bytes() -> None:
    raw = b"From: a@example.com\n\nHi"
    assert read(raw).id == f"mail-{hashlib.sha256(raw).hexdigest()[:16]}"
    assert read(b"Message-ID: <>\n" + raw).id.startswith("mail-")
    assert read(b"Message-ID: <" + b"x" * 9999 + b">\n" + raw).id.startswith("mail-")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        (b"=?utf-8?q?Stra=C3=9Fe?= 5", "Straße 5"),
        (b"=?utf-8?b?w6k=?=\n =?utf-8?b?w6k=?=", "éé"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é"),
        (b"=?x-unheard-of?q?abc?=", "abc"),
        (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
        (b"caf\xc3\xa9", "café"),
        (b"a\0b", "ab"),
        (b"", ""),
    ],
)
def test_subjects_are_decoded(written: bytes, subject: str) -> None:
    assert read(b"From: a@example.com\nSubject: " + written + b"\n\nHi").subject == subject


def test_a_mail_of_a_subject_alone_is_whole() -> None:
    contact = read(HEAD + b"\n")
    assert (contact.subject, contact.body, contact.unread) == ("Bill", "", ())


@pytest.mark.parametrize(
    ("headers", "known"),
    [
        (b"Subject: Re: legal action", {"in_reply_to": None}),
        (b"Subject: legal action", {}),
        (b"Subject: Re: legal action\nIn-Reply-To: <a@b>", {"in_reply_to": "a@b"}),
        (b"Subject: Re: legal action\nReferences: <a@b>", {"references": ["a@b"]}),
    ],
)
def test_a_mail_that_says_re_and_answers_none_is_known(headers: bytes, known: dict[str, object]) -> None:
    assert read(b"From: jane@example.com\n" + headers + b"\n\nHi").extra == known


def test_a_signed_mail_is_read() -> None:
    contact = sample("smime_signed")
    assert (contact.body, contact.unread) == ("Please correct the address on invoice INV-7.", ())
    assert contact.extra["attachments"][0]["name"] == "smime.p7s"


def test_automatic_mails_are_marked() -> None:
    assert sample("auto_reply").extra["auto_submitted"] == "auto-replied"
    assert "auto_submitted" not in read(b"Auto-Submitted: no\n" + HEAD + b"\nHi").extra
    report = HEAD + b"Content-Type: multipart/report; boundary=q\n\n--q\n\nHi\n--q--\n"
    assert read(report).extra["auto_submitted"] == "delivery-report"
