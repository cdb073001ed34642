"""What the service keeps is read by its owner alone, also in a folder that was there before."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from watchword.settings import Settings
from watchword.store.chain import append_event
from watchword.store.configuration import database as opened
from watchword.store.configuration import django_settings, for_owner_alone

A_WORKER_THAT_STOPS = """
import os, sys
os.umask(0o022)
from pathlib import Path
from threading import Event
from watchword.settings import Settings
from watchword.wiring import open_store, run_worker
settings, stop = Settings(folder=Path(sys.argv[1]), model="off"), Event()
open_store(settings)
from watchword.store.upgrade import upgrade
upgrade()
stop.set()
run_worker(settings, stop)
"""


def open_to_others(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.stat().st_mode & 0o077)


def test_in_a_folder_that_was_there_before(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    subprocess.run([sys.executable, "-c", A_WORKER_THAT_STOPS, str(folder)], check=True)
    kept = {file.name for file in folder.iterdir()}
    assert {"watchword.sqlite", "queue.sqlite", "secret"} <= kept
    assert open_to_others(folder) in ([], ["worker.lock"])  # which holds the number of a process
    assert folder.stat().st_mode & 0o777 == 0o755, "whose it is, may hold more than the service's files"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_an_earlier_version_left_open_is_closed(database: Settings) -> None:
    append_event("ana", "looked", "contact c-1")
    kept = {"watchword.sqlite", "watchword.sqlite-shm", "watchword.sqlite-wal"}
    for name in kept:
        (database.folder / name).chmod(0o664)
    assert set(open_to_others(database.folder)) == kept
    opened(database)
    assert open_to_others(database.folder) == []
    with connection.cursor() as cursor:
        assert cursor.execute("SELECT actor FROM store_event").fetchall() == [("ana",)]


def test_wherever_the_database_is_said_to_lie(tmp_path: Path) -> None:
    opened(Settings(database_url=f"sqlite:///{tmp_path}/elsewhere.sqlite"))
    assert (tmp_path / "elsewhere.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_others_could_read_is_closed_and_stays_the_same(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kept", encoding="ascii")
    (tmp_path / "secret").chmod(0o644)
    assert django_settings(Settings(folder=tmp_path))["SECRET_KEY"] == "kept"
    assert open_to_others(tmp_path) == []


def test_what_cannot_be_closed_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for_owner_alone(Path("/proc/self/status"))  # not even root changes its mode
    assert "/proc/self/status can be read by others than its owner" in caplog.text
