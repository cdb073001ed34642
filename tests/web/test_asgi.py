"""The service as the web server runs it: over ASGI, with the limit on what it takes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.recorded import SUES, a_call, keep
from tests.web.test_api import API, CALL
from watchword.settings import Settings
from watchword.store import models
from watchword.store.keys import make_key
from watchword.web.asgi import application_for, one_of_several
from watchword.web.in_force import in_force, put_in_force

LARGEST = 5000
Asking = Callable[[httpx.AsyncClient], Any]


def ask(asking: Asking, largest: int = LARGEST, **headers: str) -> httpx.Response:
    """What the service answers."""

    async def run() -> httpx.Response:
        over = httpx.ASGITransport(app=application_for(largest))
        async with httpx.AsyncClient(transport=over, base_url="http://testserver", headers=headers) as client:
            answer: httpx.Response = await asking(client)
            return answer

    return asyncio.run(run())


def test_a_contact_over_asgi(web: Settings) -> None:
    key = make_key("crm", ["contacts"], by="test")
    answer = ask(lambda client: client.post(f"{API}/contacts", json=CALL), authorization=f"Bearer {key}")
    assert (answer.status_code, answer.json()["id"]) == (201, "c-1")


def handed_in(pieces: int, **headers: str) -> tuple[httpx.Response, int]:
    """What is answered to a body of pieces that are each a tenth of the largest, and how many of them were read."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        for number in range(pieces):
            read.append(number)
            yield b"x" * (LARGEST // 10)

    answer = ask(lambda client: client.post("/imports/notes/hand-in", content=body()), **headers)
    return answer, len(read)


def test_what_says_that_it_is_far_too_large_is_refused_at_once(web: Settings) -> None:
    answer, read = handed_in(1000, **{"content-length": str(100 * LARGEST)})
    assert (answer.status_code, read) == (413, 0)
    assert set(answer.json()) == {"what", "do"}


@pytest.mark.parametrize("headers", [{"content-length": str(3 * LARGEST)}, {}])
def test_what_is_too_large_is_read_away_so_that_the_answer_is_seen(web: Settings, headers: dict[str, str]) -> None:
    answer, read = handed_in(30, **headers)
    assert (answer.status_code, read) == (413, 30)


def test_what_does_not_say_its_size_is_not_read_without_an_end(web: Settings) -> None:
    answer, read = handed_in(1000)
    assert answer.status_code == 413
    assert read < 50


def test_whoever_hands_in_too_much_on_a_page_is_told_on_a_page(web: Settings) -> None:
    answer, _ = handed_in(30, accept="text/html,*/*;q=0.8")
    assert answer.status_code == 413
    assert "<h1>The request is too large.</h1>" in answer.text
    assert answer.headers["content-security-policy"]


def test_pages_and_files_over_asgi(web: Settings) -> None:
    page = ask(lambda client: client.get("/account/sign-in/"))
    assert page.status_code == 200
    assert "Sign in" in page.text
    sheet = ask(lambda client: client.get("/static/console/console.css"))
    assert sheet.status_code == 200
    assert sheet.headers["content-type"].startswith("text/css")
    again = ask(lambda client: client.get("/static/console/console.css", headers={"if-none-match": "x"}))
    assert again.status_code in (200, 304)


def test_a_name_that_is_not_the_services_is_refused(web: Settings) -> None:
    answer = ask(lambda client: client.get("/account/sign-in/", headers={"host": "elsewhere.example.org"}))
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", ["10.1.2.3", "127.0.0.1:8416", "elsewhere.example.org"])
def test_a_monitor_asks_by_address(web: Settings, name: str) -> None:
    answer = ask(lambda client: client.get("/health", headers={"host": name}))
    assert (answer.status_code, answer.json()) == (200, {"service": "up", "database": "up"})
    assert answer.headers["content-security-policy"]


def test_what_keeps_a_process_from_beginning_is_said_once(
    web: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("WATCHWORD_POLICY", "no-such-policy")
    put_in_force(None)
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message)

    begun = one_of_several(application_for(LARGEST), web.folder)
    asyncio.run(begun({"type": "lifespan"}, receive, send))  # type: ignore[arg-type]
    assert [message["type"] for message in sent] == ["lifespan.startup.failed"]
    assert [record.getMessage() for record in caplog.records if record.name == "watchword.web.asgi"] == [
        sent[0]["message"]
    ]


def test_no_caller_waits_for_the_pages_to_be_loaded(tmp_path: Path) -> None:
    """Whoever came first after a process had said that it is up waited for all of them."""
    asked = "import sys, watchword.web.asgi as a; a.make_application(); print('watchword.web.urls' in sys.modules)"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    told = subprocess.run(
        [sys.executable, "-c", asked], env=kept | {"WATCHWORD_DATA": str(tmp_path)}, capture_output=True, check=True
    )
    assert told.stdout == b"True\n"


@pytest.mark.parametrize(("hash", "lines"), [("another", 1), (None, 0)], ids=["another policy", "the same"])
def test_a_process_that_goes_by_another_policy_than_those_before_says_so(
    web: Settings, caplog: pytest.LogCaptureFixture, hash: str | None, lines: int
) -> None:
    """As one that takes another's place once the policy's file was changed."""
    keep(a_call(SUES))
    models.Assessment.objects.update(policy_hash=hash or in_force().policy.hash)
    begins = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> dict[str, str]:
        return next(begins)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    begun = one_of_several(application_for(LARGEST), web.folder)
    asyncio.run(begun({"type": "lifespan"}, receive, send))  # type: ignore[arg-type]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    told = [record.getMessage() for record in caplog.records if record.name == "watchword.store.policies"]
    assert len(told) == lines
    assert all(f"hash {in_force().policy.hash[:12]}; the newest" in one for one in told)
