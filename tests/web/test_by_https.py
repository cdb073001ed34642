"""Browsers come by https while WATCHWORD_TLS is off: cookies are not kept to it then, and somebody must be told."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from django.test import Client, override_settings

from tests.web.served import served
from watchword.settings import Settings

TOLD = "Set WATCHWORD_TLS=on"
NOT_KEPT = {"cookies": "not kept to https"}
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def cookies_told(answer: dict[str, str]) -> dict[str, str]:
    return {name: told for name, told in answer.items() if name == "cookies"}


def test_https_while_it_is_off_is_told_once_and_then_to_every_monitor(
    web: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    assert cookies_told(browser.get("/health").json()) == {}
    for _ in range(3):
        browser.get("/account/sign-in/", secure=True)
    assert caplog.text.count(TOLD) == 1
    assert cookies_told(browser.get("/health").json()) == NOT_KEPT  # which mostly asks past the proxy
    assert browser.get("/health").status_code == 200


def test_a_monitor_that_asks_by_https_is_told_at_once(web: Settings) -> None:
    assert cookies_told(Client().get("/health", secure=True).json()) == NOT_KEPT


def test_nothing_is_told_where_it_is_on(web: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        browser = Client()
        browser.get("/account/sign-in/", secure=True)
        assert cookies_told(browser.get("/health").json()) == {}
    assert TOLD not in caplog.text


@pytest.mark.parametrize("believed", ["127.0.0.1", "192.0.2.1"], ids=["the-proxy", "anybody"])
def test_only_a_proxy_that_is_believed_says_that_browsers_come_by_https(
    web: Settings, tmp_path: Path, believed: str
) -> None:
    log = tmp_path / "log"
    with served(web, log=log, FORWARDED_ALLOW_IPS=believed) as address:
        with urlopen(Request(f"{address}/account/sign-in/", headers={"X-Forwarded-Proto": "https"})) as answer:
            cookie = answer.headers["Set-Cookie"]
        assert "Secure" not in cookie
        with urlopen(f"{address}/health") as answer:
            told = cookies_told(json.load(answer))
    assert told == (NOT_KEPT if believed == "127.0.0.1" else {})
    assert (TOLD in log.read_text()) == bool(told)
