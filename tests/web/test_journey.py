"""The supervisor's journey in a real browser, against the real server: it is looked for where Debian puts Chromium."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.databases import close
from tests.recorded import SUES
from tests.web.served import served
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import make_key
from watchword.web.access import Role
from watchword.web.users import add_user

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.chromium


@pytest.fixture
def address(database: Settings) -> Iterator[str]:
    """The service as people run it."""
    with served(database) as address:
        yield address


@pytest.fixture
def browser_page() -> Iterator[Page]:
    """A page of a real browser; whatever it complains of is an error."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        yield page
        browser.close()
    assert not complaints


@pytest.fixture
def let_in(database: Settings) -> tuple[str, str]:
    """A supervisor's password and a telephone platform's key."""
    made = add_user("sam", [Role.SUPERVISOR]), make_key("telephone", ["calls"], by="test")
    close()
    return made


def test_a_call_comes_in_and_is_confirmed(let_in: tuple[str, str], address: str, browser_page: Page) -> None:
    password, key = let_in
    page = browser_page
    page.goto(address)
    page.fill("input[name=login]", "sam")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/escalations")
    assert page.get_by_text("Nothing has been escalated yet.").is_visible()

    _tell(address, key, "/calls", {"id": "c-1", "person": {"name": "Ana <b>Brook</b>"}})
    _tell(address, key, "/calls/c-1/turns", {"turns": [{"number": 0, "speaker": "caller", "text": SUES}]})
    page.get_by_text("Ana <b>Brook</b>").wait_for(timeout=15_000)  # it shows by itself

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/escalations/*")
    assert page.get_by_text("attorney").first.is_visible()
    page.get_by_role("button", name="Confirm").first.click()
    assert page.get_by_role("status").get_by_text("Confirmed").is_visible()
    assert page.get_by_text("planned").first.is_visible()

    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/people")
    page.keyboard.press("?")
    assert page.get_by_role("heading", name="Keys").is_visible()
    with ThreadPoolExecutor(1) as apart:  # the browser's thread may not ask the database
        assert apart.submit(_who_decided).result() == ["user sam"]


def _who_decided() -> list[str]:
    try:
        return list(models.Decision.objects.values_list("by", flat=True))
    finally:
        close()


def _tell(address: str, key: str, path: str, given: object) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/v1{path}", json.dumps(given).encode(), headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status in (200, 201)
