"""What a mail agent decides of one mail: confirmed, called off, taken back, and refused when it has changed."""

from __future__ import annotations

import re

import pytest

from tests.recorded import policy
from tests.web.conftest import SignedIn
from tests.web.mails import EVIL, come_in, letter, numbers, states, text, waits
from watchword.settings import Settings
from watchword.store import models
from watchword.store.inbox import Group
from watchword.web.access import Role


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
