"""The policy, the tables and the log in a real browser, against the real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.databases import close
from tests.store.test_imports import HEADER, LINES
from tests.web import test_journey
from watchword.settings import Settings
from watchword.web.access import Role
from watchword.web.users import add_user

address, browser_page = test_journey.address, test_journey.browser_page
pytestmark = pytest.mark.chromium
PATIENCE = 180_000  # milliseconds for a very busy machine


@pytest.fixture
def let_in(database: Settings) -> str:
    """A supervisor's password."""
    made = add_user("sam", [Role.SUPERVISOR])
    close()
    return made


def sign_in(page: Page, address: str, password: str, path: str) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/account/sign-in/?next={path}")
    page.fill("input[name=login]", "sam")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}{path}")  # and not the sign-in, whose own address ends alike


def test_a_sentence_is_tried(let_in: str, address: str, browser_page: Page) -> None:
    page = browser_page
    sign_in(page, address, let_in, "/policy")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.locator("#sentence:focus").wait_for()
    page.keyboard.type("My attorney will ring you. I live on <b>Court Street</b>.")
    page.get_by_role("button", name="Try it").click()
    page.locator("mark.flag", has_text="attorney").wait_for()
    assert page.locator("mark.aside", has_text="Court").is_visible()
    assert page.get_by_text("warm transfer to Natera Billing Escalation Calls").first.is_visible()
    page.get_by_label("by email").check()
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("move the ticket to “Bill Review”").wait_for()
    page.get_by_role("link", name="Recognizing Caller Frustration").click()
    page.get_by_text("Must raise it").nth(2).click()
    assert page.get_by_text("I am fed up with all of this.").first.is_visible()


def test_notes_are_handed_in_and_the_log_tells(let_in: str, address: str, browser_page: Page, tmp_path: Path) -> None:
    page = browser_page
    file = tmp_path / "lims.csv"
    more = "".join(f"m{number},P-{number % 9},,phone,2025-02-01,,text,u1\n" for number in range(120))
    file.write_text(HEADER + "".join(LINES) + more, encoding="utf-8")
    sign_in(page, address, let_in, "/people")
    page.get_by_role("link", name="Import notes of earlier contacts").click()
    page.get_by_label("Table", exact=True).set_input_files(str(file))
    page.get_by_label("Notes system").fill("LIMS")
    page.get_by_role("button", name="Show what is in it").click()
    page.get_by_role("button", name="Take 123 in").click()
    page.get_by_text("done", exact=True).wait_for()  # it goes on by itself, a piece at a time
    assert page.locator(".counts").inner_text().split() == "new 123 changed 0 known already 0 refused 2".split()
    page.keyboard.press("g")
    page.keyboard.press("v")
    page.wait_for_url("**/events")
    page.get_by_label("What").select_option("notes imported")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("new: 123").wait_for()


def test_the_register_goes_out_and_in(let_in: str, address: str, browser_page: Page, tmp_path: Path) -> None:
    page = browser_page
    sign_in(page, address, let_in, "/register")
    page.get_by_text("Make an entry by hand").click()
    page.get_by_label("Name").fill("=1+1")
    page.get_by_label("Telephone", exact=True).fill("+16505550100")
    page.get_by_label("Where the wish was expressed").fill("a letter")
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("link", name="=1+1").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take out as CSV").click()
    file = tmp_path / "register.csv"
    taken.value.save_as(file)
    assert "'=1+1,'+16505550100,,yes,yes,yes," in file.read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("Table", exact=True).set_input_files(str(file))
    page.get_by_role("button", name="Show what is in it").click()
    page.get_by_role("button", name="Take 1 in").click()
    page.get_by_text("done", exact=True).wait_for()
    assert page.locator(".counts").inner_text().split() == "new 0 changed 0 known already 1 refused 0".split()
