"""What the tests of the inbox in a real browser share: the service, a mail agent's browser, the database apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.databases import close
from tests.web.mails import confirmed_by_agents
from tests.web.served import READY
from tests.web.served import served as started
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.store import models
from watchword.web.access import Role
from watchword.web.users import add_user

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


def states() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for key, state in models.Step.objects.values_list("escalation__contact__key", "state"):
        found.setdefault(key.partition("@")[0], set()).add(state)
    return found
