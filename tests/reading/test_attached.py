"""What is attached to a mail: texts, HTML and mails are read with it, each in its place."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from watchword.errors import Place
from watchword.reading.attached import not_read
from watchword.reading.mail import contact_from_mail
from watchword.reading.own_words import passages
from watchword.settings import Settings
from watchword.terms import Channel, Contact, Zone

PHOTO, LOGO = bytes(150_000), bytes(5_000)


def read(raw: bytes) -> Contact:
    return contact_from_mail(raw, place=Place("any.eml"), settings=Settings())


def letter(body: str = "Please see attached.", subject: str = "My bill") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Jane <jane@example.com>", "billing@natera.example.com", subject
    mail.set_content(body)
    return mail


def told(contact: Contact) -> list[tuple[str | None, str, str]]:
    """Each stretch of a mail's own text and of its attachments: where, whose, what."""
    found = [(one.attachment, one.zone.value, " ".join(one.text.split())) for one in passages(contact)[1:]]
    return [one for one in found if one[2]]


def test_an_attached_text_is_read_in_its_place() -> None:
    mail = letter()
    mail.add_attachment("I’ll sue. <b\n", filename="letter.txt")
    mail.add_attachment(
        b"<html><p>My <b>lawyer</b></p><blockquote>says", maintype="text", subtype="html", filename="a.htm"
    )
    mail.add_attachment(b"Third.", maintype="application", subtype="octet-stream", filename="b.TXT")
    contact = read(mail.as_bytes())
    assert told(contact) == [
        (None, "own", "Please see attached."),
        ("letter.txt", "own", "I’ll sue. <b"),
        ("a.htm", "own", "My lawyer"),
        ("a.htm", "quoted", "says"),
        ("b.TXT", "own", "Third."),
    ]
    body = contact.body or ""
    for passage in passages(contact)[1:]:
        for index, character in enumerate(passage.text):
            start, end = passage.span(index, index + 1)
            assert body[start:end] == character or not character.strip()
    assert (contact.unread, not_read(contact)) == ((), [])


def test_what_the_mail_quotes_ends_where_an_attachment_begins() -> None:
    mail = letter(
        "Here.\n\nOn Tue, Mar 4, 2025 at 3:02 PM Billing <b@example.com> wrote:\nYou owe us.\n", "Re: Your bill"
    )
    mail.add_attachment("From: Jane\nTo: Billing\nSubject: Notice\n\nI will sue.", filename="letter.txt")
    zones = [(where, zone) for where, zone, _ in told(read(mail.as_bytes()))]
    assert zones == [(None, "own"), (None, "quoted"), ("letter.txt", "own")]


def test_an_attached_mail_is_read_with_its_subject_and_its_attachments() -> None:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "bob@law.example.com", "jane@example.com", "Notice of legal action"
    inner.set_content("We represent Ms Doe.")
    inner.add_attachment("Exhibit one.", filename="exhibit.txt")
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="exhibit.pdf")
    outer = letter()
    outer.add_attachment(inner, filename="notice.eml")
    packed = letter()
    packed.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="notice.eml")
    for raw in (outer.as_bytes(), packed.as_bytes()):
        contact = read(raw)
        assert told(contact)[1:] == [
            ("notice.eml", "own", "Notice of legal action We represent Ms Doe."),
            ("exhibit.txt", "own", "Exhibit one."),
        ]
        assert not_read(contact) == ["exhibit.pdf"]
        assert [one["name"] for one in contact.extra["attachments"]] == ["notice.eml", "exhibit.txt", "exhibit.pdf"]


def test_a_mail_packed_in_a_way_that_is_forbidden_is_read_too() -> None:
    inner = base64.encodebytes(b"From: bob@law.example.com\nSubject: Notice\n\nWe will sue.\n")
    head = b"--q\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    contact = read(b"From: j@example.com\nContent-Type: multipart/mixed; boundary=q\n\n" + head + inner + b"--q--\n")
    assert [one.text for one in passages(contact)] == ["Notice\nWe will sue."]


def test_a_mail_of_ours_that_comes_back_is_named_and_not_read() -> None:
    ours = EmailMessage()
    ours["From"], ours["Subject"] = "Collections <no-reply@natera.example.com>", "Final notice before legal action"
    ours.set_content("We may involve an attorney.")
    outer = letter()
    outer.add_attachment(ours, filename="notice.eml")
    contact = read(outer.as_bytes())
    assert [where for where, _, _ in told(contact)] == [None]
    assert not_read(contact) == ["notice.eml"]


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("text/plain", "invite.ics", "BEGIN:VCALENDAR"),
        ("text/calendar", None, "BEGIN:VCALENDAR"),
        ("text/x-vcard", "jane.vcf", "BEGIN:VCARD"),
        ("text/plain", "jane.vcf", "BEGIN:VCARD"),
        ("application/pgp-signature", "signature.asc", "x"),
        ("application/pgp-keys", "OpenPGP_0x1.asc", "x"),
        ("application/pkcs7-signature", "smime.p7s", "x"),
        ("image/png", "image001.png", "x"),
        ("image/png", "Outlook-abc12x.png", "x"),
        ("text/csv", "bills.csv", "a,b"),
    ],
)
def test_what_programs_attach_for_programs_is_neither_read_nor_missed(
    kind: str, name: str | None, content: str
) -> None:
    mail = letter()
    mail.add_attachment(content.encode(), *kind.split("/"), filename=name)
    contact = read(mail.as_bytes())
    assert (told(contact), not_read(contact)) == ([(None, "own", "Please see attached.")], [])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pdf", "letter.pdf"),
        ("application/octet-stream", "letter.docx"),
        ("image/jpeg", "IMG_1.jpg"),
        ("application/ms-tnef", "winmail.dat"),
        ("text/plain", "letter.pdf"),
        ("text/rtf", "letter.rtf"),
    ],
)
def test_what_may_hold_words_and_cannot_be_read_is_known(kind: str, name: str) -> None:
    mail = letter()
    mail.add_attachment(b"x", *kind.split("/"), filename=name)
    contact = read(mail.as_bytes())
    assert ([where for where, _, _ in told(contact)], not_read(contact)) == ([None], [name])


@pytest.mark.parametrize(("picture", "missed"), [(LOGO, []), (PHOTO, ["a.png"])])
def test_a_small_picture_in_the_text_is_a_logo(picture: bytes, missed: list[str]) -> None:
    mail = letter()
    mail.add_alternative('<p>Please see attached.</p><img src="cid:a@b">', subtype="html")
    (rich,) = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    rich.add_related(picture, "image", "png", cid="<a@b>", filename="a.png")
    contact = read(mail.as_bytes())
    assert contact.extra["attachments"][0].get("inline", False) is not bool(missed)
    assert not_read(contact) == missed


def test_only_a_line_that_names_an_attachment_begins_one() -> None:
    body = "[In the attachment my lawyer]\nI will sue.\n"
    (passage,) = passages(Contact("m", Channel.EMAIL, body=body))
    assert (passage.text, passage.zone, passage.attachment) == (body, Zone.OWN, None)
    named = Contact("m", Channel.EMAIL, body=body, extra={"attachments": ["my lawyer", 5]})
    assert [(one.text, one.attachment) for one in passages(named)] == [("I will sue.\n", "my lawyer")]


def test_a_long_attachment_is_read_in_part_and_that_is_said() -> None:
    mail = letter()
    mail.add_attachment("word " * 50_000, filename="long.txt")
    contact = read(mail.as_bytes())
    assert len(contact.body or "") < 200_100
    assert contact.unread == ("Of the attachment long.txt only the first 200,000 characters were read.",)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/x-microsoft-rpmsg-message", "message_v4.rpmsg"),
        ("text/html", "securedoc_20250304T100211.html"),
        ("text/html", "SecureMessageAtt.html"),
        ("application/octet-stream", "message_zdm.html"),
    ],
)
def test_the_envelope_of_an_encrypted_mail_is_no_text(kind: str, name: str) -> None:
    mail = letter("You have received a secure message. Open the attachment to read it.")
    mail.add_attachment(b"<p>Open securely</p>", *kind.split("/"), filename=name)
    contact = read(mail.as_bytes())
    assert contact.unread == ("The mail, or a part of it, is encrypted and could not be read.",)
    assert [where for where, _, _ in told(contact)] == [None]
