"""A stranger's mail that tries everything in a real browser: nothing of it runs, and nothing is fetched."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.web import at_the_inbox
from tests.web.at_the_inbox import apart, browsing, served
from tests.web.mails import come_in
from watchword.settings import Settings

password = at_the_inbox.password
pytestmark = pytest.mark.chromium
RUN = "import sys; sys.argv = ['watchword', *sys.argv[1:]]; from watchword.cli import main; main()"
ONE_LINE_LESS = ("-c", f"from watchword.web.console import stranger; stranger.harmless = lambda html: html; {RUN}")


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
