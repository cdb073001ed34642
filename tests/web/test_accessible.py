"""Every page as axe-core sees it, in a real browser, light and dark, narrow and wide.

Pages are found by themselves, in the table of addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Page, sync_playwright

from tests import databases
from tests.web.sample_rows import fill, pages, patterns
from tests.web.served import served
from tests.web.test_access import PROVIDER
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.web.access import Role
from watchword.web.users import add_user

pytestmark = pytest.mark.chromium
LOOKS: list[tuple[Any, int]] = [("light", 360), ("dark", 1280)]
BAD = ("serious", "critical")
SIGN_OUT = "/account/sign-out/"
# Besides the table: pages as they look when something was searched for, chosen or not found.
MORE = ["/escalations?state=needs+a+person", "/desk?closed", "/people?find=ana", "/register?withdrawn", "/nowhere"]


@pytest.fixture
def service(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """A running service with something on every page: its address, sam's password, and the pages."""
    with databases.fresh_sqlite(sqlite_template, Settings(folder=tmp_path / "service", secret="test")) as settings:
        password = add_user("sam", [Role.SUPERVISOR])
        samples = fill()
        browser = Client()
        browser.force_login(User.objects.get(username="sam"))
        wanted = [one for one in patterns(get_resolver()) if not one.startswith((PROVIDER, "/static/"))]
        found = sorted(set(pages(browser, wanted, samples)))
        databases.close()
        with served(settings) as address:
            yield address, password, [*found, *MORE]


def test_every_page_can_be_read_by_everybody(service: tuple[str, str, list[str]]) -> None:
    address, password, found = service
    problems: list[str] = []
    looked: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content('<html lang="en"><title>A</title><main><h1>A</h1><img src="data:,"></main></html>')
        assert "image-alt (critical)" in findings(page)[0]  # what is wrong is seen
        page.goto(f"{address}/account/sign-in/?next=/account")
        problems += findings(page)
        page.fill("input[name=login]", "sam")
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/account")  # and not the sign-in, whose own address ends alike
        for one in sorted(found, key=lambda one: one == SIGN_OUT):
            answer = page.goto(address + one, wait_until="domcontentloaded")
            ended = urlsplit(page.url)
            if answer and "sandbox" in answer.headers.get("content-security-policy", ""):
                continue  # a customer's own mail as it came: no script runs there, and so axe-core never ends
            if (ended.path, ended.query) not in looked:
                looked.add((ended.path, ended.query))
                problems += findings(page)
        browser.close()
    assert len(looked) >= 15, looked
    assert not problems, "\n".join(sorted(problems))


def findings(page: Page) -> list[str]:
    """What axe-core finds seriously wrong with a page, in each look."""
    found = []
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(AXE_SCRIPT)  # evaluated by the browser's own tools: the page's policy lets no other script in
        told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        where = f"{urlsplit(page.url).path} {scheme} {width}"
        found += [
            f"{where}: {one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
            for one in told["violations"]
            if one["impact"] in BAD
            for node in one["nodes"]
        ]
    return found
