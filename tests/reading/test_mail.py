"""Mails as real programs write them, and as broken ones do, into contacts."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.errors import ContactInvalid, FileUnreadable, InputError, Place
from watchword.reading import mail
from watchword.reading.mail import MOST_PARTS, TOO_MANY, UNREADABLE, contact_from_mail
from watchword.reading.mail_shown import shown_mail
from watchword.settings import Settings
from watchword.terms import Channel, Contact, Person

MAILS = Path(__file__).parent / "mails"
HEAD = (
    b"From: Jane <jane@example.com>\nSubject: Bill\nDate: Tue, 4 Mar 2025 10:02:11 -0500\nMessage-ID: <1@example.com>\n"
)
MIXED = HEAD + b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="q"\n\n'
ANY = Place("any.eml")


def read(raw: bytes, **settings: int) -> Contact:
    return contact_from_mail(raw, place=ANY, settings=Settings(**settings))


def sample(name: str) -> Contact:
    return contact_from_mail((MAILS / f"{name}.eml").read_bytes(), place=Place(name), settings=Settings())


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


@pytest.mark.parametrize("kind", [b"audio/mpeg; name=vm.mp3", b"audio/mpeg", b"application/octet-stream; name=VM.WAV"])
def test_a_recording_is_for_a_person_to_listen_to(kind: bytes) -> None:
    parts = b"--q\n\nYou have a new voice message.\n--q\nContent-Type: " + kind + b"\n\nAA\n--q--\n"
    assert read(MIXED + parts).unread == ("A recording is attached, which was not listened to.",)


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


def test_a_subject_without_end_is_cut_and_that_is_said() -> None:
    contact = read(b"From: a@example.com\nSubject: " + b"word " * 10_000 + b"\n\nHi")
    assert contact.subject is not None
    assert 10_000 <= len(contact.subject) < 10_010
    assert contact.unread == ("The subject is longer than 10000 characters; only its beginning was read.",)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("winmail", "The mail's text is packed in a winmail.dat of Outlook and could not be read."),
        ("smime_encrypted", "The mail, or a part of it, is encrypted and could not be read."),
    ],
)
def test_words_that_cannot_be_read_are_named(name: str, sentence: str) -> None:
    contact = sample(name)
    assert (contact.body, contact.unread) == ("", (sentence,))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            HEAD + b"Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx",
            "The mail's text is wrapped in an S/MIME signature and could not be read.",
        ),
        (
            HEAD + b"Content-Type: multipart/encrypted; boundary=q\n\n--q\nContent-Type: application/x\n\n--q--",
            "The mail, or a part of it, is encrypted and could not be read.",
        ),
        (
            HEAD + b"\n-----BEGIN PGP MESSAGE-----\nabc\n",
            "The mail, or a part of it, is encrypted and could not be read.",
        ),
        (
            MIXED + b"--q\n\n\n--q\nContent-Type: image/png; name=letter.png\n\nx\n--q--\n",
            "The mail has no text of its own, only attachments, which are not read.",
        ),
        (
            HEAD + b"To: us@example.net\nContent-Type: message/rfc822\n\nFrom: a@example.net\n\nour words",
            "The mail has no text of its own, only attachments, which are not read.",
        ),
    ],
)
def test_nothing_unread_is_passed_over_in_silence(raw: bytes, sentence: str) -> None:
    assert read(raw).unread == (sentence,)


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


def test_parts_that_are_not_told_apart_are_still_shown() -> None:
    contact = read(HEAD + b"Content-Type: multipart/mixed\n\nmy lawyer calls")
    assert contact.body == "my lawyer calls"
    assert contact.unread == ("The mail's parts are not told apart as they should be; it was read as one text.",)


def test_automatic_mails_are_marked() -> None:
    assert sample("auto_reply").extra["auto_submitted"] == "auto-replied"
    assert "auto_submitted" not in read(b"Auto-Submitted: no\n" + HEAD + b"\nHi").extra
    report = HEAD + b"Content-Type: multipart/report; boundary=q\n\n--q\n\nHi\n--q--\n"
    assert read(report).extra["auto_submitted"] == "delivery-report"


def nested(levels: int, kind: bytes = b"multipart/mixed") -> bytes:
    parts = [HEAD]
    for level in range(levels):
        parts.append(b"Content-Type: %s; boundary=b%d\n\n--b%d\n" % (kind, level, level))
        parts.append(b"\nown words\n--b0\n" * (level == 0))
    return b"".join(parts) + b"\ndeep words\n"


@pytest.mark.parametrize("levels", [60, 190, 260, 10_000])
def test_nesting_without_end_is_cut_and_that_is_said(levels: int) -> None:
    contact = read(nested(levels))
    assert contact.body == "own words"
    assert contact.unread == ("The mail's parts are nested too deep; those below level 50 were not read.",)


def test_nesting_as_mail_programs_do_it_is_read() -> None:
    assert read(nested(40)).body == "own words\ndeep words"


@pytest.mark.parametrize(
    "raw",
    [
        nested(3_000, b"(hidden) multipart/mixed"),
        HEAD + b"Content-Type: message/rfc822\n\n" * 10_000,
        HEAD + b"Content-Type:\n multipart/mixed; boundary=x\n\n--x\n" * 5_000,
    ],
)
def test_no_nesting_ends_in_a_stack_trace(raw: bytes) -> None:
    assert read(raw).unread


def test_what_the_standard_parser_stumbles_over_goes_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_: object) -> None:
        raise KeyError

    monkeypatch.setattr(mail, "content_of", stumble)
    contact = read(HEAD + b"\nmy lawyer calls")
    assert (contact.subject, contact.body, contact.unread) == ("Bill", "", (UNREADABLE,))


def test_a_mail_over_the_limit_is_refused_with_what_to_do() -> None:
    with pytest.raises(FileUnreadable, match=r"larger than 1000 bytes\. Raise WATCHWORD_LARGEST_MAIL"):
        read(HEAD + b"\n" + b"x" * 1000, largest_mail=1000)


def test_a_large_mail_under_the_limit_is_read() -> None:
    attached = base64.encodebytes(bytes(15_000_000))
    parts = b"--q\n\nown words\n--q\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    contact = read(MIXED + parts + attached + b"\n--q--\n")
    assert contact.body == "own words"
    assert contact.extra["attachments"] == [{"name": "a.pdf", "type": "application/pdf", "size": 15_000_000}]


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"just words about my lawyer\n", b"note: x\n\nmy lawyer", bytes(range(256)) * 9]
)
def test_what_is_no_mail_is_refused_without_its_words(raw: bytes) -> None:
    with pytest.raises(ContactInvalid) as raised:
        read(raw)
    assert "lawyer" not in str(raised.value)
    assert (
        str(raised.value)
        == "any.eml: This is no mail: it has no headers. Save the mail as a file with the ending .eml."
    )


FRAGMENTS = [
    *(
        HEAD,
        MIXED,
        b"\n",
        b"\n\n",
        b"--q\n",
        b"--q--",
        b"From: ",
        b"Date: ",
        b"References: ",
        b"Message-ID: ",
        b"[",
        b"<",
        b"(",
        b'"',
    ),
    *(
        b"Subject: =?utf-8?b?",
        b"?=",
        b"Content-Type: ",
        b"text/html",
        b"multipart/",
        b"message/rfc822",
        b"; boundary=q",
    ),
    *(b"; charset=", b"utf-7", b"; format=flowed", b"; name*0*=", b"Content-Disposition: attachment; filename"),
    *(b"Content-Transfer-Encoding: base64\n", b"quoted-printable", b"uuencode", b"begin 644 x\n"),
]


@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(FRAGMENTS)), max_size=12).map(b"".join))
def test_any_bytes_are_a_contact_or_an_input_error(raw: bytes) -> None:
    for whole in (raw, HEAD + raw):
        try:
            contact = read(whole)
        except InputError:
            continue
        assert isinstance(contact.body, str)
        assert UNREADABLE not in contact.unread
        for words in (contact.body, contact.subject or "", contact.person.name or "", contact.id, *contact.unread):
            assert "\0" not in words
            words.encode()  # fails on half a character


def _with_parts(many: int, part: bytes) -> bytes:
    return MIXED + part * many


@pytest.mark.parametrize(
    "part",
    [b"--q\n\nMy attorney.\n", b"--q\r\n\r\nMy attorney.\r\n", b"--q\r\rMy attorney.\r"],
    ids=["LF", "CRLF", "CR"],
)
def test_a_mail_of_too_many_parts_is_a_persons_to_read(part: bytes) -> None:
    read_whole = read(_with_parts(MOST_PARTS - 1, part))  # the mail itself is one too
    assert read_whole.unread == ()
    assert (read_whole.body or "").count("attorney") == MOST_PARTS - 1
    contact = read(_with_parts(MOST_PARTS, part))
    assert contact.unread == ("The mail has more than 1,000 parts; none of them was read.",)
    assert (contact.subject, contact.person.email, contact.body) == ("Bill", "jane@example.com", "")


def test_so_is_one_whose_report_has_too_many_blocks() -> None:
    report = b"--q\nContent-Type: message/delivery-status\n\n" + b"Status: 5.0.0\n\n" * MOST_PARTS
    assert TOO_MANY in read(MIXED + report).unread


def test_lines_that_only_look_like_parts_are_text() -> None:
    text = "--q\n" * (2 * MOST_PARTS) + "My attorney."
    assert read(HEAD + b"\n" + text.encode()).unread == ()
    assert "attorney" in (read(HEAD + b"\n" + text.encode()).body or "")


def test_of_a_mail_of_too_many_parts_the_original_is_shown_as_it_came() -> None:
    raw = _with_parts(MOST_PARTS, b"--q\n\nMy attorney.\n")
    shown = shown_mail(raw)
    assert (shown.html, shown.is_cut) == (None, False)
    assert shown.text == raw.decode()
