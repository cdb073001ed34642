"""The inbox: what waits in which group, whose it is to see to, and one page after another."""

from __future__ import annotations

import re

from django.contrib.auth.models import User

from tests.recorded import policy
from tests.web.conftest import SignedIn
from tests.web.mails import CALM, DOUBT, come_in, letter, numbers, states, text, waits
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss
from watchword.store.inbox import Group, confirm_mail, counts
from watchword.store.mails import heard
from watchword.web.access import Role

BO = "Bo Crane <bo@example.com>"  # another customer: the third mail of one may be the third on one matter


def test_an_empty_inbox(signed_in: SignedIn) -> None:
    assert "Nothing waits for you here." in text(signed_in(Role.MAIL_AGENT), "/inbox")


def test_every_mail_stands_in_its_group(web: Settings, signed_in: SignedIn) -> None:
    sues, doubt, calm, odd = come_in(web, letter(1), letter(2, DOUBT), letter(3, CALM, BO), b"no mail at all")
    (by_itself,) = come_in(web, letter(5), policy=policy())
    assert numbers(Group.ESCALATE) == {sues.pk, by_itself.pk}
    assert numbers(Group.CLARIFY) == {doubt.pk}
    assert numbers(Group.PERSON) == {odd.pk}
    assert numbers(Group.CLEAR) == {calm.pk}
    assert numbers(Group.OPEN) == {sues.pk, by_itself.pk, doubt.pk, odd.pk}
    many = {Group.OPEN: 4, Group.ESCALATE: 2, Group.CLARIFY: 1, Group.PERSON: 1, Group.CLEAR: 1}
    assert counts() == many
    assert numbers(Group.DONE) == set()
    browser = signed_in(Role.MAIL_AGENT)
    page = text(browser, "/inbox")
    for shown in ("attorney", "court", "This is no mail", "goes by itself", "Confirm", "Ana Brook"):
        assert shown in page
    assert "sorting out" not in page
    assert "sorting out" in text(browser, "/inbox?show=clear")
    assert text(browser, "/inbox?show=nonsense").count('class="mail ') == 4


def test_what_a_person_let_go_does_not_go_by_itself(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    confirm_mail(row.pk, seen=waits(row), by="user ben")
    browser = signed_in(Role.MAIL_AGENT)
    page = text(browser, "/inbox")
    assert "confirmed, on its way" in page
    assert "goes by itself" not in page
    assert "without anybody’s word" not in page
    assert 'title="By ben"' in page
    assert "confirmed by ben" in text(browser, f"/inbox/{row.pk}")


def test_a_mail_of_which_something_still_goes_by_itself(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1), policy=policy())
    models.Step.objects.filter(kind="chatter_post").update(
        confirm="agent", state="waits for agent", try_at=None, queued_at=None
    )
    confirm_mail(row.pk, seen=waits(row), by="user ben")
    browser = signed_in(Role.MAIL_AGENT)
    assert "confirmed, on its way" in text(browser, "/inbox")
    assert re.findall('<span class="state moving">(.*?)</span>', text(browser, f"/inbox/{row.pk}")) == [
        *("under way", "goes by itself", "confirmed by ben")
    ]
    dismiss(models.Step.objects.get(kind="chatter_post").key, by="user ben", reason="a duplicate")
    assert "goes by itself" in text(browser, "/inbox")


def test_what_was_taken_back_and_confirmed_does_not_go_by_itself(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1), policy=policy())
    browser = signed_in(Role.MAIL_AGENT)
    page = f"/inbox/{row.pk}"
    browser.post(f"{page}/dismiss", {"seen": "", "because": "It is a duplicate"})
    browser.post(f"{page}/take-back", {"step": list(models.Step.objects.values_list("key", flat=True))})
    browser.post(f"{page}/confirm", {"seen": waits(row), "post": models.Step.objects.get(kind="chatter_post").text})
    assert states(row) == {"planned"}
    name = models.Decision.objects.filter(word="confirm").last().by.removeprefix("user ")
    assert text(browser, page).count(f"confirmed by {name}") == 2
    assert "goes by itself" not in text(browser, page)
    assert "goes by itself" not in text(browser, "/inbox")
    assert f'title="By {name}"' in text(browser, "/inbox")
    assert "goes by itself" not in text(browser, "/inbox?show=escalate")


def test_a_doubt_never_goes_by_itself(web: Settings, signed_in: SignedIn) -> None:
    """Though the policy lets mails go, what is in doubt waits for a person's word."""
    (row,) = come_in(web, letter(1, DOUBT), policy=policy())
    confirm_mail(row.pk, seen=waits(row), by="user ben")
    browser = signed_in(Role.MAIL_AGENT)
    for address in ("/inbox", f"/inbox/{row.pk}"):
        assert "goes by itself" not in text(browser, address), address


def test_calls_are_no_mails(web: Settings, signed_in: SignedIn) -> None:
    from tests.recorded import a_call, keep

    keep(a_call())
    call = models.Contact.objects.get()
    browser = signed_in(Role.MAIL_AGENT)
    assert "Nothing waits" in text(browser, "/inbox")
    for address in (f"/inbox/{call.pk}", f"/inbox/{call.pk}/original", "/inbox/999"):
        assert browser.get(address).status_code == 404


def test_what_a_person_has_read_leaves_the_list(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, b"no mail at all <b>bold</b>")
    browser = signed_in(Role.MAIL_AGENT)
    assert "I have read it" in text(browser, f"/inbox/{row.pk}")
    assert "no mail at all &lt;b&gt;bold" in text(browser, f"/inbox/{row.pk}/original")
    browser.post(f"/inbox/{row.pk}/looked")
    assert (numbers(Group.PERSON), numbers(Group.DONE)) == (set(), {row.pk})
    assert models.Event.objects.filter(action="contact looked at", actor="user mail-agent").exists()


def test_an_auditor_sees_and_changes_nothing(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    browser = signed_in(Role.AUDITOR)
    page = text(browser, f"/inbox/{row.pk}") + text(browser, "/inbox")
    assert "<textarea" not in page
    assert "data-confirm" not in page
    for path in (f"{row.pk}/confirm", f"{row.pk}/dismiss", f"{row.pk}/take-back", f"{row.pk}/looked", "confirm"):
        assert browser.post(f"/inbox/{path}", {"seen": waits(row)}).status_code == 403
    step = models.Step.objects.first()
    assert step
    dismiss(step.key, by="user ben", reason="settled")
    assert "Take it back" not in text(browser, f"/inbox/{row.pk}")
    assert signed_in(Role.AGENT).get("/inbox").status_code == 403


def test_trouble_with_a_mailbox_is_told_where_mails_are_missed(web: Settings, signed_in: SignedIn) -> None:
    heard("INBOX of billing at mail.example.org", "The mail server does not answer (TimeoutError).")
    heard("the folder /srv/mails")
    page = text(signed_in(Role.MAIL_AGENT), "/inbox")
    assert "No mail comes in from INBOX of billing at mail.example.org" in page
    assert "/srv/mails" not in page


def test_page_by_page_and_from_mail_to_mail(web: Settings, signed_in: SignedIn) -> None:
    come_in(web, *(letter(number) for number in range(30)))
    browser = signed_in(Role.MAIL_AGENT)
    first = text(browser, "/inbox")
    after = re.search(r"after=([\w=-]+)", first)
    assert after
    second = text(browser, f"/inbox?show=open&after={after[1]}")
    seen = [int(number) for number in re.findall(r'href="/inbox/(\d+)\?show=open" data-item', first + second)]
    assert len(seen) == len(set(seen)) == 30
    middle = text(browser, f"/inbox/{seen[10]}?show=open")
    assert f'href="/inbox/{seen[9]}?show=open" data-press="k"' in middle
    assert f'href="/inbox/{seen[11]}?show=open" data-press="j"' in middle
    assert browser.get("/inbox?after=x").status_code == 422


def test_the_page_asks_the_database_no_more_for_many_mails_than_for_few(web: Settings, signed_in: SignedIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(Role.MAIL_AGENT)
    User.objects.get()
    come_in(web, letter(1), letter(2))
    text(browser, "/inbox")  # that the list was seen is written once
    asked = []
    for more in (range(3, 4), range(4, 20)):
        come_in(web, *(letter(number) for number in more))
        with CaptureQueriesContext(
            connection,
        ) as found:
            text(browser, "/inbox")
        asked.append(len(found))
    assert asked[0] == asked[1]
