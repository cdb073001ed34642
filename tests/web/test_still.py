"""Lists in a real browser, while others change what stands in them: nothing moves under a hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web import test_journey
from tests.web.test_journey import _tell

pytestmark = pytest.mark.chromium
address, browser_page, let_in = test_journey.address, test_journey.browser_page, test_journey.let_in
SOON = 20_000  # milliseconds, on a busy machine


def test_a_list_in_use_stands_still_until_it_is_asked_for(
    let_in: tuple[str, str], address: str, browser_page: Page
) -> None:
    password, key = let_in
    page = browser_page
    _tell(address, key, "/calls", {"id": "c-1", "person": {"name": "Ana Brook"}})
    page.goto(f"{address}/account/sign-in/?next=/calls")
    page.fill("input[name=login]", "sam")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ana Brook").wait_for(timeout=SOON)
    page.keyboard.press("j")
    _tell(address, key, "/calls", {"id": "c-2", "person": {"name": "Bo Lund"}})
    show = page.get_by_role("button", name="Something has changed. Show it")
    show.wait_for(timeout=SOON)
    assert page.get_by_role("link", name="Bo Lund").count() == 0
    show.click()
    page.get_by_role("link", name="Bo Lund").wait_for(timeout=SOON)
    expect(page.get_by_role("link", name="Ana Brook")).to_be_focused(timeout=SOON)
    assert not show.is_visible()
