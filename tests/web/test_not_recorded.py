"""A database that takes nothing, or is away: whoever sends something is told so, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import sync_playwright

from tests.connectors.mails import letter
from tests.databases import close, use
from tests.recorded import a_call, policy
from tests.store.test_imports import table
from tests.web.conftest import SignedIn
from tests.web.served import READY, served
from tests.web.test_api import post
from tests.web.test_journey import CHROMIUM
from tests.web.test_rooms_journey import sign_in
from tests.web.test_tables import hand_in
from tests.web.test_writable import nothing_is_written
from watchword.errors import StoreError
from watchword.reading.originals import Original
from watchword.receiving import MailDesk
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import make_key
from watchword.terms import Speaker, Turn
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.live import begin, say
from watchword.web.users import add_user

Connect = Callable[..., Client]
WHY = {"sqlite": "its disk fails", "postgresql": "it may only be read"}
SECRET = "My neighbour Osvaldo told me"


def why() -> str:
    return f"The database cannot be used, and nothing was done: {WHY[connection.vendor]}."


def a_turn(number: int, text: str) -> dict[str, object]:
    return {"turns": [{"number": number, "speaker": "caller", "text": text}]}


def test_a_turn_that_could_not_be_written_is_asked_for_again(machine: Connect) -> None:
    phone = machine()
    assert post(phone, "/calls", {"id": "c-1", "channel": "phone", "turns": []})[0] == 201
    for number, words in enumerate(("Good morning.", "I will sue you.")):
        with nothing_is_written():
            status, told = post(phone, "/calls/c-1/turns", a_turn(number, words))
        assert (status, told["what"]) == (503, why())
        assert "Send it again; nothing is done twice." in told["do"]
        assert models.Turn.objects.count() == number
        assert post(phone, "/calls/c-1/turns", a_turn(number, words))[1]["added"] == 1
        assert post(phone, "/calls/c-1/turns", a_turn(number, words))[1]["added"] == 0
    assert models.Escalation.objects.count() == 1


@contextmanager
def no_more_pages() -> Iterator[None]:
    """A SQLite that is as large as it may become, as on a disk without room."""
    with connection.cursor() as cursor:
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        [most] = cursor.execute("PRAGMA max_page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute(f"PRAGMA max_page_count = {most}")


def test_on_a_full_disk_it_is_said_that_it_is_full(machine: Connect) -> None:
    full = nothing_is_written() if connection.vendor == "postgresql" else no_more_pages()
    phone = machine()
    assert post(phone, "/calls", {"id": "c-1", "channel": "phone", "turns": []})[0] == 201
    turn = a_turn(0, "Good morning. " * 5000)
    with full:
        status, told = post(phone, "/calls/c-1/turns", turn)
    what = why() if connection.vendor == "postgresql" else why().replace(WHY["sqlite"], "the disk is full")
    assert (status, told["what"]) == (503, what)
    health = phone.get("/health")  # asked when there is room for a small write still
    assert (health.status_code, health.json()["why"]) == (503, what.rpartition(": ")[2].rstrip("."))
    assert post(phone, "/calls/c-1/turns", turn)[1]["added"] == 1


def test_pages_say_what_ails_the_database(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR, raise_request_exception=False)
    begin(a_call("Good morning.", id="c-1"), source="test", actor="test")
    with nothing_is_written():
        page = browser.get("/people")
        by_hand = browser.post("/call/say/c-1", {"text": SECRET}, headers={"x-requested-with": "fetch"})
        without_script = browser.post("/call/say/c-1", {"text": SECRET})
        form = browser.post("/register/add", {"reason": SECRET, "kind": "phone", "value": "5555550123", "calls": "on"})
    assert page.status_code == 503
    assert why() in page.content.decode()
    assert (by_hand.status_code, by_hand.json()["what"]) == (503, why())
    assert without_script.status_code == 503
    assert why() in without_script.content.decode()
    assert SECRET in without_script.content.decode()
    assert SECRET in form.content.decode()
    assert not models.RegisterEntry.objects.exists()


def test_an_import_goes_on_where_it_stopped(signed_in: SignedIn) -> None:
    browser = signed_in(Role.SUPERVISOR, raise_request_exception=False)
    _, address = hand_in(browser, table())
    browser.post(f"{address}/begin")
    with nothing_is_written():
        part = browser.post(f"{address}/go-on", headers={"hx-request": "true"})
    assert (part.status_code, models.Note.objects.count()) == (503, 0)
    assert browser.post(f"{address}/go-on").status_code == 302
    assert models.Note.objects.count() == 3


def test_where_the_database_is_away_pages_and_programs_are_told_and_words_given_back(
    web: Settings, signed_in: SignedIn, machine: Connect
) -> None:
    browser, phone = signed_in(Role.SUPERVISOR, raise_request_exception=False), machine()
    use(replace(web, database_url="postgresql://nobody:@/nothing?host=/nowhere"))
    try:
        page, form = browser.get("/calls"), browser.post("/register/add", {"reason": SECRET})
        status, told = post(phone, "/calls/c-1/turns", a_turn(0, "Good morning."))
    finally:
        use(web)
    assert {page.status_code, form.status_code, status} == {503}
    assert "The database did not answer in time" in page.content.decode()
    assert SECRET in form.content.decode()
    assert told["do"] == "Send it again; nothing is done twice."


def test_a_mail_waits_and_it_is_said_why(web: Settings) -> None:
    desk, mail = MailDesk(web, policy(), assess), Original(letter(1), "a file")
    with nothing_is_written(), pytest.raises(StoreError, match=WHY[connection.vendor]):
        desk.take(mail, None)
    desk.take(mail, None)
    assert models.Contact.objects.count() == 1


def test_a_stream_that_breaks_off_is_one_line_of_the_log(web: Settings, tmp_path: Path) -> None:
    """A column is taken away under it: what the database says of that holds its question, and may hold words."""
    key = {"Authorization": f"Bearer {make_key('telephony', ['calls', 'read-calls'], by='tests')}"}
    begin(a_call(SECRET, id="c-1"), source="test", actor="test")
    log = tmp_path / "log"
    with served(web, log=log) as address:
        events = f"{address}/api/v1/calls/c-1/events"
        with httpx.stream("GET", events, headers=key, timeout=READY) as heard:
            lines = heard.iter_lines()
            assert any(line.startswith("event: turn") for line in lines)
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE store_assessment RENAME COLUMN record TO elsewhere")
            say("c-1", [(1, Turn(Speaker.CALLER, "Good morning."))], actor="test")
            with pytest.raises(httpx.HTTPError):
                list(lines)
    told = log.read_text("utf-8")
    assert "Exception in ASGI application" in told
    assert "Traceback" not in told
    assert "record" not in told


@pytest.mark.chromium
def test_an_import_that_gets_no_answer_says_so_until_it_goes_on(web: Settings, tmp_path: Path) -> None:
    password = add_user("sam", [Role.SUPERVISOR])
    file = tmp_path / "lims.csv"
    file.write_bytes(table())
    close()
    with served(web) as address, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"]).new_page()
        sign_in(page, address, password, "/imports/notes")
        page.get_by_label("Table", exact=True).set_input_files(str(file))
        page.get_by_label("Notes system").fill("LIMS")
        page.get_by_role("button", name="Show what is in it").click()
        page.get_by_role("button", name="Let it go").wait_for()
        page.route("**/go-on", lambda asked: asked.abort())  # the connection is lost
        page.get_by_role("button", name="Take 3 in").click()
        page.get_by_text("Not up to date").wait_for()
        page.unroute("**/go-on")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("done", exact=True).wait_for()
        assert page.get_by_text("Not up to date").is_hidden()
