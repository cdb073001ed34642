"""What webhooks sign with: the other side's secret holds through every change of the service's own."""

from __future__ import annotations

import pytest
from django.conf import settings as django

from tests.recorded import SUES, a_mail, keep
from watchword.cli.work import _keep_webhooks
from watchword.settings import Settings
from watchword.store import models
from watchword.store.configuration import django_settings
from watchword.store.deliveries import Deliveries, a_test_for
from watchword.store.webhook_secrets import keep_anew, secret_of
from watchword.store.webhooks import add_webhook, remove_webhook, topics_named, webhooks

URL = "http://127.0.0.1:9/told"
EVERY = topics_named(["all"])


def changed_to(monkeypatch: pytest.MonkeyPatch, secret: str, before: str | None = None) -> None:
    made = django_settings(Settings(database_url="sqlite:///:memory:", secret=secret, secret_before=before))
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        monkeypatch.setattr(django, name, made[name])


def signed_with() -> str | None:
    return secret_of(models.Webhook.objects.get(removed_at__isnull=True))


@pytest.fixture
def added(database: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    changed_to(monkeypatch, "first")
    return add_webhook("crm", URL, EVERY, by="test")


def test_a_changed_secret_signs_as_the_one_before_did(added: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_to(monkeypatch, "second", before="first")
    assert signed_with() == added
    assert keep_anew() == (1, ())
    assert keep_anew() == (0, ())
    changed_to(monkeypatch, "second")
    assert signed_with() == added
    changed_to(monkeypatch, "third", before="second")
    assert keep_anew() == (1, ())
    changed_to(monkeypatch, "third")
    assert signed_with() == added
    assert a_test_for("crm").secret == added
    keep(a_mail(SUES))
    kept = Deliveries()
    kept.plan()
    assert {one.secret for one in kept.take(10, "w1")} == {added}


def test_a_copy_of_the_database_alone_signs_nothing(added: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_to(monkeypatch, "second", before="first")
    keep_anew()
    assert added not in str(list(models.Webhook.objects.values()))
    for known in ("first", "other"):
        changed_to(monkeypatch, known)
        assert signed_with() is None


def test_what_cannot_be_read_any_more_is_named_and_left_as_it_was(
    added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed_to(monkeypatch, "second")
    add_webhook("dialer", URL, EVERY, by="test")
    _keep_webhooks()
    told = capsys.readouterr()
    assert told.out == ""
    assert "crm" in told.err
    assert "dialer" not in told.err
    changed_to(monkeypatch, "second", before="first")  # it was found again
    _keep_webhooks()
    told = capsys.readouterr()
    assert told.out == "Webhooks' secrets kept anew under the service's secret: 1.\n"
    assert told.err == ""
    changed_to(monkeypatch, "second")
    assert secret_of(models.Webhook.objects.get(name="crm")) == added


def test_a_webhook_that_was_removed_is_no_matter(
    added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remove_webhook("crm", by="test")
    changed_to(monkeypatch, "second")
    _keep_webhooks()
    assert capsys.readouterr() == ("", "")


def test_one_that_stopped_meanwhile_says_how_to_mend_it(added: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(a_mail(SUES))
    kept = Deliveries()
    kept.plan()
    changed_to(monkeypatch, "second")
    assert kept.take(10, "w1") == []
    assert "WATCHWORD_SECRET_BEFORE" in webhooks()[0].why
