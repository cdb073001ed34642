"""The page of a mail with attachments: those that are read stand below their names, the others are named alone."""

from __future__ import annotations

from email.message import EmailMessage

from tests.web.conftest import SignedIn
from tests.web.mails import agents_policy, come_in
from watchword.reading.originals import Original, Position
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models
from watchword.store.contacts import contact_of
from watchword.store.mails import position_of, said_hash
from watchword.triage.assess import assess
from watchword.web.access import Role


def letter_with(*attached: tuple[str | bytes, str]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "ana@example.com", "us@example.net", "Bill", "<a@b>"
    mail.set_content("Please see attached.")
    for content, name in attached:
        if isinstance(content, str):
            mail.add_attachment(content, filename=name)
        else:
            mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail.as_bytes()


def test_what_stands_in_an_attachment_is_shown_below_its_name(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter_with(("My attorney will call <i>you</i>.", "a<b>.txt")))
    assert row.outcome == "escalate"
    page = signed_in(Role.MAIL_AGENT).get(f"/inbox/{row.pk}").content.decode()
    place = page.index("In the attachment a&lt;b&gt;.txt</p>")
    assert place < page.index("attorney</mark>")
    assert "<i>you</i>" not in page
    assert "[In the attachment" not in page


def test_words_in_an_attachment_are_told_with_its_name(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter_with(("My attorney will call. I live at 12 Court Street.", "a<b>.txt")))
    page = signed_in(Role.MAIL_AGENT).get(f"/inbox/{row.pk}").content.decode()
    assert "in the attachment a&lt;b&gt;.txt" in page.split("<h2>Set aside</h2>")[1].split("</ul>")[0]
    page = signed_in(Role.SUPERVISOR).get(f"/contacts/{row.pk}").content.decode()
    assert "<cite>in the attachment a&lt;b&gt;.txt</cite>" in page
    assert "in the attachment a&lt;b&gt;.txt" in page.split("<h2>Set aside</h2>")[1].split("</ul>")[0]


def test_what_was_not_read_is_for_a_person(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter_with((b"%PDF", "letter.pdf")))
    assert row.needs_person
    page = signed_in(Role.MAIL_AGENT).get(f"/inbox/{row.pk}").content.decode()
    assert "Not read: the attachment letter.pdf." in page


def test_the_same_mail_with_attachments_is_recorded_once(web: Settings) -> None:
    raw = letter_with(("My attorney will call.", "a.txt"), (b"%PDF", "letter.pdf"))
    (row,) = come_in(web, raw)
    desk = MailDesk(web, agents_policy(), assess)
    desk.take(Original(b"Received: by a\n" + raw, "another way"), None)
    assert [one.pk for one in models.Contact.objects.all()] == [row.pk]
    desk.take(Original(raw.replace(b"call.", b"sue.."), "another way"), None)
    assert models.Contact.objects.count() == 2


def test_one_that_was_recorded_when_less_of_it_could_be_read_is_the_same_mail(web: Settings) -> None:
    raw = letter_with(("My attorney will call.", "a.txt"))
    (row,) = come_in(web, raw)
    row.body = "Please see attached."
    row.save()
    before = said_hash(contact_of(row))
    assert models.OriginalMail.objects.exclude(hash=before).update(hash=before)
    desk = MailDesk(web, agents_policy(), assess)
    desk.take(Original(b"Received: by a\n" + raw, "another way"), Position("box", 2, 7))
    assert [one.pk for one in models.Contact.objects.all()] == [row.pk]
    assert position_of("box") == Position("box", 2, 7)
    desk.take(Original(raw.replace(b"call.", b"sue.."), "another way"), None)
    assert models.Contact.objects.count() == 2, "it is another mail by what was attached all the same"
