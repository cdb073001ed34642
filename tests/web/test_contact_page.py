"""The page of one contact: a mail's words as on the mail's own page, a call's turns."""

from __future__ import annotations

import re
from email.message import EmailMessage

from tests.recorded import SUES, a_call, a_mail, keep
from tests.web.conftest import SignedIn
from tests.web.mails import come_in
from tests.web.test_console import EVIL, text
from watchword.settings import Settings
from watchword.store import models
from watchword.store.desk import told
from watchword.store.ledger import brief_of
from watchword.store.register import _evidence, enter_by_hand
from watchword.terms import Scope
from watchword.web.access import Role

HTML = (
    "<p>My <b>attorney</b> &amp; co will call you. <i>Soon.</i></p><p>--<br>Ana Brook</p>"
    "<blockquote type=cite><p>On Mon, 3 Mar 2025 Billing wrote:</p><p>It is fraud.</p></blockquote>"
)


def written_as_html() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Ana Brook <ana@example.com>", f"My bill {EVIL}"
    mail.set_content(HTML, subtype="html")
    return mail.as_bytes()


def test_a_mail_in_html_is_shown_as_its_words(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, written_as_html())
    page = text(signed_in(Role.AGENT), f"/contacts/{row.pk}")
    own = re.search(r'<pre class="own">(.*?)</pre>', page, re.DOTALL)
    assert own
    assert '<mark class="escalate" title="attorney">attorney</mark> &amp; co will call you.' in own[1]
    assert "&lt;p&gt;" not in page
    assert "<script>alert" not in page
    assert re.search(r"<summary>Quoted from an earlier mail.*?It is fraud", page, re.DOTALL)
    assert re.search(r"<summary>Signature.*?Ana Brook", page, re.DOTALL)
    assert "fraud" not in own[1]
    assert f'href="/inbox/{row.pk}"' not in page  # a phone agent sees no inbox
    assert f'href="/inbox/{row.pk}"' in text(signed_in(Role.MAIL_AGENT), f"/contacts/{row.pk}")


def test_nobody_reads_the_markup_between_the_words(signed_in: SignedIn) -> None:
    """A quote is exact, markup and all; whoever reads it reads words: on every page, at the desk and in the table."""
    keep(a_mail("<p>Take <b>my&nbsp;number</b> off your list. My sister lives on 12 Court&nbsp;<i>Street</i>.</p>"))
    row, browser = models.Contact.objects.get(), signed_in(Role.SUPERVISOR)
    enter_by_hand(row.person, [Scope.CALLS], by="test", origin="contact", contact=row, evidence=_evidence(row))
    escalation = models.Escalation.objects.get()
    pages = [f"/contacts/{row.pk}", f"/escalations/{escalation.key}", "/register"]
    shown = [text(browser, page) for page in pages] + [browser.get("/register.csv").content.decode()]
    for words in (*shown, told(brief_of(escalation))):
        assert "Take my number off your list" in words
        assert "nbsp" not in words
        assert "my&amp;" not in words
    assert _evidence(row)[0]["quote"] == "Take <b>my&nbsp;number</b> off your list"


def test_a_call_is_shown_as_its_turns(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    page = text(signed_in(Role.AGENT), f"/contacts/{models.Contact.objects.get().pk}")
    assert re.search(r'<li class="caller" id="turn-0">.*?My attorney', page)
    assert 'class="letter"' not in page
    assert "/inbox/" not in page


def test_people_count_turns_from_one(signed_in: SignedIn) -> None:
    keep(a_call("Hello.", SUES))
    row = models.Contact.objects.select_related("escalation").get()
    browser = signed_in(Role.SUPERVISOR)
    page = text(browser, f"/contacts/{row.pk}")
    assert "<cite>turn 2</cite>" in page
    assert re.findall(r'<span class="speaker">([^<]+)</span><p>([^<]+)', page)[1] == ("2 caller", SUES)
    assert "<cite>turn 2</cite>" in text(browser, f"/escalations/{row.escalation.key}")


def test_a_mail_without_words_says_so(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, b"no mail at all")
    page = text(signed_in(Role.AGENT), f"/contacts/{row.pk}")
    assert "There are no words that could be read." in page
