"""The mail agent's journey in a real browser, and a stranger's mail that tries everything in it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Dialog, Page, sync_playwright

from tests.databases import close
from tests.web.mails import CALM, DOUBT, come_in, confirmed_by_agents, letter
from tests.web.served import READY
from tests.web.served import served as started
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.store import models
from watchword.store.decide import dismiss
from watchword.web.access import Role
from watchword.web.users import add_user

pytestmark = pytest.mark.chromium
RUN = "import sys; sys.argv = ['watchword', *sys.argv[1:]]; from watchword.cli import main; main()"
ONE_LINE_LESS = ("-c", f"from watchword.web.console import stranger; stranger.harmless = lambda html: html; {RUN}")
Answer = TypeVar("Answer")


def served(database: Settings, program: tuple[str, ...] = ("-m", "watchword")) -> AbstractContextManager[str]:
    """The service as people run it, with a policy by which mail agents confirm."""
    policy = Path(database.folder) / "policy.yaml"
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text(confirmed_by_agents(), encoding="utf-8")
    return started(database, program=program, WATCHWORD_POLICY=str(policy))


@contextmanager
def browsing(address: str, password: str) -> Iterator[tuple[Page, list[str]]]:
    """A browser in which the mail agent is signed in, and what it complains of."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(1000 * READY)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}/inbox")
        page.fill("input[name=login]", "mia")
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Inbox").wait_for()
        yield page, complaints
        browser.close()


@pytest.fixture
def password(database: Settings) -> str:
    made = add_user("mia", [Role.MAIL_AGENT])
    close()
    return made


def apart(ask: Callable[[], Answer]) -> Answer:
    """Ask the database in another thread: the browser's may not."""

    def asked() -> Answer:
        try:
            return ask()
        finally:
            close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asked).result()


def read(page: Page) -> None:
    """Until the page that has just come may be decided on: its keys wait for somebody to have looked."""
    page.wait_for_load_state("domcontentloaded")
    page.wait_for_timeout(1000)


def states() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, state in models.Step.objects.values_list("escalation__contact__key", "state"):
        found.setdefault(key.partition("@")[0], set()).add(state)
    return found


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


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A server of the stranger's: whoever speaks to it, or only calls, is heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    called, _ = server.accept()
                except OSError:
                    return
                with called:
                    called.settimeout(1)
                    try:
                        heard.append(called.recv(2000) or b"called")
                    except OSError:
                        heard.append(b"called")

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def everything(port: int) -> bytes:
    """A mail that tries whatever a page can try."""
    there = f"http://127.0.0.1:{port}"
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = "Eve <eve@example.com>", "My bill", "<eve@example.com>"
    mail.set_content("My attorney will call you.")
    mail.add_alternative(
        f"""<html><head><base href="{there}/base/">
        <meta http-equiv="refresh" content="0;url={there}/refresh">
        <link rel="stylesheet" href="{there}/style.css"><link rel="preconnect" href="{there}">
        <link rel="prefetch" href="{there}/prefetch"><link rel="preload" as="image" href="{there}/preload">
        <link rel="dns-prefetch" href="{there}"><link rel="icon" href="{there}/icon">
        <style>@import url({there}/import.css); body {{ background: url({there}/body.png) }}
        @font-face {{ font-family: x; src: url({there}/font) }} p {{ font-family: x }}</style>
        <script>fetch("{there}/script"); parent.document.title = "ran"; top.location = "{there}/top"</script>
        <script src="{there}/script.js"></script></head>
        <body background="{there}/background" onload="fetch('{there}/onload')" style="background:url({there}/style)">
        <img src="{there}/pixel.gif" width="1" height="1"><img src="x" onerror="fetch('{there}/onerror')">
        <img srcset="{there}/srcset 1x"><picture><source srcset="{there}/source"><img></picture>
        <p>My <b>attorney</b> will call you.</p>
        <table background="{there}/table"><tr><td background="{there}/cell">x</td></tr></table>
        <a id="link" href="{there}/link" ping="{there}/ping">click me</a>
        <form id="form" action="{there}/form" method="post"><input name="q" autofocus onfocus="fetch('{there}/focus')">
        <button>send</button></form>
        <iframe src="{there}/frame"></iframe><iframe srcdoc="<img src='{there}/inner'>"></iframe>
        <object data="{there}/object"></object><embed src="{there}/embed"><video src="{there}/video"
        poster="{there}/poster" autoplay></video><audio src="{there}/audio" autoplay></audio>
        <svg><image href="{there}/svg"/><use href="{there}/use#x"/><script>fetch("{there}/svgscript")</script></svg>
        <math><mtext><style><img src="{there}/math"></style></mtext></math>
        <details open ontoggle="fetch('{there}/toggle')">x</details><input type="image" src="{there}/input">
        <noscript><img src="{there}/noscript"></noscript></body></html>""",
        subtype="html",
    )
    mail.add_attachment(f"<script src='{there}/attached'></script>".encode(), maintype="text", subtype="html")
    return mail.as_bytes()


def look_at(page: Page, address: str, number: int) -> Any:
    """Open the mail and its original, and wait until whatever it does has been done."""
    page.goto(f"{address}/inbox/{number}")
    page.get_by_text("The original mail").first.click()
    page.locator("iframe").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe")
    frame.get_by_text("attorney").first.wait_for()
    page.wait_for_timeout(1500)
    return frame


def test_nothing_in_a_strangers_mail_runs_or_is_fetched(database: Settings, password: str) -> None:
    with listening() as (port, heard), served(database) as address, browsing(address, password) as (page, complaints):
        (row,) = apart(lambda: come_in(database, everything(port)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        frame = look_at(page, address, row.pk)
        frame.get_by_text("click me").click()
        page.wait_for_timeout(500)
        assert not heard
        assert [one for one in asked if not one.startswith(address)] == []
        assert page.title() == "My bill · Watchword"
        assert page.url == f"{address}/inbox/{row.pk}"
        assert frame.locator("form, script, iframe, img, link, meta[http-equiv], [href], [src], [style]").count() == 0
        assert not complaints

        page.goto(f"{address}/inbox/{row.pk}/original")  # opened by itself, it may do no more
        page.wait_for_timeout(500)
        assert not heard
        assert not complaints


def test_the_browsers_own_line_would_do_alone(database: Settings, password: str) -> None:
    """With everything that the stranger wrote handed to the browser as it is, nothing is asked for and nothing runs."""
    with listening() as (port, heard), served(database, ONE_LINE_LESS) as address:
        with browsing(address, password) as (page, _):
            (row,) = apart(lambda: come_in(database, everything(port)))
            frame = look_at(page, address, row.pk)
            assert frame.locator("script").count() > 0, "the mail is there as it was written"
            frame.locator("#form button").click()
            frame.locator("#link").click()  # the last thing: the browser puts its own page in the frame's place
            page.wait_for_timeout(1000)
            assert page.title() == "My bill · Watchword"
            assert page.url == f"{address}/inbox/{row.pk}"
        asked = [one for one in heard if re.match(rb"[A-Z]+ /", one)]
        assert not asked
