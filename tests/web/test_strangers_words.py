"""Nothing that a stranger wrote is ever markup, and what is attached is never served."""

from __future__ import annotations

import re
from email.message import EmailMessage

from tests.web.conftest import SignedIn
from tests.web.mails import EVIL, come_in, text
from watchword.settings import Settings
from watchword.store import models
from watchword.store.mails import heard
from watchword.web.access import Role


def test_html_and_script_in_every_field_stay_text(web: Settings, signed_in: SignedIn) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = '"<script>alert(1)</script>" <a@example.com>', EVIL
    mail["Message-ID"] = "<'><script>x</script>@example.com>"
    mail.set_content(f"My attorney {EVIL} will sue.\n> {EVIL}\n-- \n{EVIL}\n")
    mail.add_attachment(b"x", maintype="text", subtype="plain", filename="<img src=x onerror=alert(2)>.txt")
    (row,) = come_in(web, mail.as_bytes())
    models.OriginalMail.objects.update(whence=EVIL)
    models.Step.objects.update(text=EVIL, why=EVIL)
    heard(f"INBOX {EVIL}", EVIL)
    browser = signed_in(Role.MAIL_AGENT)
    for address in ("/inbox", f"/inbox/{row.pk}", f"/inbox/{row.pk}/original", f"/inbox?went=1&stale={row.pk}"):
        page = text(browser, address)
        assert not re.search(r"<script(?! src=\"/static/)", page), address
        assert not re.search(r"<img(?! src=\"/static/)", page), address
        assert "{{ 7" in page or "14" not in page


def test_the_original_is_a_document_in_which_nothing_is_allowed(web: Settings, signed_in: SignedIn) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@example.com", "My bill"
    mail.set_content("plain")
    mail.add_alternative(
        '<base href="http://evil.example.com/"><p style="background:url(http://evil.example.com/a)">'
        "My <b>attorney</b></p>"
        '<a href="http://evil.example.com/b">click</a><form action="http://evil.example.com"><input name="x"></form>',
        subtype="html",
    )
    (row,) = come_in(web, mail.as_bytes())
    browser = signed_in(Role.MAIL_AGENT)
    answer = browser.get(f"/inbox/{row.pk}/original")
    page = answer.content.decode()
    assert "<p>My <x-b>attorney</x-b></p>" in page
    assert "evil.example.com" not in page
    assert "<form" not in page
    allowed = answer["Content-Security-Policy"]
    assert "default-src 'none'" in allowed
    assert "; sandbox" in allowed
    assert "script-src" not in allowed
    assert "unsafe" not in allowed
    on_page = text(browser, f"/inbox/{row.pk}")
    assert f'<iframe sandbox title="The original mail" src="/inbox/{row.pk}/original"' in on_page


def test_attachments_are_named_and_never_served(web: Settings, signed_in: SignedIn) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@example.com", "My bill"
    mail.set_content("My attorney will call.")
    mail.add_attachment(b"%PDF secret", maintype="application", subtype="pdf", filename="bill.pdf")
    (row,) = come_in(web, mail.as_bytes())
    browser = signed_in(Role.MAIL_AGENT)
    page = text(browser, f"/inbox/{row.pk}")
    assert "bill.pdf" in page
    assert "bill.pdf" not in re.sub(r"<ul class=\"attached\".*?</ul>", "", page, flags=re.DOTALL)
    assert "secret" not in text(browser, f"/inbox/{row.pk}/original")
