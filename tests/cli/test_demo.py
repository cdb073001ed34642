"""`watchword demo` as a newcomer runs it: sign in, play a call, confirm its red flag, find the ticket at the desk."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import sync_playwright

from watchword.cli import demo as cli
from watchword.errors import SettingsError

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
LOOK = 1000  # milliseconds
READY = 300  # seconds for everything to start on a busy machine
pytestmark = pytest.mark.chromium


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The demo, started; and everything that it has printed up to the instructions."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    kept |= {"http_proxy": "http://127.0.0.1:1", "no_proxy": ""}  # as in a house whose proxy leads to no demo
    command = [sys.executable, "-m", "watchword", "demo", "--samples", str(SAMPLES)]
    process = subprocess.Popen(command, env=kept | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    try:
        yield process, _printed(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def _printed(process: subprocess.Popen[str]) -> list[str]:
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True).start()
    told: list[str] = []
    while not told or "Ctrl-C" not in told[-1]:
        told.append(lines.get(timeout=READY))
    return told


def _run(more: dict[str, str], *command: str) -> str:
    """What a command prints, as somebody types it beside the demo."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHWORD_")}
    line = [sys.executable, "-m", "watchword", *command]
    return subprocess.run(
        line, env=kept | more, capture_output=True, text=True, timeout=READY, check=True
    ).stdout.strip()


def _still_due(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "watchword.sqlite")) as database:
        count: int = database.execute("SELECT count(*) FROM store_step WHERE try_at IS NOT NULL").fetchone()[0]
        return count


def test_a_newcomer_sees_a_call_escalated(demo: tuple[subprocess.Popen[str], list[str]], tmp_path: Path) -> None:
    process, lines = demo
    told = "".join(lines)
    address = re.search(r"(http://127\.0\.0\.1:\d+)/", told)
    password = re.search(r"^  agent +(\S+)$", told, re.MULTILINE)
    assert address
    assert password
    assert len(re.findall(r"^  [a-z-]+ +\S{12,}$", told, re.MULTILINE)) == 6  # one for each role
    command = re.search(r"^  WATCHWORD_DATA=(\S+) watchword (key add .+)$", told, re.MULTILINE)
    assert command
    assert _still_due(Path(command[1])) == 0  # what follows from the samples is there, not on its way
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(address[1])
        page.fill("input[name=login]", "agent")
        page.fill("input[name=password]", password[1])
        page.keyboard.press("Enter")
        page.wait_for_url("**/calls")
        page.select_option("#sample", "call-02")
        page.get_by_role("button", name="Play this sample call").click()
        page.wait_for_selector("[data-mode=escalate]")
        while not page.locator(".steps-now").count():
            page.wait_for_timeout(LOOK)  # a key that is pressed before anybody can have read what it does, does nothing
            page.keyboard.press("c")
        page.wait_for_selector(".steps-now .dot.done")  # the worker has filed the ticket
        page.keyboard.press("g")
        page.keyboard.press("d")
        page.wait_for_url("**/desk")
        assert page.get_by_text("Marcus Oyelaran").first.is_visible()
        page.goto(f"{address[1]}/people?find=Samir")
        assert page.get_by_text("Samir Haddad").first.is_visible()  # there is something to look at from the beginning
        browser.close()
    key = _run({"WATCHWORD_DATA": command[1]}, *command[2].split())
    calls = urllib.request.Request(f"{address[1]}/api/v1/calls/no-call", headers={"Authorization": f"Bearer {key}"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(calls, timeout=60)
    assert refused.value.code == 404  # the key is known, the call is not
    refused.value.close()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not list(tmp_path.glob("watchword-demo-*"))


def test_without_samples_it_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "watchword", "demo", "--samples", "nowhere"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=READY, check=False)
    assert done.returncode == 2
    assert "no samples at nowhere" in done.stderr


def test_a_service_that_is_slow_is_told_apart_from_one_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWORD_DATA", str(tmp_path))
    monkeypatch.setattr(cli, "READY_SECONDS", 0)
    log = tmp_path / "serve.log"
    log.write_text("Watchword is at http://127.0.0.1:1/ . Stop it with Ctrl-C.\n")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        with pytest.raises(SettingsError, match="not ready within 0 s") as slow:
            cli._wait("http://127.0.0.1:1", server, server)
        server.kill()
    assert "Stop it" not in str(slow.value)
    log.write_text("watchword: the database cannot be used\n")
    with pytest.raises(SettingsError, match="the database cannot be used"):
        cli._wait("http://127.0.0.1:1", server, server)
