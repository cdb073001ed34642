"""Every page in a window of 360 pixels, with the longest words that there may be: nothing runs out at the side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import sync_playwright

from tests import databases
from tests.recorded import ANA, SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.mails import come_in, letter
from tests.web.sample_rows import fill, pages, patterns
from tests.web.served import served
from tests.web.staged import a_browser, staged
from tests.web.test_access import PROVIDER
from tests.web.test_console import text
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.store.models import Contact, Escalation
from watchword.web.access import Role
from watchword.web.users import add_user

pytestmark = pytest.mark.chromium
NARROW = {"width": 360, "height": 900}
SIGN_OUT = "/account/sign-out/"
LONG = "unbroken" * 12
STANDS_OUT = """() => {
  const main = document.querySelector("main");
  if (!main) return [];
  for (const one of main.querySelectorAll("details")) one.open = true;
  const end = main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight);
  const fields = [...main.querySelectorAll("input, select, textarea, button")];
  return fields.filter((one) => one.getBoundingClientRect().right > end + 1).map((one) => one.name || one.outerHTML);
}"""


@pytest.fixture
def service(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """A running service with something on every page, some of it long: its address, sam's password, and the pages."""
    with databases.fresh_sqlite(sqlite_template, Settings(folder=tmp_path / "service", secret="test")) as settings:
        password = add_user("sam", [Role.SUPERVISOR])
        samples = fill()
        someone = replace(ANA, patient_id=LONG, name=LONG, phone=None, email=f"{LONG}@example.org")
        keep(replace(a_call(f"{SUES} {LONG}", id="c-long", person=someone), issue=LONG), is_open=True)
        contact, escalation = Contact.objects.get(key="c-long"), Escalation.objects.get(contact__key="c-long")
        long = [
            "/calls/c-long",
            f"/contacts/{contact.pk}",
            f"/people/{contact.person_id}",
            f"/escalations/{escalation.key}",
        ]
        browser = Client()
        browser.force_login(User.objects.get(username="sam"))
        wanted = [one for one in patterns(get_resolver()) if not one.startswith((PROVIDER, "/static/"))]
        found = sorted(set(pages(browser, wanted, samples)) - {SIGN_OUT})
        databases.close()
        with served(settings) as address:
            yield address, password, [*found, *long, "/nowhere", SIGN_OUT]


def test_nothing_runs_out_of_a_narrow_window(service: tuple[str, str, list[str]]) -> None:
    address, password, found = service
    wide: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport=NARROW)
        page.goto(f"{address}/account/sign-in/")
        page.fill("input[name=login]", "sam")
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/escalations")
        for one in found:
            page.goto(address + one, wait_until="domcontentloaded")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW["width"]:
                wide.append(f"{one}: {width}")
            wide += [f"{one}: the field {field} stands out of the page" for field in page.evaluate(STANDS_OUT)]
        browser.close()
    assert not wide, "\n".join(wide)


def test_the_words_that_raised_a_flag_are_in_sight_in_a_narrow_inbox(web: Settings, signed_in: SignedIn) -> None:
    come_in(web, letter(1, f"I have copies of all of it, also of the requisition form, and {SUES}"))
    html = text(signed_in(Role.MAIL_AGENT), "/inbox")
    with a_browser() as browser, staged(browser, {"/inbox": html}) as stage:
        stage.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
        stage.open("/inbox")
        ends = [stage.page.locator(one).bounding_box() for one in (".glimpse", ".glimpse mark")]
    list_end, words_end = (one["y"] + one["height"] for one in ends if one)
    assert words_end <= list_end
