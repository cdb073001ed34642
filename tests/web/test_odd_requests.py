"""Requests that are odd and no attack: the ends of time, signs that no database keeps, a session that has ended."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings

from tests.recorded import SUES, a_call, keep
from tests.web.conftest import SignedIn
from tests.web.test_api import API, CALL, post
from watchword.settings import Settings
from watchword.store import models
from watchword.web import console
from watchword.web.access import Role
from watchword.web.middleware import SIGNED_OUT
from watchword.web.users import add_user

Connect = Callable[..., Client]
ENDS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
PAGES = ("/escalations/%00", "/desk?queue=%00", "/desk?type=%00", "/people?find=%00", "/register?find=%00x")
MORE = ("/escalations?state=%00", "/escalations?after=%00", "/calls/%00", "/events?who=%00", "/events?what=%00")
READ = ("/escalations/%00", "/calls/%00", "/calls/%00/events", "/do-not-contact?kind=phone&value=%00")


@pytest.mark.parametrize("moment", ENDS)
def test_the_ends_of_time_are_refused_in_words(machine: Connect, signed_in: SignedIn, moment: str) -> None:
    crm = machine()
    cursor = base64.urlsafe_b64encode(f"{moment}|1".encode()).decode()
    for asked in ({"since": moment}, {"cursor": cursor}):
        assert crm.get(f"{API}/escalations", asked).status_code == 422
    status, told = post(crm, "/contacts", {**CALL, "received_at": moment})
    assert status == 422
    assert told["do"]
    browser = signed_in(Role.SUPERVISOR, raise_request_exception=False)
    for page in ("escalations", "desk", "register"):
        assert browser.get(f"/{page}", {"after": cursor}).status_code == 422


def test_a_moment_without_a_zone_is_utc(machine: Connect) -> None:
    keep(a_call(SUES))
    assert len(machine().get(f"{API}/escalations", {"since": "2025-01-01T00:00:00"}).json()["escalations"]) == 1


def test_a_nul_in_an_address_is_looked_for_as_it_is_kept(machine: Connect, signed_in: SignedIn) -> None:
    keep(a_call(SUES))
    browser = signed_in(Role.SUPERVISOR, raise_request_exception=False)
    for address in (*PAGES, *MORE):
        assert browser.get(address).status_code < 500, address
    for address in ("/steps/%00/confirm", "/steps/%00/dismiss"):
        assert browser.post(address, {"reason": "x"}).status_code < 500, address
    crm = machine()
    for address in READ:
        assert crm.get(API + address).status_code < 500, address
    assert post(crm, "/steps/%00/confirm", {"by": "x"})[0] == 404
    assert post(crm, "/contacts/%00/flags/confirm", {"kind": "keyword", "by": "x"})[0] == 404
    assert post(crm, "/do-not-contact/check", {"ask": [{"kind": "phone", "value": "\0"}]})[0] == 200


def test_what_was_sent_after_the_session_ended_was_not_done_and_says_so(web: Settings) -> None:
    password = add_user("sam", [Role.SUPERVISOR])
    keep(a_call(SUES))
    key = models.Step.objects.order_by("position")[0].key
    browser = Client()
    sent = browser.post(f"/steps/{key}/confirm", headers={"referer": "http://testserver/escalations?state=done"})
    assert sent.headers["Location"] == "/account/sign-in/?next=/escalations%3Fstate%3Ddone"
    assert SIGNED_OUT in browser.get(sent.headers["Location"]).content.decode()
    entered = browser.post(sent.headers["Location"], {"login": "sam", "password": password})
    assert entered.headers["Location"] == "/escalations?state=done"
    assert browser.get(entered.headers["Location"]).status_code == 200
    assert not models.Decision.objects.exists()


def test_what_was_written_when_the_session_ended_is_given_back(web: Settings) -> None:
    post = "She means it.\r\n</textarea><b>Call her.</b>"
    sent = Client().post("/inbox/7/confirm", {"post": post}, headers={"referer": "http://testserver/inbox/7?show=open"})
    page = sent.content.decode()
    assert sent.status_code == 401
    assert "She means it.\r\n&lt;/textarea&gt;&lt;b&gt;Call her.&lt;/b&gt;</textarea>" in page
    assert 'href="/account/sign-in/?next=/inbox/7%3Fshow%3Dopen"' in page
    assert sent.headers["Cache-Control"] == "no-store"


FIELD = re.compile(r'<(?:input|textarea)[^>]*?name="([a-z_]+)"[^>]*?maxlength="(?:400|20000|{{[^}]*}})"')
SHORT = {"email", "issue", "name", "patient_id", "phone", "reference"}  # typed again in a moment


def fields() -> set[str]:
    """The fields of all pages in which people write at length."""
    pages = Path(console.__file__).parent.rglob("*.html")
    return {name for page in pages for name in FIELD.findall(page.read_text(encoding="utf-8"))} - SHORT


@pytest.mark.parametrize("field", sorted(fields()))
def test_whatever_is_written_at_length_is_given_back(web: Settings, field: str) -> None:
    assert b"By her own word.</textarea>" in Client().post("/register/7/withdraw", {field: "By her own word."}).content
    assert {"post", "reason", "text", "why"} < fields()


def test_what_was_written_in_a_form_that_is_too_old_is_given_back_but_not_another_sites(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MAIL_AGENT, enforce_csrf_checks=True)
    for site, given_back in (("same-origin", True), ("cross-site", False)):
        sent = browser.post("/desk/7/post", {"text": "Call her."}, headers={"sec-fetch-site": site})
        assert sent.status_code == 403
        assert b"This form is too old" in sent.content
        assert (b"Call her.</textarea>" in sent.content) is given_back


def test_a_script_is_told_in_its_own_shape_that_the_session_has_ended(web: Settings) -> None:
    browser = Client()
    told = browser.post("/call/say/c-1", {"text": "Hello."}, headers={"x-requested-with": "fetch"})
    assert (told.status_code, set(told.json())) == (401, {"what", "do"})
    assert SIGNED_OUT in browser.get("/account/sign-in/").content.decode()  # the page is then loaded anew


@pytest.mark.parametrize("referer", ["https://evil.example/x", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere_by_where_they_came_from(web: Settings, referer: str) -> None:
    sent = Client().post("/register/add", headers={"referer": referer})
    assert sent.headers["Location"] == "/account/sign-in/?next=/"


def test_a_name_that_is_none_of_the_services_says_which_setting_it_must_stand_in(web: Settings) -> None:
    other = Client(raise_request_exception=False, headers={"host": "<b>flags.example.com"})
    page = other.get("/account/sign-in/")
    assert page.status_code == 400
    assert "WATCHWORD_HOSTS" in page.content.decode()
    assert "<b>flags" not in page.content.decode()
    told = other.get(f"{API}/calls/c-1").json()
    assert "WATCHWORD_HOSTS" in told["do"]


def test_another_method_is_answered_in_words(machine: Connect, signed_in: SignedIn) -> None:
    page = signed_in(Role.SUPERVISOR).get("/steps/s/confirm")
    assert (page.status_code, page.headers["Allow"]) == (405, "POST")
    assert "cannot be done" in page.content.decode()
    told = machine().get(f"{API}/contacts")
    assert (told.status_code, set(told.json())) == (405, {"what", "do"})


def test_a_form_that_comes_by_http_where_https_is_meant_says_so(web: Settings) -> None:
    """As when a proxy does not say that it was asked by https: loading the page again would not help."""
    browser = Client(enforce_csrf_checks=True)
    with override_settings(CSRF_COOKIE_SECURE=True):
        by_http = browser.post("/account/sign-in/", {"login": "ana", "password": "x"})
        by_https = browser.post("/account/sign-in/", {"login": "ana", "password": "x"}, secure=True)
    assert b"by https alone" in by_http.content
    assert b"too old" in by_https.content
