"""What cannot be read of a mail, or only in part, is named, whatever the bytes are."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.raw_mails import HEAD, MIXED, read, sample
from watchword.errors import ContactInvalid, FileUnreadable, InputError
from watchword.reading import mail
from watchword.reading.mail import MOST_PARTS, TOO_MANY, UNREADABLE
from watchword.reading.mail_shown import shown_mail


@pytest.mark.parametrize("kind", [b"audio/mpeg; name=vm.mp3", b"audio/mpeg", b"application/octet-stream; name=VM.WAV"])
def test_a_recording_is_for_a_person_to_listen_to(kind: bytes) -> None:
    parts = b"--q\n\nYou have a new voice message.\n--q\nContent-Type: " + kind + b"\n\nAA\n--q--\n"
    assert read(MIXED + parts).unread == ("A recording is attached, which was not listened to.",)


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


def test_parts_that_are_not_told_apart_are_still_shown() -> None:
    contact = read(HEAD + b"Content-Type: multipart/mixed\n\nmy lawyer calls")
    assert contact.body == "my lawyer calls"
    assert contact.unread == ("The mail's parts are not told apart as they should be; it was read as one text.",)


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
