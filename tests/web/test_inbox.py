"""The inbox: what waits in which group, what is said of a mail, and that nothing a stranger wrote is ever markup."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from tests.recorded import policy
from tests.web.conftest import SignedIn
from tests.web.mails import CALM, DOUBT, come_in, letter
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss
from watchword.store.inbox import Group, confirm_mail, counts, mails_in
from watchword.store.mails import heard
from watchword.web.access import Role
from watchword.web.console import mail

BO = "Bo Crane <bo@example.com>"  # another customer: the third mail of one may be the third on one matter
EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>{{ 7|add:7 }}\"'"


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def waits(row: models.Contact) -> str:
    steps = models.Step.objects.filter(escalation__contact=row, state="waits for agent").order_by("position")
    return "-".join(str(step.pk) for step in steps)


def states(row: models.Contact) -> set[str]:
    return set(models.Step.objects.filter(escalation__contact=row).values_list("state", flat=True))


def numbers(group: Group) -> set[int]:
    return {row.number for source in mails_in(group) for row in source}


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


def test_a_mail_with_the_evidence_marked_in_the_customers_own_words(web: Settings, signed_in: SignedIn) -> None:
    body = (
        "My attorney & co will call you.\n\nAna Brook\n9 Court Street\n\nOn Mon, 3 Mar 2025 Billing wrote:\n> fraud\n"
    )
    (row,) = come_in(web, letter(1, body))
    page = text(signed_in(Role.MAIL_AGENT), f"/inbox/{row.pk}")
    own = re.search(r'<pre class="own">(.*?)</pre>', page, re.DOTALL)
    assert own
    assert own[1].startswith('My <mark class="escalate" title="attorney">attorney</mark> &amp; co will call')
    assert '<mark class="aside"' in page
    assert re.search(r"<summary>Quoted from an earlier mail.*?fraud", page, re.DOTALL)
    assert "fraud</mark>" not in page
    assert "Bill Review" in page
    assert "Escalation: email from Ana Brook" in page


def test_confirmed_with_the_post_as_it_was_left(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    browser = signed_in(Role.MAIL_AGENT)
    given = {"seen": waits(row), "post": "She means it.\r\nPlease call her."}
    assert browser.post(f"/inbox/{row.pk}/confirm", given, follow=True).status_code == 200
    assert states(row) == {"planned"}
    post = models.Step.objects.get(kind="chatter_post")
    assert post.text == "She means it.\nPlease call her."
    decisions = dict(models.Decision.objects.values_list("step__kind", "reason"))
    assert decisions == {"chatter_post": "The post was edited.", "queue_transfer": ""}
    assert set(models.Decision.objects.values_list("by", flat=True)) == {"user mail-agent"}


@pytest.mark.parametrize("post", ["", " \r\n ", "x" * 20_001])
def test_a_post_of_no_words_is_refused_and_nothing_goes(web: Settings, signed_in: SignedIn, post: str) -> None:
    (row,) = come_in(web, letter(1))
    answer = signed_in(Role.MAIL_AGENT).post(
        f"/inbox/{row.pk}/confirm", {"seen": waits(row), "post": post}, follow=True
    )
    assert b"The post is empty or longer" in answer.content
    assert states(row) == {"waits for agent"}


def test_dismissed_with_a_reason_and_nothing_deleted(web: Settings, signed_in: SignedIn) -> None:
    row, other = come_in(web, letter(1), letter(2))
    browser = signed_in(Role.MAIL_AGENT)
    browser.post(f"/inbox/{row.pk}/dismiss", {"seen": waits(row), "because": "It is settled already"})
    browser.post(f"/inbox/{other.pk}/dismiss", {"seen": waits(other), "reason": EVIL})
    assert states(row) == states(other) == {"cancelled"}
    assert set(models.Decision.objects.values_list("reason", flat=True)) == {"It is settled already", EVIL}
    assert numbers(Group.DONE) == {row.pk, other.pk}
    assert "dismissed" in text(browser, "/inbox?show=done")


@pytest.mark.parametrize(
    ("pressed", "kept"), [({"because": "It is a duplicate"}, "It is a duplicate"), ({}, "She paid on Monday.")]
)
def test_a_reason_that_is_pressed_is_kept_and_else_the_one_typed(
    web: Settings, signed_in: SignedIn, pressed: dict[str, str], kept: str
) -> None:
    (row,) = come_in(web, letter(1))
    given = {"seen": waits(row), "reason": " She paid on Monday. ", **pressed}
    signed_in(Role.MAIL_AGENT).post(f"/inbox/{row.pk}/dismiss", given)
    assert set(models.Decision.objects.values_list("reason", flat=True)) == {kept}


def test_nothing_is_called_off_for_no_reason(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    given = {"seen": waits(row), "reason": "  "}
    answer = signed_in(Role.MAIL_AGENT).post(f"/inbox/{row.pk}/dismiss", given, follow=True)
    assert b"It is not said why." in answer.content
    assert states(row) == {"waits for agent"}


def called_off(row: models.Contact) -> list[str]:
    steps = models.Step.objects.filter(escalation__contact=row, state="cancelled")
    return list(steps.order_by("position").values_list("key", flat=True))


def test_what_was_called_off_by_a_slip_is_taken_back(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1))
    browser = signed_in(Role.MAIL_AGENT)
    assert "Take it back" not in text(browser, f"/inbox/{row.pk}")
    browser.post(f"/inbox/{row.pk}/dismiss", {"seen": waits(row), "because": "It is a duplicate"})
    page = text(browser, f"/inbox/{row.pk}?show=done")
    assert re.findall(r'name="step" value="(.*?)"', page) == called_off(row)
    assert re.search(r'<button[^>]*data-press="t">Take it back', page)

    answer = browser.post(f"/inbox/{row.pk}/take-back", {"step": called_off(row), "show": "done"}, follow=True)
    assert answer.redirect_chain == [(f"/inbox/{row.pk}?show=done", 302)]
    assert b"It waits for your word again." in answer.content
    assert b"Take it back" not in answer.content
    assert states(row) == {"waits for agent"}
    assert numbers(Group.ESCALATE) == {row.pk}
    words = list(models.Decision.objects.order_by("pk").values_list("word", "by"))
    assert words == [("dismiss", "user mail-agent")] * 2 + [("reopen", "user mail-agent")] * 2
    assert models.Event.objects.filter(action="step reopen", actor="user mail-agent").count() == 2


def test_only_what_was_called_off_of_this_mail_is_taken_back(web: Settings, signed_in: SignedIn) -> None:
    row, other = come_in(web, letter(1), letter(2))
    browser = signed_in(Role.MAIL_AGENT)
    for one in (row, other):
        browser.post(f"/inbox/{one.pk}/dismiss", {"seen": waits(one), "because": "It is a duplicate"})
    first, second = called_off(row)
    for named in ([], ["x"], [first, "x"], [first, *called_off(other)]):
        answer = browser.post(f"/inbox/{row.pk}/take-back", {"step": named}, follow=True)
        assert b"The mail has no such step." in answer.content, named
    models.Decision.objects.create(  # another step took its place meanwhile
        escalation=row.escalation,
        step=models.Step.objects.get(key=second),
        assessment=row.escalation.assessment,
        word="instead",
        by="user ben",
    )
    page = text(browser, f"/inbox/{row.pk}")
    assert re.findall(r'name="step" value="(.*?)"', page) == [first]
    answer = browser.post(f"/inbox/{row.pk}/take-back", {"step": [first, second]}, follow=True)
    assert b"This was not called off." in answer.content
    assert states(row) == states(other) == {"cancelled"}


def test_what_goes_by_itself_can_be_called_off_before_it_went(web: Settings, signed_in: SignedIn) -> None:
    (row,) = come_in(web, letter(1), policy=policy())
    browser = signed_in(Role.MAIL_AGENT)
    assert "goes by itself" in text(browser, f"/inbox/{row.pk}")
    browser.post(f"/inbox/{row.pk}/dismiss", {"seen": "", "because": "It is a duplicate"})
    assert states(row) == {"cancelled"}


def test_what_has_changed_since_it_was_seen_is_refused(web: Settings, signed_in: SignedIn) -> None:
    """Of two that look at one mail the second one's word, and edited post, are not silently lost."""
    (row,) = come_in(web, letter(1))
    seen = waits(row)
    browser = signed_in(Role.MAIL_AGENT)
    browser.post(f"/inbox/{row.pk}/confirm", {"seen": seen, "post": "First."})
    for path in ("confirm", "dismiss"):
        given = {"seen": seen, "post": "Second.", "because": "x"}
        answer = browser.post(f"/inbox/{row.pk}/{path}", given, follow=True)
        assert b"has changed since it was shown" in answer.content
    assert models.Step.objects.get(kind="chatter_post").text == "First."
    assert states(row) == {"planned"}


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


def test_many_that_are_handed_in_twice_went(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, letter(1), letter(2))
    browser = signed_in(Role.MAIL_AGENT)
    given = {"picked": [f"{row.pk}:{waits(row)}" for row in rows]}
    for _ in range(2):
        page = browser.post("/inbox/confirm", given, follow=True).content.decode()
        assert "2 mails confirmed" in page
        assert "Not confirmed" not in page


def test_confirming_on_the_second_page_leads_back_to_it(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, *(letter(number) for number in range(27)))
    browser = signed_in(Role.MAIL_AGENT)
    after = re.search(r"after=([\w=-]+)", text(browser, "/inbox"))
    assert after
    page = text(browser, f"/inbox?show=open&after={after[1]}")
    hidden = dict(re.findall(r'<input type="hidden" name="(show|after)" value="(.*?)">', page))
    assert hidden == {"show": "open", "after": after[1]}
    number, seen = re.findall(r'name="picked" value="(\d+):([\d-]+)"', page)[0]
    answer = browser.post("/inbox/confirm", {"one": f"{number}:{seen}", **hidden}, follow=True)
    assert f"after={after[1].replace('=', '%3D')}" in answer.redirect_chain[0][0]
    assert b"1 mail confirmed" in answer.content
    assert answer.content.count(b'class="mail ') == 2
    models.Escalation.objects.filter(contact__in=sorted(rows, key=lambda row: row.at)[:2]).update(state="done")
    emptied = text(browser, f"/inbox?show=open&after={after[1]}")
    assert emptied.count('class="mail ') == 25  # of a page from which everything has gone the newest are shown
    assert 'name="after"' not in emptied


def test_many_at_once_with_a_stale_one(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, *(letter(number, sender=f"Person {number} <p{number}@example.com>") for number in range(1, 6)))
    picked = [f"{row.pk}:{waits(row)}" for row in rows]
    step = models.Step.objects.filter(escalation__contact=rows[2]).first()
    assert step
    dismiss(step.key, by="user ben", reason="settled")
    browser = signed_in(Role.MAIL_AGENT)
    answer = browser.post("/inbox/confirm", {"picked": [*picked, "x", "1:", f"{10**20}:1", ""]}, follow=True)
    page = answer.content.decode()
    assert "4 mails confirmed" in page
    assert "Person 3" in page.split("Not confirmed")[1].split("</p>")[0]
    assert [states(row) for row in rows if row is not rows[2]] == [{"planned"}] * 4
    assert states(rows[2]) == {"cancelled", "waits for agent"}
    assert b"Person 3" not in answer.redirect_chain[0][0].encode()


def test_the_button_of_one_row_confirms_that_one_alone(web: Settings, signed_in: SignedIn) -> None:
    one, other = come_in(web, letter(1), letter(2))
    signed_in(Role.MAIL_AGENT).post("/inbox/confirm", {"one": f"{one.pk}:{waits(one)}"})
    assert (states(one), states(other)) == ({"planned"}, {"waits for agent"})


def test_what_is_picked_goes_and_not_the_row_whose_button_came_along(web: Settings, signed_in: SignedIn) -> None:
    """Enter on a ticked box presses a form's first button: it says nothing of the row in which that button stands."""
    one, other = come_in(web, letter(1), letter(2))
    given = {"one": f"{one.pk}:{waits(one)}", "picked": f"{other.pk}:{waits(other)}"}
    signed_in(Role.MAIL_AGENT).post("/inbox/confirm", given)
    assert (states(one), states(other)) == ({"waits for agent"}, {"planned"})


def test_the_first_button_among_the_boxes_sends_nothing(web: Settings, signed_in: SignedIn) -> None:
    come_in(web, letter(1), letter(2))
    page = text(signed_in(Role.MAIL_AGENT), "/inbox")
    form = re.search(r'<form[^>]*class="mails">.*?</form>', page, re.DOTALL)
    assert form
    assert re.findall(r"<button[^>]*>", form[0])[0] == '<button formmethod="dialog">'
    assert all('form="one"' in button for button in re.findall(r'<button[^>]*name="one"[^>]*>', page))


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
