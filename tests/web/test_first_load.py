"""What a browser that was never here must load for a page: less than 150 KB, with every file that the page asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import get_resolver

from tests.recorded import ANA, SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.mails import come_in, letter
from tests.web.sample_rows import fill, pages, patterns
from tests.web.test_access import PROVIDER
from watchword.settings import Settings
from watchword.store import models
from watchword.store.notes import keep_note
from watchword.terms import Channel, Note
from watchword.web import live
from watchword.web.access import Role

MOST = 150 * 1024
ASKED_FOR = re.compile(r'(?:href|src)="/static/([^"?]+)')


def first_load(browser: Client, address: str) -> int:
    answer = browser.get(address, follow=True)
    files = set(ASKED_FOR.findall(answer.content.decode()))
    assert "console/console.css" in files, address
    return len(answer.content) + sum(Path(str(finders.find(name))).stat().st_size for name in files)


def check(browser: Client, *addresses: str) -> None:
    loads = {address: first_load(browser, address) for address in addresses}
    assert not {address: load for address, load in loads.items() if load >= MOST}


def test_every_page_is_light(web: Settings, signed_in: SignedIn) -> None:
    browser, samples = signed_in(Role.SUPERVISOR), fill()
    wanted = [
        one for one in patterns(get_resolver()) if not one.startswith((PROVIDER, "/static/", "/account/sign-out"))
    ]
    found = sorted(set(pages(browser, wanted, samples)))
    assert len(found) >= 15
    check(browser, *[one for one in found if not one.endswith("/original")])  # a document of its own, without files


def test_full_lists_are_light(signed_in: SignedIn) -> None:
    for number in range(60):
        keep(a_call(SUES, id=f"c-{number}", person=replace(ANA, patient_id=f"P-{number}", phone=None, email=None)))
    check(signed_in(Role.SUPERVISOR), "/escalations", "/desk", "/people", "/register", "/events")


def test_a_long_call_is_light(signed_in: SignedIn) -> None:
    call = a_call(*[f"{SUES} I have told you {number} times already, word for word." for number in range(150)])
    live.begin(call, source="test", actor="test")
    for number in range(30):
        keep_note(models.Person.objects.get(), Note(f"n{number}", "LIMS", "Pt called. " * 20, Channel.PHONE, None))
    check(signed_in(Role.AGENT), "/calls", "/calls/c-1")


def test_a_full_inbox_is_light(web: Settings, signed_in: SignedIn) -> None:
    rows = come_in(web, *(letter(number, "My attorney will call. " * 60) for number in range(25)))
    check(signed_in(Role.MAIL_AGENT), "/inbox", f"/inbox/{rows[0].pk}")
