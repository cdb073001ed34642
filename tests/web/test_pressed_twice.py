"""Forms that leave their page and the keys of the console: pressed twice they do once what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, expect

from tests import databases
from tests.web.mails import agents_policy, come_in, letter
from tests.web.staged import ORIGIN, Stage, a_browser, staged
from watchword.settings import Settings
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.in_force import InForce, put_in_force
from watchword.web.users import add_user

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def pages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The list of calls, an inbox, and two mails of which the second follows the first."""
    settings = Settings(folder=tmp_path_factory.mktemp("twice"), secret="test")
    with databases.fresh_sqlite(sqlite_template, settings):
        put_in_force(InForce(settings, agents_policy(), assess))
        first, second = come_in(settings, *(letter(n, sender=f"{n} <p{n}@example.com>") for n in (1, 2)))
        add_user("sam", [Role.SUPERVISOR])
        browser = Client()
        browser.force_login(User.objects.get(username="sam"))
        found = {path: browser.get(path).content.decode() for path in ("/calls", "/inbox", f"/inbox/{first.pk}")}
        found["first"] = f"/inbox/{first.pk}"
        found[f"/inbox/{first.pk}/confirm"] = browser.get(f"/inbox/{second.pk}").content.decode()
    put_in_force(None)
    return found


@pytest.fixture(scope="module")
def browser(pages: dict[str, str]) -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def stage(browser: Browser, pages: dict[str, str]) -> Iterator[Stage]:
    with staged(browser, dict(pages)) as stage:
        yield stage


def test_a_double_click_starts_one_call(stage: Stage) -> None:
    stage.open("/calls")
    stage.stay()
    stage.page.keyboard.press("n")
    stage.page.get_by_role("button", name="Start", exact=True).dblclick()
    assert stage.left() == 1


def test_a_second_press_does_not_decide_the_next_mail(stage: Stage, pages: dict[str, str]) -> None:
    stage.open(pages["first"])
    for _ in range(2):
        stage.page.keyboard.press("c")
    assert not stage.sent("confirm")  # nobody can have read it yet
    stage.later(700)
    stage.page.keyboard.press("c")
    stage.page.wait_for_url(ORIGIN + pages["first"] + "/confirm")
    stage.page.keyboard.press("c")
    assert len(stage.sent("confirm")) == 1
    stage.stay()
    stage.later(700)
    for _ in range(2):
        stage.page.keyboard.press("c")
    assert stage.left() == 1


def test_g_waits_for_the_page_and_not_for_longer_than_it_should(stage: Stage) -> None:
    stage.open("/inbox")
    stage.later(700)
    stage.page.locator("[data-pick]").first.check()  # where the focus is then
    for keys in ("ggc", "gx g c"):
        for key in keys:
            stage.later(800) if key == " " else stage.page.keyboard.press(key)
        expect(stage.page).to_have_url(f"{ORIGIN}/calls")
        assert not stage.sent("confirm")
        stage.open("/inbox")
        stage.later(700)
