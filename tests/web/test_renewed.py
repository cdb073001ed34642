"""A list that others change all the time: it is loaded anew every few seconds, and the first change shows at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.recorded import a_call
from tests.web.staged import Stage, a_browser, an_agents_browser, staged
from watchword.web import live

pytestmark = pytest.mark.chromium
LIST = "/calls"


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    """The list of calls as an agent has it open; loaded anew, somebody else has called."""
    with an_agents_browser(sqlite_template, tmp_path) as browser:
        pages = {LIST: browser.get(LIST).content.decode()}
        live.begin(replace(a_call(), turns=()), source="test", actor="test")
        part = browser.get(LIST, headers={"HX-Request": "true"}).content.decode()
    with a_browser() as chromium, staged(chromium, pages) as stage:
        stage.open(LIST)
        stage.pages[LIST] = part
        stage.loads.clear()
        yield stage


def changes(stage: Stage, number: int) -> None:
    stage.page.evaluate("(number) => tellNews('changed', '{}', String(number))", number)


def loaded(stage: Stage) -> int:
    """How often the list was loaded anew, when the browser has come to rest."""
    stage.sent("")
    return len(stage.loads)


def test_the_first_change_shows_at_once_and_the_next_ones_together(stage: Stage) -> None:
    changes(stage, 1)
    stage.later(300)
    stage.page.get_by_role("link", name="Ana Brook").wait_for()
    assert loaded(stage) == 1
    counted = []
    for number in range(2, 11):  # from here on something changes all the time
        changes(stage, number)
        stage.later(1000)
        counted.append(loaded(stage))
    assert counted == [1, 1, 2, 2, 2, 3, 3, 3, 4]


def test_whoever_asks_for_what_has_changed_need_not_wait(stage: Stage) -> None:
    changes(stage, 1)
    stage.later(300)
    assert loaded(stage) == 1
    changes(stage, 2)
    stage.later(300)
    assert loaded(stage) == 1  # it has been shown anew just now
    stage.page.keyboard.press("j")  # the list is in use
    stage.later(3000)
    assert loaded(stage) == 1
    stage.page.get_by_role("button", name="Something has changed. Show it").click()
    assert loaded(stage) == 2


def test_after_a_rest_a_change_shows_at_once_again(stage: Stage) -> None:
    for number in (1, 2):
        changes(stage, number)
        stage.later(300)
        assert loaded(stage) == number
        stage.later(5000)
