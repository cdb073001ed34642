"""The mail agent's journey in a real browser: with the keys, by slips of them, and with words half written."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page

from tests.databases import close
from tests.web import at_the_inbox
from tests.web.at_the_inbox import apart, browsing, served, states
from tests.web.mails import CALM, DOUBT, come_in, letter
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss

password = at_the_inbox.password
pytestmark = pytest.mark.chromium


def read(page: Page) -> None:
    """Until the page that has just come may be decided on: its keys wait for somebody to have looked."""
    page.wait_for_load_state("domcontentloaded")
    page.wait_for_timeout(1000)


def quicker() -> None:
    step = models.Step.objects.filter(escalation__contact__key="letter-4@example.com").first()
    assert step
    dismiss(step.key, by="user ben", reason="settled")


def test_a_mail_agents_morning(database: Settings, password: str) -> None:
    people = ("Ana Brook", "Ben Ortiz", "Clara Berg", "Dora Feld", "Emil Novak")
    raws = [letter(number, sender=f"{name} <p{number}@example.com>") for number, name in enumerate(people, 1)]
    come_in(database, *raws, letter(6, DOUBT, sender="Fay Gold <fay@example.com>"), letter(7, CALM))
    close()
    with served(database) as address, browsing(address, password) as (page, complaints):
        # From the newest on with the keys alone: open it, edit the post, confirm it.
        read(page)
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Emil Novak").wait_for()
        assert page.locator("mark.escalate").all_inner_texts() == ["attorney"]
        assert "Escalation: email from Emil Novak" in page.get_by_role("textbox", name="The post").input_value()
        read(page)
        page.keyboard.press("e")
        page.keyboard.type("c1 Please hurry. ")
        page.keyboard.press("Escape")
        read(page)
        page.keyboard.press("c")
        page.get_by_role("status").get_by_text("Confirmed").wait_for()
        assert apart(states)["letter-5"] == {"planned"}
        posts = apart(lambda: list(models.Step.objects.filter(kind="chatter_post", state="planned")))
        assert posts[0].text.startswith("c1 Please hurry. Escalation: email from Emil Novak")

        # It went on to the next one; that is passed over, and the one after is called off with one key.
        page.get_by_role("heading", name="Dora Feld").wait_for()
        read(page)
        page.keyboard.press("j")
        page.get_by_role("heading", name="Clara Berg").wait_for()
        read(page)
        page.keyboard.press("2")
        page.get_by_role("status").get_by_text("Called off").wait_for()
        assert apart(states)["letter-3"] == {"cancelled"}
        reasons = apart(lambda: set(models.Decision.objects.filter(word="dismiss").values_list("reason", flat=True)))
        assert reasons == {"It is about somebody else"}

        # Three at once, one of which somebody else has seen to meanwhile.
        read(page)
        page.keyboard.press("u")
        page.get_by_role("heading", name="Inbox").wait_for()
        page.evaluate("document.querySelectorAll('.live').forEach(one => one.classList.remove('live'))")
        for name in ("Ana Brook", "Ben Ortiz", "Dora Feld"):
            page.get_by_role("checkbox", name=f"Pick the mail of {name}").check()
        apart(quicker)
        page.get_by_role("button", name="Confirm the 3 picked").click()
        page.get_by_text("2 mails confirmed").wait_for()
        told = page.locator(".outcome .bad").inner_text()
        assert "Dora Feld" in told
        assert "Ana Brook" not in told
        done = apart(states)
        assert done["letter-1"] == done["letter-2"] == {"planned"}
        assert done["letter-4"] == {"cancelled", "waits for agent"}
        assert not complaints


def test_what_is_picked_stays_picked_while_the_list_renews_itself(database: Settings, password: str) -> None:
    come_in(database, letter(1))
    close()
    with served(database) as address, browsing(address, password) as (page, complaints):
        page.keyboard.press("j")
        page.keyboard.press("x")
        apart(lambda: come_in(database, letter(2, DOUBT, sender="Ben Ortiz <ben@example.com>")))
        page.get_by_role("button", name="Something has changed. Show it").click()
        page.get_by_text("Ben Ortiz").wait_for()
        box = page.get_by_role("checkbox", name="Pick the mail of Ana Brook")
        assert box.is_checked()
        assert page.get_by_role("button", name="Confirm the one picked").is_visible()
        page.keyboard.press("c")
        page.get_by_text("1 mail confirmed").wait_for()
        assert apart(states)["letter-1"] == {"planned"}
        assert not complaints


def test_a_slip_of_the_keys_sends_nothing_that_nobody_chose(database: Settings, password: str) -> None:
    people = ("Ana Brook", "Ben Ortiz", "Clara Berg", "Dora Feld")
    come_in(database, *(letter(number, sender=f"{name} <p@example.com>") for number, name in enumerate(people, 1)))
    close()
    waiting = {"waits for agent"}
    with served(database) as address, browsing(address, password) as (page, complaints):
        page.evaluate("document.querySelectorAll('.live').forEach(one => one.classList.remove('live'))")
        # Enter on a ticked box: neither the first mail nor any other goes.
        box = page.get_by_role("checkbox", name="Pick the mail of Ben Ortiz")
        box.check()
        box.press("Enter")
        page.wait_for_timeout(700)
        assert set(map(frozenset, apart(states).values())) == {frozenset(waiting)}
        assert box.is_checked()
        # The button of a row is that row's, whatever else is ticked.
        page.get_by_role("listitem").filter(has_text="Dora Feld").get_by_role("button", name="Confirm").click()
        page.get_by_text("1 mail confirmed").wait_for()
        now = apart(states)
        assert now["letter-4"] == {"planned"}
        assert now["letter-1"] == now["letter-2"] == now["letter-3"] == waiting

        # A key that is held down decides on one mail, and not on the next one too.
        page.get_by_role("link", name="Clara Berg").click()
        page.get_by_role("heading", name="Clara Berg").wait_for()
        read(page)
        page.keyboard.down("c")
        page.get_by_role("heading", name="Ben Ortiz").wait_for()
        page.keyboard.down("c")  # the same key, still down: it repeats
        page.wait_for_timeout(700)
        page.keyboard.up("c")
        now = apart(states)
        assert now["letter-3"] == {"planned"}
        assert now["letter-1"] == now["letter-2"] == waiting

        # Enter in the reason keeps the words that were typed.
        page.get_by_role("textbox", name="Another reason").fill("She paid on Monday.")
        page.keyboard.press("Enter")
        page.get_by_role("status").get_by_text("Called off").wait_for()
        reasons = apart(lambda: set(models.Decision.objects.filter(word="dismiss").values_list("reason", flat=True)))
        assert reasons == {"She paid on Monday."}
        assert apart(states)["letter-2"] == {"cancelled"}

        # And with one key it is taken back.
        page.goto(f"{address}/inbox?show=done")
        page.get_by_role("link", name="Ben Ortiz").click()
        page.get_by_role("button", name="Take it back").wait_for()
        read(page)
        page.keyboard.press("t")
        page.get_by_role("status").get_by_text("It waits for your word again.").wait_for()
        assert page.get_by_role("heading", name="Ben Ortiz").is_visible()
        assert apart(states)["letter-2"] == waiting
        assert not complaints


def a_ticket() -> int:
    contact = models.Contact.objects.order_by("pk")[0]
    return models.Ticket.objects.create(key="t", type="Email", contact=contact, subject="My bill").pk


def called_off_by_ben(step: str) -> None:
    dismiss(models.Step.objects.get(escalation__contact__key="letter-1@example.com", kind=step).key, by="b", reason="x")


def test_words_that_are_not_sent_are_left_only_when_that_is_meant(database: Settings, password: str) -> None:
    people = ("Ana Brook", "Ben Ortiz")
    come_in(database, *(letter(number, sender=f"{name} <p@example.com>") for number, name in enumerate(people, 1)))
    close()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with served(database) as address, browsing(address, password) as (page, complaints):
        page.on("dialog", stay)
        # A post that is half written comes along when the ticket is taken, and is asked after when it is left.
        page.goto(f"{address}/desk/{apart(a_ticket)}")
        page.get_by_label("Write a post").fill("I called her, and")
        page.get_by_role("button", name="Take it").click()
        page.get_by_role("status").get_by_text("It is yours.").wait_for()
        assert page.get_by_label("Write a post").input_value() == "I called her, and"
        assert asked == []
        with page.expect_event("dialog"):
            page.get_by_role("link", name="Inbox").click()
        page.get_by_role("button", name="Post").click()
        page.get_by_role("status").get_by_text("Posted.").wait_for()

        # A mail's post is neither left by a key nor by calling the mail off; confirming sends it, with no question.
        page.get_by_role("link", name="Inbox").click()
        page.get_by_role("link", name="Ben Ortiz").click()
        page.get_by_role("heading", name="Ben Ortiz").wait_for()
        page.keyboard.press("e")
        page.keyboard.type("Please hurry. ")
        page.keyboard.press("Escape")
        with page.expect_event("dialog"):
            page.keyboard.press("j")
        with page.expect_event("dialog"):
            page.get_by_role("button", name="It is not meant so").click()
        assert page.get_by_role("textbox", name="The post").input_value().startswith("Please hurry. ")
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("status").get_by_text("Confirmed").wait_for()
        assert apart(states)["letter-2"] == {"planned"}
        assert asked == 3 * ["beforeunload"]

        # What is refused stands in its field again, and is asked after too.
        page.get_by_role("heading", name="Ana Brook").wait_for()
        page.get_by_role("textbox", name="The post").fill("She means it.")
        apart(lambda: called_off_by_ben("queue_transfer"))
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("status").get_by_text("has changed since it was shown").wait_for()
        assert page.get_by_role("textbox", name="The post").input_value() == "She means it."
        with page.expect_event("dialog"):
            page.keyboard.press("u")
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("status").get_by_text("Confirmed").wait_for()
        assert len(asked) == 4
        assert all("409" in told for told in complaints)  # the browser's own line about the refusal
