"""The page of one contact: a mail's words as on the mail's own page, a call's turns."""

from __future__ import annotations

import re
from email.message import EmailMessage

from tests.recorded import SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.mails import come_in
from tests.web.test_console import EVIL, text
from watchword.settings import Settings
from watchword.store import models
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


def test_a_call_is_shown_as_its_turns(signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    page = text(signed_in(Role.AGENT), f"/contacts/{models.Contact.objects.get().pk}")
    assert re.search(r'<li class="caller" id="turn-0">.*?My attorney', page)
    assert 'class="letter"' not in page
    assert "/inbox/" not in page


def test_a_mail_without_words_says_so(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, b"no mail at all")
    page = text(signed_in(Role.AGENT), f"/contacts/{row.pk}")
    assert "There are no words that could be read." in page
