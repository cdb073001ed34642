"""What codes are made from: kept under the service's secret, and read through every change of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as django
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from watchword.cli.work import _keep_second_factors
from watchword.settings import Settings
from watchword.store.configuration import django_settings
from watchword.web.access import Role
from watchword.web.second_factor import UNDER_SECRET, write_anew
from watchword.web.users import add_user

SIGN_IN = "/account/sign-in/"


@pytest.fixture
def ana(web: Settings) -> tuple[str, str]:
    """Somebody with a second factor: their password, and what their app makes codes from."""
    password, secret = add_user("ana", [Role.AGENT]), generate_totp_secret()
    TOTP.activate(User.objects.get(), secret)
    RecoveryCodes.activate(User.objects.get())
    return password, secret


def changed_to(monkeypatch: pytest.MonkeyPatch, secret: str, before: str | None = None) -> None:
    made = django_settings(Settings(database_url="sqlite:///:memory:", secret=secret, secret_before=before))
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        monkeypatch.setattr(django, name, made[name])


def kept() -> list[str]:
    return [text for row in Authenticator.objects.all() for text in row.data.values() if isinstance(text, str)]


def come_in(password: str, code: str) -> Any:
    cache.clear()  # a code counts once, and this is tried several times within its half minute
    browser = Client()
    browser.post(SIGN_IN, {"login": "ana", "password": password})
    return browser.post(f"{SIGN_IN}code/", {"code": code})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def a_recovery_code() -> str:
    return Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]


def test_nothing_in_the_database_makes_codes(ana: tuple[str, str]) -> None:
    password, secret = ana
    assert len(kept()) == 2
    assert all(text.startswith(UNDER_SECRET) for text in kept())
    assert secret not in str(kept())
    assert come_in(password, code_of(secret)).status_code == 302
    assert come_in(password, a_recovery_code()).status_code == 302


def test_what_was_kept_in_the_clear_works_and_is_written_anew(
    ana: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    password, secret = ana
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    Authenticator.objects.filter(type="recovery_codes").update(data={"seed": "ab" * 40, "used_mask": 1})
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    assert come_in(password, code_of(secret)).status_code == 302
    _keep_second_factors()
    assert capsys.readouterr().out == "Second factors written anew under the service's secret: 1.\n"
    assert all(text.startswith(UNDER_SECRET) for text in kept())
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes
    assert come_in(password, code_of(secret)).status_code == 302
    assert write_anew() == (0, 0)


def test_a_changed_secret_reads_what_the_one_before_wrote(
    ana: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    password, secret = ana
    changed_to(monkeypatch, "newer", before="test")
    assert come_in(password, code_of(secret)).status_code == 302
    assert write_anew() == (1, 0)
    changed_to(monkeypatch, "newer")
    assert come_in(password, code_of(secret)).status_code == 302
    assert come_in(password, a_recovery_code()).status_code == 302


def test_under_a_secret_that_is_gone_people_are_told_what_to_do(
    ana: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    password, secret = ana
    before = kept()
    changed_to(monkeypatch, "newer")
    refused = come_in(password, code_of(secret))
    assert refused.status_code == 403
    assert "Ask an administrator for a new password" in refused.content.decode()
    _keep_second_factors()
    assert "that cannot be read, for they were kept under another secret: 1." in capsys.readouterr().err
    assert kept() == before, "the old secret may be found again"
    changed_to(monkeypatch, "newest", before="test")
    assert come_in(password, code_of(secret)).status_code == 302
