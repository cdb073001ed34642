"""`watchword receive` says that mails are received once they are, and not before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from typer.testing import CliRunner

from watchword.cli import app
from watchword.receiving import receive
from watchword.settings import MailIntake, Settings


def test_what_refuses_to_start_has_not_said_that_it_did(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL", "WATCHWORD_MAIL_FOLDER", "WATCHWORD_IMAP_HOST"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(app, ["receive"])
    assert "nowhere to receive mails from" in str(done.exception)
    assert done.stderr == ""


def test_each_way_in_is_told_of_when_it_was_read_first(database: Settings, tmp_path: Path) -> None:
    told: list[str] = []
    stop = Event()

    def begun(source: str) -> None:
        told.append(source)
        stop.set()

    receive(replace(database, intake=MailIntake(folder=tmp_path)), stop, begun=begun)
    assert told == [f"the folder {tmp_path}"]
