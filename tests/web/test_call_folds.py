"""What cannot be taken back is only asked for by its key: Tab and Enter say it, Escape closes the question."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.recorded import SUES, a_call
from tests.web.staged import a_browser, an_agents_browser, staged
from watchword.store import decide
from watchword.store.models import Step
from watchword.web import live, transfers

pytestmark = pytest.mark.chromium
CALL = "/calls/c-1"
ASKED = (
    ("n", "Yes, the line was not reached", "/call/transfer/"),
    ("x", "The caller has hung up", "/call/transfer/"),
    ("e", "Yes, the call has ended", "/call/end/"),
    ("s", "Yes, it is somebody else’s", "/call/not-theirs/"),
)


@pytest.fixture(scope="module")
def on_hold(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a call whose caller is on hold."""
    with an_agents_browser(sqlite_template, tmp_path_factory.mktemp("folds")) as browser:
        live.begin(a_call(SUES), source="test", actor="test")
        for step in Step.objects.all():
            decide.confirm(step.key, by="user ana")
        transfers.act(Step.objects.get(kind="warm_transfer"), "dial", by="user ana")
        return browser.get(CALL).content.decode()


def test_a_key_only_asks_what_cannot_be_taken_back(on_hold: str) -> None:
    with a_browser() as browser, staged(browser, {CALL: on_hold}) as stage:
        stage.open(CALL)
        keyboard = stage.page.keyboard
        for key, words, address in ASKED:
            answer = stage.page.get_by_role("button", name=words)
            for way_out in ("Escape", "Enter"):  # a slip and the Enter after it close it again
                keyboard.press(key)
                expect(answer).to_be_visible()
                keyboard.press(way_out)
                expect(answer).to_be_hidden()
                assert not stage.posts
            keyboard.press(key)
            keyboard.press("Tab")
            expect(answer).to_be_focused()
            keyboard.press("Enter")
            expect(stage.page.locator(".said")).to_be_empty()
            assert len(stage.sent(address)) == 1
            stage.posts.clear()
            keyboard.press("Escape")
            expect(answer).to_be_hidden()
