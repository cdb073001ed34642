"""Pages of the console in a real browser without a server: the test tells the news, answers, and sets the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests import databases
from tests.recorded import policy
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.triage.assess import assess
from watchword.web.access import Role
from watchword.web.in_force import InForce, put_in_force
from watchword.web.kept_calls import forget_all
from watchword.web.users import add_user

ORIGIN = "http://staged.example"
BANNER = re.compile(r'<div class="banner-place" id="banner">(.*?)</div>\s*<section class="said-here"', re.DOTALL)
HEAD = re.compile(r'<div class="caller" id="who">(.*?)</div>\s*<', re.DOTALL)
SIDE = re.compile(r'<aside class="side"[^>]*>(.*?)</aside>', re.DOTALL)
PARTS = {"banner": BANNER, "head": HEAD, "side": SIDE}
FIELD = re.compile(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', re.DOTALL)
NEWS = """
window.EventSource = class extends EventTarget {
  static CONNECTING = 0; static OPEN = 1; static CLOSED = 2; static all = [];
  constructor(address) { super(); this.address = address; this.readyState = 1; EventSource.all.push(this); }
  close() { this.readyState = 2; }
};
window.streams = () => EventSource.all.filter((one) => one.readyState === 1);
window.tellNews = (name, data, id) => {
  for (const one of streams()) one.dispatchEvent(new MessageEvent(name, { data, lastEventId: id }));
};
window.hide = (isHidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
};
"""
STAY = """
window.left = 0;
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) window.left += 1;
  event.preventDefault();
});
"""


@contextmanager
def an_agents_browser(template: Path, folder: Path) -> Iterator[Client]:
    """What Ana's browser is given, from a service on a database of its own."""
    settings = Settings(folder=folder, secret="test")
    with databases.fresh_sqlite(template, settings):
        put_in_force(InForce(settings, policy(), assess))
        forget_all()
        add_user("ana", [Role.AGENT])
        browser = Client()
        browser.force_login(User.objects.get(username="ana"))
        yield browser
    put_in_force(None)


class Stage:
    """A browser's page, what was asked for, and what is answered."""

    def __init__(self, page: Page, pages: dict[str, str]) -> None:
        self.page, self.pages = page, pages
        self.loads: list[str] = []
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.held: list[Route] | None = None  # a list: answers are held back in it
        self.status = 204
        page.add_init_script(NEWS)
        page.clock.install(time=1000)
        page.clock.pause_at(2000)  # from here on it is later only when the test says so
        page.route("**/*", self._answer)

    def open(self, path: str) -> None:
        self.page.goto(ORIGIN + path, wait_until="load")

    def later(self, milliseconds: int) -> None:
        self.page.clock.run_for(milliseconds)

    def news(self, html: str, *parts: str) -> None:
        """The news that make the page of a call what another rendering shows."""
        for name in parts or ("banner",):
            found = PARTS[name].search(html)
            assert found
            self.page.evaluate("([name, html]) => tellNews(name, html, '1.1.a')", [name, found[1]])

    def sent(self, what: str) -> list[dict[str, str]]:
        """The forms that were sent to addresses with this in them, when the browser has come to rest."""
        self.page.evaluate("fetch('/still', { method: 'GET' })")  # behind whatever was asked for before
        return [given for path, given in self.posts if what in path]

    def stay(self) -> None:
        """Forms leave the page no more: as if the answer were slow. Those that would have are counted."""
        self.page.evaluate(STAY)

    def left(self) -> int:
        found: int = self.page.evaluate("window.left")
        return found

    def said(self) -> str:
        return self.page.locator(".said").inner_text()

    def focused(self) -> str:
        found: str = self.page.evaluate("document.activeElement.textContent.trim()")
        return found

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            self.posts.append((path, _fields(route.request.post_data or "")))
            if self.held is not None:
                self.held.append(route)
            elif route.request.is_navigation_request():
                route.fulfill(body=self.pages[path], content_type="text/html")
            else:
                route.fulfill(status=self.status)
        elif path.startswith("/static/"):
            route.fulfill(path=Path(str(finders.find(path.removeprefix("/static/")))))
        elif path in self.pages:
            self.loads.append(path)
            route.fulfill(body=self.pages[path], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=204)


def _fields(given: str) -> dict[str, str]:
    return dict(FIELD.findall(given) if "\r\n" in given else parse_qsl(given, keep_blank_values=True))


@contextmanager
def a_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def staged(browser: Browser, pages: dict[str, str]) -> Iterator[Stage]:
    """A page of a browser that knows these pages and no others; whatever it complains of is an error."""
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Stage(page, pages)
    page.close()
    assert not complaints
