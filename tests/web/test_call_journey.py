"""Two people on one call, each in a browser of their own: what one does, the other sees at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.databases import close
from tests.made import NOW
from tests.recorded import SUES
from tests.web import test_journey
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.store.notes import take_note
from watchword.terms import Channel, Note, Person
from watchword.web.access import Role
from watchword.web.users import add_user

pytestmark = pytest.mark.chromium
address = test_journey.address
SOON = 150_000  # milliseconds, on a busy machine
LOOK = 1000  # milliseconds, more than the keys wait until a banner can have been read


@pytest.fixture
def let_in(database: Settings) -> dict[str, str]:
    """The passwords of an agent and a supervisor, and a telephone platform's key."""
    made = {"ana": add_user("ana", [Role.AGENT]), "sam": add_user("sam", [Role.SUPERVISOR])}
    made["key"] = make_key("telephone", ["calls"], by="test")
    close()
    return made


@pytest.fixture
def two(let_in: dict[str, str], address: str) -> Iterator[dict[str, Page]]:
    """Ana and Sam, signed in; whatever their browsers complain of is an error."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(test_journey.CHROMIUM), args=["--no-sandbox"])
        pages = {name: browser.new_context().new_page() for name in ("ana", "sam")}
        for name, page in pages.items():
            page.set_default_timeout(SOON)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.goto(f"{address}/calls")
            page.fill("input[name=login]", name)
            page.fill("input[name=password]", let_in[name])
            page.keyboard.press("Enter")
            page.wait_for_url("**/calls")
        yield pages
        browser.close()
    assert [one for one in complaints if "ERR_FAILED" not in one] == []  # which a test brings about


def test_two_on_one_call_see_each_others_clicks(two: dict[str, Page], let_in: dict[str, str], address: str) -> None:
    ana, sam = two["ana"], two["sam"]
    expect.set_options(timeout=SOON)
    person = {"name": "Ana <b>Brook</b>", "phone": "+16505551212"}
    test_journey._tell(address, let_in["key"], "/calls", {"id": "c-1", "person": person, "issue": "INV-1"})
    for page in (ana, sam):
        page.get_by_text("Ana <b>Brook</b>").click()
        page.wait_for_url("**/calls/c-1")
        expect(page.locator("#banner")).to_contain_text("Listening")
    sam.locator("h1").evaluate("heading => { heading.dataset.kept = 'yes'; }")

    said = [{"number": 0, "speaker": "agent", "text": "Billing."}, {"number": 1, "speaker": "caller", "text": SUES}]
    test_journey._tell(address, let_in["key"], "/calls/c-1/turns", {"turns": said})
    for page in (ana, sam):
        expect(page.locator("#turns mark.escalate")).to_have_text("attorney")
        expect(page.locator("#banner")).to_contain_text("Escalate now")
    ana.wait_for_timeout(LOOK)

    ana.keyboard.press("2")  # a slip of the finger
    expect(sam.locator("#banner")).to_contain_text("Called off")
    ana.wait_for_selector("[data-mode=off]")
    ana.wait_for_timeout(LOOK)
    ana.keyboard.press("u")
    expect(sam.locator("#banner")).to_contain_text("Escalate now")
    ana.wait_for_selector("[data-mode=escalate]")
    ana.wait_for_timeout(LOOK)

    ana.keyboard.press("c")
    expect(sam.locator(".number")).to_have_text("650.412.8715")
    ana.wait_for_selector("[data-mode=transfer]")
    ana.wait_for_timeout(LOOK)
    ana.get_by_role("button", name="I have dialled").click()  # no telephone is there that the link could reach
    expect(sam.locator("[data-held] .time")).to_be_visible()
    expect(sam.locator("#banner")).to_contain_text("in the hands of ana")
    sam.keyboard.press("b")
    expect(ana.locator("#banner")).to_contain_text("You are with the caller.")
    expect(ana.locator("#banner")).to_contain_text("in the hands of sam")

    ana.locator("[name=tried]").fill("A payment plan")
    sam.keyboard.press("h")
    expect(ana.locator("[data-held]")).to_have_attribute("data-limit", "120")
    expect(ana.locator("[name=tried]")).to_have_value("A payment plan")  # nobody is typed over
    ana.keyboard.press("Escape")
    ana.keyboard.press("r")
    ana.wait_for_selector("#accepted")
    ana.keyboard.press("a")
    ana.keyboard.type("Lee")
    ana.keyboard.press("Enter")
    expect(sam.locator("#banner")).to_contain_text("accepted by Lee")

    expect(ana.locator("#banner")).to_contain_text("accepted by Lee")
    ana.keyboard.press("t")
    ana.wait_for_selector("#words:focus")
    ana.keyboard.type("Thank you, goodbye.")
    ana.keyboard.press("Shift+Enter")
    expect(sam.locator("#turns li.agent").last).to_contain_text("Thank you, goodbye.")
    assert sam.locator("h1").get_attribute("data-kept") == "yes"  # all of it without loading the page again
    sam.reload()
    expect(sam.locator("#banner")).to_contain_text("accepted by Lee")


def _listening(two: dict[str, Page], address: str, key: str, person: dict[str, str]) -> tuple[Page, Page]:
    """Both have the page of a call open in which nobody has spoken yet."""
    expect.set_options(timeout=SOON)
    test_journey._tell(address, key, "/calls", {"id": "c-1", "person": person})
    for page in two.values():
        page.locator("a[href='/calls/c-1']").click()
        page.wait_for_url("**/calls/c-1")
        expect(page.locator("#banner")).to_contain_text("Listening")
    return two["ana"], two["sam"]


def test_a_call_is_ended_by_no_slip_and_no_typed_word_is_lost(
    two: dict[str, Page], let_in: dict[str, str], address: str
) -> None:
    ana, sam = _listening(two, address, let_in["key"], {"name": "Ana Brook"})

    for slip in ("she says yes", "she", "Billing people"):  # without going to the field first
        ana.keyboard.type(slip)
        ana.keyboard.press("Enter")
        ana.keyboard.press("Escape")
    yes = ana.get_by_role("button", name="Yes, the call has ended")
    expect(yes).to_be_hidden()
    _type(ana, "We go on.")
    expect(sam.locator("#turns li")).to_have_text([_with("We go on.")])

    held: list[Route] = []
    ana.route("**/call/say/**", lambda route: held.append(route))
    _type(ana, "My attorney will call.")
    expect(ana.locator("#words")).to_have_value("")
    ana.keyboard.type("And he is")
    _wait_for(ana, held, 1)
    held[0].continue_()
    expect(sam.locator("#turns li").last).to_contain_text("My attorney will call.")
    expect(ana.locator("#words")).to_have_value("And he is")
    ana.keyboard.type(" angry.")
    ana.keyboard.press("Enter")
    ana.keyboard.type("I see.")
    ana.keyboard.press("Shift+Enter")  # at once; it comes after the other
    ana.keyboard.type("Now")
    _wait_for(ana, held, 2)
    held[1].continue_()
    _wait_for(ana, held, 3)
    held[2].abort()
    expect(ana.locator("#words")).to_have_value("I see.\nNow")
    expect(ana.locator(".said")).to_contain_text("not be reached")
    expect(sam.locator("#turns li").last).to_contain_text("And he is angry.")
    ana.keyboard.press("Escape")
    ana.unroute("**/call/say/**")
    _type(ana, "")
    expect(sam.locator("#turns li").last).to_contain_text("Now")
    expect(sam.locator("#turns li")).to_have_count(4)

    ana.keyboard.press("Escape")
    ana.keyboard.press("e")
    expect(yes).to_be_visible()
    ana.keyboard.press("Escape")
    expect(yes).to_be_hidden()
    ana.keyboard.press("e")
    ana.keyboard.press("Tab")
    expect(yes).to_be_focused()
    ana.wait_for_timeout(LOOK)
    ana.keyboard.press("Enter")
    expect(sam.locator("#banner")).to_contain_text("the call has ended")
    expect(sam.locator("#type")).to_be_hidden()


@pytest.fixture
def noted(database: Settings) -> None:
    """Two patients who called before, each with a note of it."""
    for id, name in (("P-1", "Dora Lind"), ("P-2", "Rosa Maye")):
        take_note(Person(id, name), Note(id, "LIMS", f"{name} called re bill.", Channel.PHONE, NOW, "INV-1"))
    close()


def test_a_patient_id_that_was_typed_wrong_is_taken_back_and_the_right_one_typed(
    noted: None, two: dict[str, Page], let_in: dict[str, str], address: str
) -> None:
    ana, sam = _listening(two, address, let_in["key"], {"phone": "+16505551212"})

    _keep_id(ana, "P-1")
    for page in (ana, sam):
        expect(page.locator("h1")).to_have_text("Dora Lind")
        expect(page.locator("#side")).to_contain_text("Dora Lind called re bill.")
    yes = ana.get_by_role("button", name="Yes, it is somebody else’s")
    expect(yes).to_be_hidden()
    ana.keyboard.press("Escape")
    ana.keyboard.press("s")
    ana.keyboard.press("Tab")
    expect(yes).to_be_focused()
    ana.keyboard.press("Enter")
    for page in (ana, sam):
        expect(page.locator("#who")).to_contain_text("A patient id was taken back")
        expect(page.locator("h1")).to_have_text("Unnamed person")
        expect(page.locator("#side")).not_to_contain_text("Dora Lind called re bill.")

    _keep_id(ana, "P-2")
    for page in (ana, sam):
        expect(page.locator("h1")).to_have_text("Rosa Maye")
        expect(page.locator("#side")).to_contain_text("Rosa Maye called re bill.")


def _keep_id(page: Page, id: str) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.wait_for_selector("[name=name]:focus")
    page.locator("#who [name=patient_id]:visible").fill(id)
    page.keyboard.press("Enter")


def _type(page: Page, words: str) -> None:
    """Go to the field with the key, type and send."""
    page.keyboard.press("t")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def _with(words: str) -> re.Pattern[str]:
    return re.compile(re.escape(words))


def _wait_for(page: Page, held: list[Route], many: int) -> None:
    """Until that many requests were held back."""
    for _ in range(SOON // 50):
        if len(held) >= many:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(held)} requests, not {many}")
