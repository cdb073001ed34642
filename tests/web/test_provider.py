"""Signing in through an identity provider, which stands on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, override_settings
from playwright.sync_api import sync_playwright

from tests import databases
from tests.web.served import served
from tests.web.test_journey import CHROMIUM
from watchword.settings import Settings
from watchword.store.models import Event
from watchword.web.access import Role
from watchword.web.asgi import application_for
from watchword.web.project import front_door
from watchword.web.threads import AT_ONCE, AT_THE_PROVIDER
from watchword.web.users import add_user, new_password, set_roles

WHO = {
    "sub": "u-17",
    "preferred_username": "Sam.Field",
    "name": "Sam Field",
    "email": "sam.field@example.com",
    "email_verified": True,
}


MORE_TOKENS: dict[str, str] = {}
FOREVER = 600  # seconds that nothing here takes


class Provider(BaseHTTPRequestHandler):
    """As little of an OpenID Connect provider as there can be. It knows one person, and one code that works."""

    def do_GET(self) -> None:
        scheme = "https" if isinstance(self.connection, ssl.SSLSocket) else "http"
        here = f"{scheme}://127.0.0.1:{self.server.server_address[1]}"
        if self.path.startswith("/authorize?"):  # whoever comes is the one person that it knows, and sent back at once
            asked = parse_qs(urlsplit(self.path).query)
            self.send_response(302)
            back = urlencode({"code": "code-1", "state": asked["state"][0]})
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
            self.end_headers()
            return
        if self.path == "/userinfo":
            self.tell(WHO if self.headers["Authorization"] == "Bearer token-1" else {})
            return
        if self.path not in ("/.well-known/openid-configuration", "/o/app/.well-known/openid-configuration"):
            self.send_error(404)
            return
        self.tell(
            {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "userinfo_endpoint": f"{here}/userinfo",
                "jwks_uri": f"{here}/keys",
            }
        )

    def do_POST(self) -> None:
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        right = given["code"] == ["code-1"] and given.get("code_verifier")
        tokens = {"access_token": "token-1", "token_type": "bearer", **MORE_TOKENS}
        self.tell(tokens if right else {"error": "invalid_grant"})

    def tell(self, told: object) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def standing(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The provider's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def provider(web: Settings) -> Iterator[None]:
    with standing() as there:
        named = Settings(oidc_url=there, oidc_secret="s", oidc_name="House key")
        with override_settings(SOCIALACCOUNT_PROVIDERS=front_door(named)["SOCIALACCOUNT_PROVIDERS"]):
            yield


def go_and_come_back(browser: Client, **given: str) -> HttpResponse:
    """Go to the provider and come back with what it gives."""
    away = browser.get("/account/provider/sso/").headers["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    return browser.get("/account/provider/sso/back/", {"state": asked["state"][0], **given})


def come_back(browser: Client, code: str) -> int:
    """Come back with a code."""
    return go_and_come_back(browser, code=code).status_code


def test_somebody_new_comes_in_and_sees_nothing_until_given_a_role(provider: None) -> None:
    browser = Client()
    assert "House key" in browser.get("/account/sign-in/").content.decode()
    assert come_back(browser, "code-1") == 302
    user = User.objects.get()
    assert user.username == "sam.field"
    assert not user.has_usable_password()
    assert Event.objects.filter(action="user made", actor="user sam.field", subject="user sam.field").count() == 1
    assert browser.get("/escalations").status_code == 403
    set_roles(user.username, [Role.AUDITOR])
    assert browser.get("/escalations").status_code == 200
    assert come_back(Client(), "code-1") == 302
    assert User.objects.count() == 1


def test_a_wrong_code_or_state_lets_nobody_in(provider: None) -> None:
    browser = Client()
    assert come_back(browser, "code-2") == 401
    assert Client().get("/account/provider/sso/back/", {"code": "code-1", "state": "made up"}).status_code in (401, 403)
    assert browser.get("/escalations").status_code == 302
    assert not User.objects.exists()


def test_nobody_ties_a_second_identity_to_their_account(provider: None) -> None:
    password = add_user("ana", [Role.SUPERVISOR])
    browser = Client()
    browser.post("/account/sign-in/", {"login": "ana", "password": password})
    for process in ("connect", "redirect"):
        away = browser.get(f"/account/provider/sso/?process={process}").headers["Location"]
        state = parse_qs(urlsplit(away).query)["state"][0]
        back = browser.get("/account/provider/sso/back/", {"code": "code-1", "state": state})
        assert back.status_code == 403, process
    assert not SocialAccount.objects.exists()
    assert Event.objects.filter(action="identity refused", subject="user ana").count() == 2


def test_a_new_password_ends_the_way_in_by_the_provider(provider: None) -> None:
    assert come_back(Client(), "code-1") == 302
    new_password("sam.field")
    assert not SocialAccount.objects.exists()


def test_whoever_comes_under_another_identity_is_somebody_new_whatever_their_address(
    provider: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back(Client(), "code-1")
    new_password("sam.field")
    for sub in ("u-17", "u-18"):  # whose identity was taken away; another one
        monkeypatch.setitem(WHO, "sub", sub)
        browser = Client()
        come_back(browser, "code-1")
        assert "You have no role yet" in browser.get("/account").content.decode()
    assert User.objects.count() == 3
    assert not EmailAddress.objects.exists()
    assert set(User.objects.values_list("email", flat=True)) == {""}


KEPT_THERE = ("/account/password/", "/account/again/", "/account/factor/", "/account/factor/app/on/")


@pytest.mark.parametrize("verified", [True, False, None])
def test_a_password_and_a_second_factor_of_the_providers_are_kept_there(
    provider: None, monkeypatch: pytest.MonkeyPatch, verified: bool | None
) -> None:
    monkeypatch.setitem(WHO, "email_verified", verified)
    browser = Client()
    come_back(browser, "code-1")
    page = browser.get("/account").content.decode()
    assert "Change the password" not in page
    assert "your identity provider keeps" in page
    for address in KEPT_THERE:
        for answer in (browser.get(address), browser.post(address, {"password": "x", "code": "1"})):
            assert answer.status_code == 403, address
            assert "Your identity provider keeps" in answer.content.decode(), address


@pytest.mark.parametrize("verified", [True, False])
def test_whoever_is_given_a_password_of_this_services_own_has_both_here(provider: None, verified: bool) -> None:
    come_back(Client(), "code-1")
    user = User.objects.get()
    EmailAddress.objects.create(user=user, email="sam@example.com", verified=verified)  # as older versions kept it
    browser, given = Client(), new_password("sam.field")
    browser.post("/account/sign-in/", {"login": "sam.field", "password": given})
    assert browser.get("/account/factor/app/on/").headers["Location"].startswith("/account/again/")
    assert browser.get("/account/again/").status_code == 200
    browser.post("/account/again/", {"password": given})
    assert browser.get("/account/factor/app/on/").status_code == 200


def test_a_provider_is_found_by_an_address_that_ends_in_a_slash(web: Settings) -> None:
    """As many providers write their issuer."""
    with standing() as there:
        named = Settings(oidc_url=f"{there}/o/app/", oidc_secret="s")
        with override_settings(SOCIALACCOUNT_PROVIDERS=front_door(named)["SOCIALACCOUNT_PROVIDERS"]):
            assert Client().get("/account/provider/sso/").headers["Location"].startswith(f"{there}/authorize?")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"code": "code-2"}, "invalid_grant"),  # what a wrong secret is answered with comes the same way
        ({"error": "consent_required"}, "consent_required"),
        ({"error": "Ana Lake asked"}, "it answered without a code"),
        ({"code": "code-1", "state": "made up"}, "no sign-in was under way in this browser"),
    ],
)
def test_why_the_provider_let_nobody_in_stands_in_the_services_log(
    provider: None, caplog: pytest.LogCaptureFixture, given: dict[str, str], why: str
) -> None:
    answer = go_and_come_back(Client(), **given)
    assert answer.status_code == 401
    assert "You could not be signed in." in answer.content.decode()
    told = [record.getMessage() for record in caplog.records if record.name == "watchword.web.sign_in"]
    assert told == [f"the identity provider let nobody in: {why}"]


def test_whoever_turns_back_at_the_provider_is_no_trouble(provider: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = go_and_come_back(Client(), error="access_denied")
    assert answer.headers["Location"] == "/account/provider/not/"
    assert not [record for record in caplog.records if record.name == "watchword.web.sign_in"]


def test_a_provider_that_is_away_is_told_of(web: Settings) -> None:
    named = Settings(oidc_url="http://127.0.0.1:9", oidc_secret="s")
    with override_settings(SOCIALACCOUNT_PROVIDERS=front_door(named)["SOCIALACCOUNT_PROVIDERS"]):
        answer = Client().get("/account/provider/sso/")
    assert answer.status_code == 503
    assert "Try again" in answer.content.decode()


def test_a_provider_that_does_not_answer_holds_up_nobody_else(web: Settings) -> None:
    async def all_at_once(silent: socket.socket) -> tuple[httpx.Response, list[httpx.Response]]:
        over = httpx.ASGITransport(app=application_for(web.largest_body))
        async with httpx.AsyncClient(transport=over, base_url="http://testserver") as client:
            waiting = [asyncio.create_task(client.get("/account/provider/sso/")) for _ in range(AT_ONCE)]
            with silent, ExitStack() as held:
                for _ in range(AT_THE_PROVIDER):
                    held.enter_context((await asyncio.to_thread(silent.accept))[0])
                page = await asyncio.wait_for(client.get("/account/sign-in/"), FOREVER)
            return page, await asyncio.gather(*waiting)

    silent = socket.create_server(("127.0.0.1", 0))
    named = Settings(oidc_url=f"http://127.0.0.1:{silent.getsockname()[1]}", oidc_secret="s")
    providers = front_door(named)["SOCIALACCOUNT_PROVIDERS"]
    with override_settings(SOCIALACCOUNT_PROVIDERS=providers, SOCIALACCOUNT_REQUESTS_TIMEOUT=2 * FOREVER):
        page, gone = asyncio.run(all_at_once(silent))
    assert page.status_code == 200
    assert {answer.status_code for answer in gone} == {503}


def test_a_provider_whose_certificate_the_system_trusts_is_trusted(
    web: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one in the owner's house is, once its authority stands among those of the system."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with standing(tls) as there:
        named = Settings(oidc_url=there, oidc_secret="s")
        with override_settings(SOCIALACCOUNT_PROVIDERS=front_door(named)["SOCIALACCOUNT_PROVIDERS"]):
            assert Client().get("/account/provider/sso/").status_code == 503
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            assert come_back(Client(), "code-1") == 302


def test_a_provider_whose_clock_is_behind_is_told_of(
    provider: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    over = {"sub": "u-17", "iss": "http://127.0.0.1", "aud": "watchword", "exp": time.time() - 60}
    monkeypatch.setitem(MORE_TOKENS, "id_token", jwt.encode(over, "k" * 32, "HS256"))
    assert come_back(Client(), "code-1") == 401
    assert "the identity provider let nobody in: ExpiredSignatureError" in caplog.text


def test_a_provider_that_is_not_set_up_is_not_there(web: Settings) -> None:
    assert Client().post("/account/provider/none/").status_code == 404
    assert "House key" not in Client().get("/account/sign-in/").content.decode()


@pytest.mark.chromium
def test_a_real_browser_goes_to_the_provider_and_comes_back(database: Settings) -> None:
    databases.close()
    more = {"WATCHWORD_OIDC_SECRET": "s", "WATCHWORD_OIDC_NAME": "House key"}
    with standing() as there, served(database, WATCHWORD_OIDC_URL=there, **more) as address, sync_playwright() as real:
        browser = real.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/account/sign-in/")
        page.get_by_role("link", name="House key").click()
        page.get_by_text("You have no role yet").first.wait_for()
        assert page.get_by_text("sam.field").first.is_visible()
        browser.close()
