"""The page of a call under somebody's hands: news never move a decision, a word or the focus away from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.recorded import SUES, a_call
from tests.web.staged import Stage, a_browser, an_agents_browser, staged
from watchword.store import decide
from watchword.store.models import Step
from watchword.terms import Person
from watchword.web import live, transfers

pytestmark = pytest.mark.chromium
CALL = "/calls/c-1"
CHANGED = "This has just changed: look first."
States = dict[str, str]


@pytest.fixture(scope="module")
def states(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> States:
    """The page of one call, as it stands at each step of its way."""
    found: States = {}
    with an_agents_browser(sqlite_template, tmp_path_factory.mktemp("hands")) as browser:

        def shown(name: str) -> None:
            found[name] = browser.get(CALL).content.decode()

        live.begin(replace(a_call(), turns=(), person=Person()), source="test", actor="test")
        shown("unknown")
        live.begin(replace(a_call(), turns=(), issue="INV-1"), source="test", actor="test")
        shown("silent")
        live.say("c-1", [(0, a_call("Good morning.").turns[0])], actor="test")
        shown("calm")
        live.say("c-1", [(1, a_call(SUES).turns[0])], actor="test")
        shown("flagged")
        for step in Step.objects.all():
            decide.dismiss(step.key, by="user ana", reason="settled")
        shown("off")
        for step in Step.objects.all():
            decide.reopen(step.key, by="user ana")
            decide.confirm(step.key, by="user ana")
        shown("offered")
        transfer = Step.objects.get(kind="warm_transfer")
        for move in ("dial", "back"):
            transfers.act(transfer, move, by="user ana")
            shown(move)
        live.say("c-1", (), actor="test", end=True)
        shown("ended")
        found["list"] = browser.get("/calls").content.decode()
    return found


@pytest.fixture(scope="module")
def browser(states: States) -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def stage(browser: Browser, states: States) -> Iterator[Stage]:
    with staged(browser, {CALL: states["calm"]}) as stage:
        yield stage


def opened(stage: Stage, html: str) -> Stage:
    stage.pages[CALL] = html
    stage.open(CALL)
    return stage


def test_before_anybody_speaks_the_page_says_what_is_awaited(stage: Stage, states: States) -> None:
    opened(stage, states["silent"])
    turns, awaited = stage.page.locator("#turns"), stage.page.get_by_text("Nobody has spoken yet.")
    expect(awaited).to_be_visible()
    expect(turns).to_be_hidden()
    stage.page.evaluate("tellNews('turn', '<li data-turn=\"0\"><p>Good morning.</p></li>', '1.1.a')")
    expect(turns).to_be_visible()
    expect(awaited).to_be_hidden()


def test_a_key_decides_nothing_that_has_just_come(stage: Stage, states: States) -> None:
    opened(stage, states["calm"]).news(states["flagged"])
    for key in ("c", "2", "u", "n"):
        stage.page.keyboard.press(key)
    stage.page.locator("[data-key=c]").focus()
    stage.page.keyboard.press("Enter")
    assert stage.said() == CHANGED
    assert not stage.sent("/call/")
    stage.news(states["flagged"])  # again the same: nothing has changed by that
    stage.later(800)
    stage.page.keyboard.press("c")
    assert len(stage.sent("/call/confirm/")) == 1


def test_a_click_decides_nothing_that_has_just_come(stage: Stage, states: States) -> None:
    opened(stage, states["calm"]).news(states["flagged"])
    stage.page.locator("[data-key=c]").click()
    assert stage.said() == CHANGED
    assert not stage.sent("/call/")
    stage.later(800)
    stage.page.locator("[data-key=c]").click()
    assert len(stage.sent("/call/confirm/")) == 1


def test_enter_gives_the_reason_that_was_typed_and_a_button_its_own(stage: Stage, states: States) -> None:
    page = opened(stage, states["flagged"]).page
    page.get_by_text("another reason").click()
    page.fill("#reason", "She laughed.")
    page.keyboard.press("Enter")
    (typed,) = stage.sent("/call/dismiss/")
    assert (typed.get("because"), typed["reason"]) == (None, "She laughed.")
    page.locator("[data-key='2']").click()
    assert stage.sent("/call/dismiss/")[-1]["because"] == "2"


def test_half_typed_words_are_never_thrown_away(stage: Stage, states: States) -> None:
    opened(stage, states["calm"]).page.fill("#words", "My attor")
    stage.page.evaluate("tellNews('over', '', '')")
    assert "sign-in has ended. Copy your words" in stage.said()
    stage.page.evaluate("hide(true); hide(false)")
    stage.page.route("**/call/end/**", lambda route: route.fulfill(status=401))
    stage.page.evaluate("document.querySelector('[action*=\"/call/end/\"]').requestSubmit()")
    expect(stage.page.locator(".said")).to_contain_text("sign-in has ended")
    stage.page.unroute("**/call/end/**")
    stage.page.evaluate("streams().forEach((one) => { one.readyState = 0; })")
    stage.page.evaluate("document.querySelector('[action*=\"/call/end/\"]').requestSubmit()")
    expect(stage.page.locator(".said")).to_contain_text("not up to date. Copy your words")
    assert stage.page.input_value("#words") == "My attor"
    assert stage.loads == [CALL]


def test_without_words_a_page_that_hears_nothing_is_loaded_again(stage: Stage, states: States) -> None:
    opened(stage, states["flagged"]).page.evaluate("streams().forEach((one) => { one.readyState = 0; })")
    stage.pages[CALL] = states["offered"]
    stage.page.keyboard.press("c")
    stage.page.wait_for_selector("[data-mode=transfer]")
    assert stage.loads == [CALL, CALL]


def test_the_focus_stays_on_the_same_button_or_goes_to_the_heading(stage: Stage, states: States) -> None:
    opened(stage, states["flagged"]).page.locator("[data-key='3']").focus()
    stage.news(states["flagged"])
    assert stage.page.evaluate("document.activeElement.dataset.key") == "3"
    stage.page.locator("[data-fold=ticket] summary").focus()
    stage.news(states["flagged"])
    assert stage.focused() == "The ticket, filled in"
    stage.page.locator("[data-key=c]").focus()
    stage.page.keyboard.press("c")
    assert len(stage.sent("/call/confirm/")) == 1
    assert stage.page.evaluate("document.activeElement.dataset.key") == "c"  # sending takes it away from nobody
    stage.news(states["offered"])
    assert stage.page.evaluate("document.activeElement.tagName") == "H2"
    stage.page.locator("#side a").last.focus()
    stage.news(states["dial"], "side")
    assert stage.page.evaluate("!!document.activeElement.closest('#side')")


def test_once_it_is_said_who_is_calling_the_focus_goes_to_their_name_and_other_news_come_in(
    stage: Stage, states: States
) -> None:
    opened(stage, states["unknown"]).page.locator("[data-fold=who] summary").click()
    stage.page.locator(".who-form button").hover()
    stage.page.mouse.down()
    stage.news(states["silent"], "head")
    stage.news(states["flagged"])
    stage.page.mouse.up()
    stage.later(1)
    assert stage.focused() == "Ana Brook"
    assert stage.page.locator("[data-key=c]").is_visible()


def test_what_was_tried_is_saved_whatever_happens_while_it_is_typed(stage: Stage, states: States) -> None:
    opened(stage, states["dial"]).page.locator("[name=tried]").focus()
    stage.page.keyboard.type("A payment plan")
    stage.news(states["back"])
    expect(stage.page.locator("[name=tried]")).to_be_focused()
    stage.page.keyboard.press("Escape")
    assert [given["tried"] for given in stage.sent("/call/brief/")] == ["A payment plan"]
    stage.page.locator("[name=tried]").focus()
    stage.page.keyboard.press("Escape")  # it is saved already
    stage.page.locator("[name=tried]").focus()
    stage.page.keyboard.press("End")
    stage.page.keyboard.type(", twice")
    stage.later(1500)  # and nobody leaves the field
    assert [given["tried"] for given in stage.sent("/call/brief/")][1:] == ["A payment plan, twice"]
    stage.news(states["back"])  # made before it was saved, and come after
    assert stage.page.input_value("[name=tried]") == "A payment plan, twice"
    stage.page.get_by_label("not verified").check()
    stage.sent("/call/brief/")
    stage.later(1500)  # after what leaving the field has saved
    assert stage.sent("/call/brief/")[-1].get("identity") == "no"


def test_news_do_not_take_a_button_away_from_under_the_pointer(stage: Stage, states: States) -> None:
    opened(stage, states["dial"]).page.fill("[name=tried]", "A payment plan")
    stage.page.locator("[data-key=b]").hover()
    stage.page.mouse.down()
    assert len(stage.sent("/call/brief/")) == 1
    stage.news(states["back"])
    expect(stage.page.locator("#banner")).not_to_contain_text("You are with the caller.")
    stage.page.mouse.up()
    assert [given["act"] for given in stage.sent("/call/transfer/")] == ["back"]
    stage.later(50)
    expect(stage.page.locator("#banner")).to_contain_text("You are with the caller.")


def test_a_page_listens_only_while_it_is_looked_at(stage: Stage, states: States) -> None:
    opened(stage, states["calm"]).news(states["flagged"])
    assert stage.page.evaluate("streams().length") == 1
    stage.page.evaluate("hide(true)")
    assert stage.page.evaluate("streams().length") == 0
    stage.page.evaluate("hide(false)")
    assert stage.page.evaluate("streams().map((one) => one.address.split('?')[1])") == ["since=1.1.a"]
    stage.pages["/calls"] = states["list"]
    stage.open("/calls")
    assert stage.page.evaluate("streams().length") == 1
    stage.page.evaluate("hide(true)")
    assert stage.page.evaluate("streams().length") == 0
    stage.page.evaluate("hide(false)")
    assert stage.page.evaluate("streams().length") == 1


def test_an_action_without_an_answer_is_told_in_sight(stage: Stage, states: States) -> None:
    stage.page.add_init_script("AbortSignal.timeout = () => AbortSignal.abort();")
    stage.page.set_viewport_size({"width": 360, "height": 500})
    opened(stage, states["flagged"]).page.evaluate("scrollTo(0, document.body.scrollHeight)")
    stage.page.keyboard.press("c")
    expect(stage.page.locator(".said")).to_contain_text("could not be reached. Look whether it was done")
    expect(stage.page.locator(".said p")).to_be_in_viewport()
    assert stage.page.evaluate("document.querySelectorAll('[aria-disabled=true]').length") == 0


def test_a_form_under_way_is_not_sent_twice(stage: Stage, states: States) -> None:
    held: list[Route] = []
    stage.held = held
    opened(stage, states["flagged"])
    stage.page.keyboard.press("c")
    stage.page.keyboard.press("c")
    assert len(stage.sent("/call/confirm/")) == 1
    held[0].fulfill(status=409, json={"what": "It is decided.", "do": "Look."})
    expect(stage.page.locator(".said")).to_have_text("It is decided. Look.")
    stage.page.keyboard.press("c")
    assert len(stage.sent("/call/confirm/")) == 2


def test_an_ended_call_takes_no_typed_words_whatever_else_is_told(stage: Stage, states: States) -> None:
    opened(stage, states["back"]).news(states["ended"], "banner", "side")
    expect(stage.page.locator("#type")).to_be_hidden()
