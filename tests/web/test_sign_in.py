"""Signing in, being throttled, the second factor, and what browsers are told."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client

from tests.web.conftest import SignedIn
from watchword.settings import Settings
from watchword.store.models import Event
from watchword.web import sign_in
from watchword.web.access import Role
from watchword.web.users import add_user, close_user, new_password, open_user, set_roles

SIGN_IN = "/account/sign-in/"
ROOT = Path(__file__).parents[2]
FIVE_WRONG_TRIES = f"""
from watchword.settings import read_settings
from watchword.web.project import open_project
open_project(read_settings())
from django.test import Client
for _ in range(5):
    assert Client().post("{SIGN_IN}", {{"login": "ana", "password": "wrong"}}).status_code == 200
"""


def enter(browser: Client, name: str, password: str) -> int:
    return browser.post(SIGN_IN, {"login": name, "password": password}).status_code


def test_in_and_out_again(web: Settings) -> None:
    password = add_user("Ana", [Role.SUPERVISOR])
    browser = Client()
    assert browser.get("/").headers["Location"].startswith(SIGN_IN)
    assert enter(browser, "ana", password) == 302
    assert browser.get("/").headers["Location"] == "/escalations"
    assert browser.get("/escalations").status_code == 200
    browser.post("/account/sign-out/")
    assert browser.get("/escalations").status_code == 302
    assert Event.objects.filter(action="user made", subject="user ana").exists()


def test_a_wrong_password_says_no_more_than_that(web: Settings) -> None:
    add_user("ana", [Role.AGENT])
    known = Client().post(SIGN_IN, {"login": "ana", "password": "x"}).content.decode()
    unknown = Client().post(SIGN_IN, {"login": "bob", "password": "x"}).content.decode()
    for told in (known, unknown):
        assert "The name or the password is not correct." in told
        assert "An administrator gives you a new password." in told


def test_who_tries_too_often_must_wait_even_with_the_right_password(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    browser = Client()
    for _ in range(5):
        enter(browser, "ana", "wrong")
    assert enter(browser, "ana", password) != 302
    assert browser.get("/escalations").status_code == 302


def test_tries_are_counted_in_all_processes_together(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    environment = {"WATCHWORD_DATA": str(web.folder), "WATCHWORD_SECRET": "test", "WATCHWORD_HOSTS": "testserver"}
    if web.database_url:
        environment["DATABASE_URL"] = web.database_url
    command = [sys.executable, "-c", FIVE_WRONG_TRIES]
    subprocess.run(command, check=True, env={**os.environ, **environment}, cwd=ROOT)
    assert enter(Client(), "ana", password) != 302


def test_a_whole_shift_signs_in_in_the_same_moment_from_one_address(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More at once than an address has wrong tries: none of these is wrong, though nobody knows it yet of any."""
    waiting = [User.objects.create(username=f"agent{number}").username for number in range(12)]
    statuses: list[int] = []

    def come() -> None:
        statuses.append(enter(Client(), waiting.pop(), "right"))

    def together(_self: AuthenticationBackend, _request: HttpRequest, username: str, **_more: str) -> User:
        if waiting:
            come()  # the next one, while this one is looked at
        return User.objects.get(username=username)

    monkeypatch.setattr(AuthenticationBackend, "authenticate", together)
    come()
    assert statuses == [302] * 12


def test_ten_wrong_tries_from_an_address_hold_it_back_and_no_other(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "WRONG", replace(sign_in.WRONG, seconds=3600))  # however slow this machine is
    password = add_user("ana", [Role.AGENT])
    near, far = Client(REMOTE_ADDR="2001:db8::1"), Client(REMOTE_ADDR="2001:db8:0:1::1")
    for number in range(10):
        assert enter(Client(REMOTE_ADDR=f"2001:db8::{number}"), f"bo{number}", "wrong") == 200  # all of one network
    assert enter(near, "ana", password) == 200
    assert "Too many" in near.post(SIGN_IN, {"login": "ana", "password": password}).content.decode()
    assert enter(far, "ana", password) == 302


def test_so_many_sign_ins_of_an_address_are_taken_in_a_minute_right_or_wrong(
    web: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "SIGN_INS", replace(sign_in.SIGN_INS, most=3, seconds=3600))
    password = add_user("ana", [Role.AGENT])
    assert [enter(Client(), "ana", password) for _ in range(4)] == [302, 302, 302, 200]
    told = Client().post(SIGN_IN, {"login": "ana", "password": password}).content.decode()
    assert "Too many sign-ins from this address" in told


def test_what_is_remembered_ends(web: Settings) -> None:
    assert cache.add("a", [1.5], timeout=60)
    assert not cache.add("a", [2.5], timeout=60)
    assert cache.get("a") == [1.5]
    cache.set("a", {"b": None}, timeout=60)
    assert cache.get("a") == {"b": None}
    assert cache.touch("a", timeout=-1)
    assert cache.get("a", "gone") == "gone"
    assert cache.add("a", 3, timeout=None)
    assert cache.delete("a")
    assert not cache.delete("a")


def test_passwords_are_kept_by_argon2(web: Settings) -> None:
    add_user("ana", [Role.AGENT])
    assert User.objects.get().password.startswith("argon2")


def test_a_closed_user_is_let_in_no_more(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    browser = Client()
    assert enter(browser, "ana", password) == 302
    close_user("ana")
    assert browser.get("/escalations").status_code == 302
    assert enter(Client(), "ana", password) == 403
    fresh = Client()
    enter(fresh, "ana", password)
    assert fresh.get("/escalations").status_code == 302


def test_who_is_let_in_again_signs_in_anew(signed_in: SignedIn) -> None:
    """A browser that somebody else has by now is no way in because the account is open again."""
    browser, other = signed_in(Role.AGENT), signed_in(Role.AUDITOR)
    close_user("agent")
    open_user("agent")
    assert browser.get("/escalations").status_code == 302
    assert other.get("/escalations").status_code == 200


def test_a_closed_user_is_told_so_after_the_right_password_alone(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    close_user("ana")
    wrong = Client().post(SIGN_IN, {"login": "ana", "password": "wrong"})
    unknown = Client().post(SIGN_IN, {"login": "bob", "password": "wrong"})
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert "closed" not in wrong.content.decode()
    browser = Client()
    told = browser.post(SIGN_IN, {"login": "ana", "password": password})
    assert told.status_code == 403
    assert "This account is closed." in told.content.decode()
    assert browser.get("/escalations").status_code == 302
    assert Event.objects.filter(action="closed user refused", actor="user ana").count() == 1
    open_user("ana")
    assert enter(browser, "ana", password) == 302


def test_so_is_one_with_a_second_factor_before_its_code(web: Settings) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    password = add_user("ana", [Role.AGENT])
    TOTP.activate(User.objects.get(), generate_totp_secret())
    close_user("ana")
    assert Client().post(SIGN_IN, {"login": "ana", "password": password}).status_code == 403


def test_a_new_password_ends_the_old_sessions(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    browser = Client()
    enter(browser, "ana", password)
    fresh = new_password("ana")
    assert browser.get("/escalations").status_code == 302
    assert enter(browser, "ana", fresh) == 302


def test_roles_change_at_once(signed_in: SignedIn) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    assert browser.get("/escalations").status_code == 403
    set_roles("administrator", [Role.AUDITOR])
    assert browser.get("/escalations").status_code == 200


def test_a_second_factor_is_asked_for_once_it_is_set_up(web: Settings) -> None:
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    password = add_user("ana", [Role.AGENT])
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(), secret)
    browser = Client()
    assert (
        browser.post(SIGN_IN, {"login": "ana", "password": password}).headers["Location"].startswith(f"{SIGN_IN}code/")
    )
    assert browser.get("/escalations").status_code == 302
    assert "code" in browser.get(f"{SIGN_IN}code/").content.decode().lower()
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert browser.post(f"{SIGN_IN}code/", {"code": code}).status_code == 302
    assert browser.get("/escalations").status_code == 200


def test_ones_own_account_pages(web: Settings) -> None:
    password = add_user("ana", [Role.AGENT])
    browser = Client()
    enter(browser, "ana", password)
    asked = browser.get("/account/again/?next=/account/factor/app/on/").content.decode()
    assert "an administrator gives you a new one" in asked
    assert "/account/none/" not in asked  # what allauth would lead to is not there
    browser.post("/account/again/", {"password": password})  # asked for before anything about the sign-in is changed
    for address in ("/account", "/account/password/", "/account/factor/", "/account/factor/app/on/"):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert "Watchword" in answer.content.decode()
        assert "/account/none/" not in answer.content.decode()


def test_nobody_makes_an_account_or_has_a_password_mailed(signed_in: SignedIn) -> None:
    browser = signed_in(Role.AGENT)
    for address in ("sign-up", "reset", "set"):
        assert browser.get(f"/account/none/{address}/").status_code == 404


def test_what_browsers_are_told(signed_in: SignedIn) -> None:
    answer = signed_in(Role.AGENT).get("/escalations")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    page = answer.content.decode()
    assert " style=" not in page
    assert "onclick" not in page
    assert "<script>" not in page


def test_a_form_from_another_site_is_refused(web: Settings) -> None:
    add_user("ana", [Role.AGENT])
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(SIGN_IN, {"login": "ana", "password": "x"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_cookies_keep_to_tls_when_it_is_on() -> None:
    from watchword.web.project import front_door

    made = front_door(Settings(tls=True, hosts=("watchword.example.org",), database_url="sqlite:///:memory:"))
    assert made["SESSION_COOKIE_SECURE"]
    assert made["CSRF_COOKIE_SECURE"]
    assert made["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert made["CSRF_TRUSTED_ORIGINS"] == ["https://watchword.example.org"]
