"""`watchword receive` says that mails are received once they are, and not before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from typer.testing import CliRunner

from tests.recorded import a_mail, keep, policy
from watchword.cli import app
from watchword.policy.load import load_policy, read_policy_text
from watchword.receiving import receive
from watchword.settings import MailIntake, Settings


def test_what_refuses_to_start_has_not_said_that_it_did(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL", "WATCHWORD_MAIL_FOLDER", "WATCHWORD_IMAP_HOST"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(app, ["receive"])
    assert "nowhere to receive mails from" in str(done.exception)
    assert done.stderr == ""


def test_one_that_goes_by_another_policy_than_before_says_so(
    database: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As after its restart, when the policy's file was changed meanwhile and the server runs on."""
    keep(a_mail())
    own = tmp_path / "own.yaml"
    own.write_text(read_policy_text("natera-billing")[0], encoding="utf-8")
    took_in(replace(database, policy=str(own)), tmp_path / "mails")
    assert caplog.text == ""
    own.write_text(own.read_text(encoding="utf-8").replace("title: Key Words", "title: Keys"), encoding="utf-8")
    took_in(replace(database, policy=str(own)), tmp_path / "mails")
    assert f"version {policy().version}, hash {load_policy(str(own)).hash[:12]}; the newest assessment" in caplog.text
    assert policy().hash[:12] in caplog.text


def took_in(settings: Settings, folder: Path) -> None:
    """Mails are received until the folder has been looked at."""
    folder.mkdir(exist_ok=True)
    stop = Event()
    receive(replace(settings, intake=MailIntake(folder=folder)), stop, begun=lambda _source: stop.set())


def test_each_way_in_is_told_of_when_it_was_read_first(database: Settings, tmp_path: Path) -> None:
    told: list[str] = []
    stop = Event()

    def begun(source: str) -> None:
        told.append(source)
        stop.set()

    receive(replace(database, intake=MailIntake(folder=tmp_path)), stop, begun=begun)
    assert told == [f"the folder {tmp_path}"]
