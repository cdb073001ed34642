"""What an agent wrote is kept when a mail is refused, and what is handed in twice is told as it stands."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError

from tests.web.conftest import SignedIn
from tests.web.mails import come_in, letter, waits
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss
from watchword.store.inbox import confirm_mail
from watchword.web.access import Role
from watchword.web.console import mail


def written_on(page: str, field: str) -> str:
    found = re.search(rf'<textarea id="{field}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found, page
    return found[1]


def test_a_post_that_was_edited_is_not_lost_when_its_mail_is_refused(web: Settings, signed_in: SignedIn) -> None:
    row, other, third = come_in(web, letter(1), letter(2), letter(3))
    browser = signed_in(Role.MAIL_AGENT)
    given = {"seen": waits(row), "post": "She means it.\r\nCall <b>her</b>."}
    by_ben = models.Step.objects.get(escalation__contact=row, kind="queue_transfer")
    dismiss(by_ben.key, by="user ben", reason="settled")
    refused = browser.post(f"/inbox/{row.pk}/confirm", given)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert page.index("has changed since it was shown") < page.index("She means it.")
    assert written_on(page, "post") == "She means it.\nCall &lt;b&gt;her&lt;/b&gt;."
    assert f'name="seen" value="{waits(row)}"' in page  # and it can be confirmed from there
    assert "frame-src 'self'" in refused["Content-Security-Policy"]
    assert browser.get(f"/inbox/{row.pk}/confirm").headers["Location"] == f"/inbox/{row.pk}"  # by a reload

    dismiss(models.Step.objects.get(escalation__contact=other, kind="chatter_post").key, by="user ben", reason="x")
    page = browser.post(f"/inbox/{other.pk}/confirm", {"seen": waits(third), "post": "Call her."}).content.decode()
    assert written_on(page, "unsent") == "Call her."  # there is no post any more in which it could stand
    unedited = models.Step.objects.get(escalation__contact=other, kind="chatter_post").text
    page = browser.post(f"/inbox/{other.pk}/confirm", {"seen": "x", "post": unedited}).content.decode()
    assert 'id="unsent"' not in page


def test_what_was_written_is_not_lost_on_a_database_too_busy_to_answer(
    web: Settings, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    (row,) = come_in(web, letter(1))
    browser = signed_in(Role.MAIL_AGENT)
    monkeypatch.setattr(mail, "confirm_mail", busy)
    monkeypatch.setattr(mail, "dismiss_mail", busy)
    refused = browser.post(f"/inbox/{row.pk}/confirm", {"seen": waits(row), "post": "Call her."})
    assert (refused.status_code, written_on(refused.content.decode(), "post")) == (503, "Call her.")
    assert b"The database did not answer in time" in refused.content
    refused = browser.post(f"/inbox/{row.pk}/dismiss", {"seen": waits(row), "reason": "She has paid."})
    assert refused.status_code == 503
    assert b'value="She has paid."' in refused.content


def test_a_form_that_is_handed_in_twice_is_told_what_stands(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    browser = signed_in(Role.MAIL_AGENT)
    given = {"seen": waits(row), "post": "Call her.\r\n"}
    assert b"Confirmed: it goes out now." in browser.post(f"/inbox/{row.pk}/confirm", given, follow=True).content
    again = browser.post(f"/inbox/{row.pk}/confirm", given, follow=True)
    assert b"It was confirmed already." in again.content
    assert b"nothing was done" not in again.content
    assert models.Decision.objects.count() == 2
    assert browser.post(f"/inbox/{row.pk}/confirm", given | {"post": "Other words."}).status_code == 409
    dismiss(models.Step.objects.get(kind="chatter_post").key, by="user ben", reason="settled")
    assert browser.post(f"/inbox/{row.pk}/confirm", given).status_code == 409  # it does not stand any more


def test_what_a_colleague_confirmed_is_not_ones_own(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    given = {"seen": waits(row)}
    confirm_mail(row.pk, seen=given["seen"], by="user ben")
    browser = signed_in(Role.MAIL_AGENT)
    assert b"has changed since it was shown" in browser.post(f"/inbox/{row.pk}/confirm", given).content
