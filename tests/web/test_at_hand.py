"""A window of 360 by 800 pixels beside the telephone: what there is to do next is in sight, without a search for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Locator, expect

from tests.recorded import SUES, a_call
from tests.web.staged import Stage, a_browser, an_agents_browser, staged
from tests.web.test_demo_caller import SAMPLES
from watchword.store import decide
from watchword.store.models import Step
from watchword.web import live, transfers
from watchword.web.in_force import in_force, put_in_force

pytestmark = pytest.mark.chromium
CALL, CALLS = "/calls/c-1", "/calls"
HEIGHT = 800
COLOUR = "one => getComputedStyle(one).color"
UNDER = (
    "one => getComputedStyle(one).opacity === '1' && !/rgba|transparent/.test(getComputedStyle(one).backgroundColor)"
)
Pages = dict[str, str]


@pytest.fixture(scope="module")
def shown(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """The page of a call that is typed by hand, at the steps of its way; and the page of calls with samples to play."""
    found: Pages = {}
    with an_agents_browser(sqlite_template, tmp_path_factory.mktemp("hand")) as browser:
        live.begin(a_call(SUES), source="by hand", actor="test")
        found["flagged"] = page_of(browser)
        for step in Step.objects.all():
            decide.confirm(step.key, by="user ana")
        for move in ("dial", "brief"):
            transfers.act(Step.objects.get(kind="warm_transfer"), move, by="user ana")
            found[move] = page_of(browser)
        put_in_force(replace(in_force(), settings=replace(in_force().settings, demo=SAMPLES)))
        found["list"] = browser.get(CALLS).content.decode()
    return found


def page_of(browser: Client) -> str:
    return browser.get(CALL).content.decode()


@pytest.fixture(scope="module")
def browser(shown: Pages) -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def stage(browser: Browser, shown: Pages) -> Iterator[Stage]:
    with staged(browser, {CALL: shown["flagged"], CALLS: shown["list"]}) as stage:
        stage.page.set_viewport_size({"width": 360, "height": HEIGHT})
        yield stage


def opened(stage: Stage, html: str) -> Stage:
    stage.pages[CALL] = html
    stage.open(CALL)
    return stage


def edges(one: Locator) -> tuple[float, float]:
    """Where it begins and ends, from the top of the window."""
    box = one.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def is_in_sight(one: Locator) -> bool:
    top, bottom = edges(one)
    return top >= 0 and bottom <= HEIGHT


def test_the_next_move_of_a_transfer_is_in_sight(stage: Stage, shown: Pages) -> None:
    opened(stage, shown["dial"])
    assert is_in_sight(stage.page.get_by_role("button", name="They answer: read the brief"))
    opened(stage, shown["brief"])
    accepted = stage.page.get_by_label("Accepted by")
    assert is_in_sight(accepted)
    assert is_in_sight(stage.page.get_by_role("button", name="Accepted"))
    tried = stage.page.get_by_label("What was tried")
    tried.focus()
    assert edges(tried)[1] <= edges(accepted)[0]  # nor does it lie over the field that one has come to


def test_who_types_sees_what_it_raises(stage: Stage, shown: Pages) -> None:
    opened(stage, shown["flagged"])
    words = stage.page.get_by_label("What was said")
    stage.page.keyboard.press("t")
    stage.page.keyboard.type("I will say it again, and once more. " * 6)
    expect(words).to_be_focused()
    heading, confirm = stage.page.locator(".banner h2"), stage.page.get_by_role("button", name="Confirm")
    assert all(is_in_sight(one) for one in (heading, confirm, words))
    assert edges(confirm)[1] <= edges(words)[0]
    stage.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    side = stage.page.get_by_role("link", name="Everything about this person")
    assert edges(side)[1] <= edges(words)[0]  # the page ends above the field


def test_a_button_that_waits_for_its_answer_is_not_seen_through(stage: Stage, shown: Pages) -> None:
    opened(stage, shown["flagged"])
    stage.held = []
    stage.page.keyboard.press("c")
    confirm = stage.page.get_by_role("button", name="Confirm")
    expect(confirm).to_have_attribute("aria-disabled", "true")
    assert confirm.evaluate(UNDER)


def test_what_is_read_out_is_not_written_as_softly_as_its_names(stage: Stage, shown: Pages) -> None:
    opened(stage, shown["brief"])
    brief = stage.page.locator(".brief")
    assert brief.locator("dd").first.evaluate(COLOUR) == stage.page.locator("body").evaluate(COLOUR)


def test_a_sample_can_be_told_from_another(stage: Stage) -> None:
    stage.open(CALLS)
    samples = stage.page.get_by_label("Sample call")
    box = samples.bounding_box()
    assert box
    assert box["width"] > 200
    assert not [one for one in samples.locator("option").all() if "5f0c8a52" in one.inner_text()]
