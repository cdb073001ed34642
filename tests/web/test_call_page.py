"""The page of a call: one banner, what agents do on it, and what follows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.recorded import ANA, policy
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said, step
from tests.web.test_console import text
from watchword.store import models
from watchword.web.access import Role
from watchword.web.transfers import hold_of


def test_from_the_first_word_to_the_ticket(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    assert "Listening" in text(browser, PAGE) or "attorney" in text(browser, PAGE)
    page = text(browser, PAGE)
    for shown in ("Escalate now", "attorney", "Natera Billing Escalation Calls", "I understand this situation"):
        assert shown in page
    assert '<mark class="escalate" title="attorney">attorney</mark>' in page
    assert "Who: Ana Brook" in page  # the ticket, filled in
    assert '<span class="phone">650.412.8715</span>' in page
    assert do(browser, "confirm", step=all_steps()) is None
    page = text(browser, PAGE)
    assert "650.412.8715" in page
    assert 'href="tel:+16504128715"' in page
    assert do(browser, "transfer", step=step(), act="dial") is None
    page = text(browser, PAGE)
    assert 'data-limit="240"' in page
    assert "on hold of 4:00" in page
    assert do(browser, "transfer", step=step(), act="back") is None
    assert "You are with the caller." in text(browser, PAGE)
    assert do(browser, "transfer", step=step(), act="hold") is None
    assert 'data-limit="120"' in text(browser, PAGE)
    assert do(browser, "brief", step=step(), identity="yes", tried="A payment plan") is None
    assert do(browser, "transfer", step=step(), act="brief") is None
    page = text(browser, PAGE)
    for shown in ("Read this out", "INV-1", "A payment plan", 'value="yes" data-key="v" checked'):
        assert shown in page
    assert do(browser, "transfer", step=step(), act="accepted") == (409, "Nobody is named who accepted the call.")
    assert do(browser, "transfer", step=step(), act="accepted", accepted_by="Lee") is None
    assert "accepted by Lee" in text(browser, PAGE)
    assert models.Step.objects.get(key=step()).state == "confirmed"
    assert models.Transfer.objects.get().identity_verified is True


def test_the_number_that_is_shown_is_the_one_that_is_dialled(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    do(browser, "confirm", step=all_steps())
    models.Step.objects.filter(key=step()).update(phone="+16505550100")  # the policy named another one then
    page = text(browser, PAGE)
    assert '<p class="number">+16505550100</p>' in page
    assert 'href="tel:+16505550100"' in page


def test_a_line_not_reached_files_the_policys_ticket(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    do(browser, "confirm", step=all_steps())
    do(browser, "transfer", step=step(), act="dial")
    assert "The ticket “Callback Requested” takes the transfer’s place" in text(browser, PAGE)
    assert do(browser, "transfer", step=step(), act="not reached") is None
    page = text(browser, PAGE)
    assert "Callback Requested" in page
    assert "The line was not reached." in page
    assert models.Step.objects.get(type="Callback Requested").state == "planned"
    assert do(browser, "transfer", step=step(), act="jump")[0] == 422


def test_dismissed_for_a_reason_and_taken_back(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    assert do(browser, "dismiss", step=all_steps())[0] == 422
    assert do(browser, "dismiss", step=all_steps(), because="2") is None
    page = text(browser, PAGE)
    assert "Called off" in page
    assert "A name, an address or a figure of speech" in page
    assert do(browser, "take-back", step=all_steps()) is None
    assert "Escalate now" in text(browser, PAGE)
    assert do(browser, "dismiss", step=all_steps(), because="", reason="She laughed.") is None
    words = list(models.Decision.objects.order_by("pk").values_list("word", flat=True))
    assert words == ["dismiss", "dismiss", "reopen", "reopen", "dismiss", "dismiss"]
    assert models.Turn.objects.exists()


def test_a_reason_that_is_pressed_is_kept_and_else_the_one_typed(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    form = re.search(r'<form class="act no".*?</form>', text(browser, PAGE), re.DOTALL)
    assert form
    assert re.findall(r"<button[^>]*>", form[0])[0] == "<button>"  # which Enter presses, says no reason but the typed
    assert do(browser, "dismiss", step=[step()], because="2", reason="She lau") is None
    assert do(browser, "dismiss", step=[step("ticket")], reason=" She laughed. ") is None
    reasons = dict(models.Decision.objects.values_list("step__kind", "reason"))
    assert reasons == {"warm_transfer": "A name, an address or a figure of speech", "ticket": "She laughed."}


def test_a_doubt_is_asked_about(signed_in: SignedIn) -> None:
    said("My brother passed the bar last year, maybe I talk to him.")
    page = text(signed_in(Role.AGENT), PAGE)
    assert "Ask first" in page
    assert "Is the attorney you mentioned helping you with this bill?" in page
    assert "Say, word for word" not in page


def test_only_this_calls_steps_are_moved(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    other = replace(ANA, patient_id="P-2", phone=None, email=None)
    said(id="c-2", person=other)
    theirs = models.Step.objects.filter(escalation__contact__key="c-2").values_list("key", flat=True)[0]
    assert do(browser, "confirm", step=[theirs])[0] == 404
    assert do(browser, "confirm")[0] == 404
    assert do(browser, "confirm", "c-404", step=[theirs])[0] == 404


def test_without_a_script_a_form_leads_back(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    said()
    answer = browser.post("/call/confirm/c-1", {"step": "none"}, follow=True)
    assert "The call has no such step." in answer.content.decode()


@pytest.mark.parametrize(
    ("holds", "ago", "limit", "over"),
    [(1, 10, 240, False), (1, 241, 240, True), (2, 119, 120, False), (2, 120, 120, True)],
)
def test_the_hold_clock_runs_against_the_policys_limits(holds: int, ago: int, limit: int, over: bool) -> None:
    now = timezone.now()
    contact = models.Contact(is_open=True)
    transfer = models.Transfer(contact=contact, holds=holds, held_at=now - timedelta(seconds=ago))
    hold = hold_of(transfer, policy().line_named("Natera Resolutions"), now)
    assert hold is not None
    assert (hold.seconds, hold.limit, hold.over, hold.again) == (ago, limit, over, holds > 1)
    assert hold_of(models.Transfer(), None, now) is None
    unlimited = hold_of(transfer, None, now)
    assert unlimited is not None
    assert not unlimited.over
    contact.is_open = False
    assert hold_of(transfer, None, now) is None
