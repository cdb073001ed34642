"""`watchword user …` and `watchword key …` as administrators type them."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from tests.made import NOW
from watchword.cli import app
from watchword.errors import AccessRefused, NotRecorded, RecordConflict
from watchword.settings import Settings
from watchword.store.keys import key_in_force
from watchword.store.models import AccessKey, Event, Webhook


@pytest.fixture(autouse=True)
def here(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak to the test's own database."""
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_a_user_from_the_first_day_to_the_last() -> None:
    from django.contrib.auth.models import User

    password = run("user", "add", "Ana", "--role", "agent", "--role", "mail-agent").split()[-1]
    user = User.objects.get()
    assert user.check_password(password)
    assert sorted(user.groups.values_list("name", flat=True)) == ["agent", "mail agent"]
    run("user", "role", "ana", "--role", "supervisor")
    assert list(user.groups.values_list("name", flat=True)) == ["supervisor"]
    fresh = run("user", "password", "ana").strip()
    user.refresh_from_db()
    assert user.check_password(fresh)
    run("user", "close", "ana")
    user.refresh_from_db()
    assert not user.is_active
    assert Event.objects.filter(subject="user ana").count() == 4


def test_a_role_that_is_none_is_answered_with_roles_as_they_are_typed() -> None:
    with pytest.raises(AccessRefused, match="no role called boss") as refused:
        run("user", "add", "bo", "--role", "boss")
    offered = (refused.value.do or "").removeprefix("Use one of: ").rstrip(".").split(", ")
    assert "mail-agent" in offered
    for number, role in enumerate(offered):
        run("user", "add", f"bo{number}", "--role", role)


def test_a_closed_user_is_told_of_and_opened_again() -> None:
    from django.contrib.auth.models import User

    password = run("user", "add", "ana", "--role", "agent").split()[-1]
    run("user", "close", "Ana")
    for words in (("role", "ana", "--role", "supervisor"), ("password", "ana"), ("add", "Ana", "--role", "agent")):
        with pytest.raises(RecordConflict, match="ana is closed") as refused:
            run("user", *words)
        assert refused.value.do == "Open it first:  watchword user open ana"
    user = User.objects.get()
    assert user.check_password(password)
    assert list(user.groups.values_list("name", flat=True)) == ["agent"]
    assert "ana is let in again" in run("user", "open", "ana")
    user.refresh_from_db()
    assert user.is_active
    run("user", "role", "ana", "--role", "supervisor")
    with pytest.raises(RecordConflict, match="not closed"):
        run("user", "open", "ana")
    with pytest.raises(NotRecorded):
        run("user", "open", "bob")
    told = ["user made", "user closed", "user opened", "roles given"]
    assert list(Event.objects.filter(subject="user ana").order_by("number").values_list("action", flat=True)) == told


def test_who_may_come_in_and_as_what_is_listed() -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from allauth.socialaccount.models import SocialAccount
    from django.contrib.auth.models import User

    assert run("user", "list") == ""
    run("user", "add", "bo", "--role", "supervisor", "--role", "agent")
    run("user", "add", "ana", "--role", "auditor")
    run("user", "close", "bo")
    TOTP.activate(User.objects.get(username="ana"), generate_totp_secret())
    sam = User.objects.create(username="sam", first_name="Sam", last_name="Field", last_login=NOW)
    SocialAccount.objects.create(user=sam, provider="sso", uid="u-17")
    assert run("user", "list").splitlines() == [
        "ana\t\tauditor\tnever signed in\tpassword and second factor",
        "bo\t\tagent, supervisor\tnever signed in\tpassword\tclosed",
        f"sam\tSam Field\tno role\tsigned in {NOW:%Y-%m-%d}\tidentity provider",
    ]


def test_what_cannot_be_is_said() -> None:
    run("user", "add", "ana", "--role", "agent")
    with pytest.raises(RecordConflict):
        run("user", "add", "ANA", "--role", "agent")
    with pytest.raises(NotRecorded):
        run("user", "role", "bob", "--role", "agent")
    with pytest.raises(AccessRefused, match="do-not-contact"):
        run("key", "add", "crm", "--scope", "everything")


def test_a_key_is_shown_once_and_ends_when_it_is_revoked() -> None:
    key = run("key", "add", "crm", "--scope", "calls", "--scope", "decide").strip()
    found = key_in_force(key)
    assert found is not None
    assert found.scopes == ["calls", "decide"]
    assert "crm\tcalls, decide" in run("key", "list")
    with pytest.raises(RecordConflict):
        run("key", "add", "crm", "--scope", "calls")
    run("key", "revoke", "crm")
    assert key_in_force(key) is None
    with pytest.raises(NotRecorded):
        run("key", "revoke", "crm")
    run("key", "add", "crm", "--scope", "calls")
    assert AccessKey.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 151])
@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "--role", "agent"),
        ("key", "add", "--scope", "notes"),
        ("webhook", "add", "--url", "https://crm.example.org/watchword", "--event", "all"),
    ],
    ids=" ".join,
)
def test_what_is_no_name_is_refused(words: tuple[str, ...], name: str) -> None:
    from django.contrib.auth.models import User

    done = CliRunner().invoke(app, [*words, "--", name])
    assert done.exit_code == 2
    assert "Give a name of 1 to 150 characters" in done.output
    assert not any(model.objects.exists() for model in (User, AccessKey, Webhook))
