"""What is wrong with the machine, or was done by mistake, is told in a sentence and never as a stack trace."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# A test may run as root, who may read everything: without capabilities even root may not.
AS_ANYBODY = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
NOISE = os.urandom(8192)
Tried = Callable[..., str]


@pytest.fixture
def folder(sqlite_template: Path, tmp_path: Path) -> Path:
    """The data folder of a service on SQLite."""
    made = tmp_path / "service"
    made.mkdir(mode=0o700)
    shutil.copy(sqlite_template, made / "watchword.sqlite")
    return made


@pytest.fixture
def refused(folder: Path) -> Tried:
    """What a command says that refuses."""

    def run(*arguments: str) -> str:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("WATCHWORD_", "DATABASE_URL"))
        }
        command = [*AS_ANYBODY, sys.executable, "-m", "watchword", *arguments]
        kept["WATCHWORD_DATA"] = str(folder)
        done = subprocess.run(command, env=kept, capture_output=True, text=True, timeout=120)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        return done.stderr

    return run


ADD = ("user", "add", "x", "--role", "agent")


def test_a_secret_of_another_user(folder: Path, refused: Tried) -> None:
    (folder / "secret").write_text("s")
    (folder / "secret").chmod(0)
    told = refused(*ADD)
    assert f"This user may not use the file {folder}/secret." in told
    assert "the user who owns" in told


@pytest.mark.parametrize("command", [ADD, ("work",)], ids=["user", "work"])
def test_a_database_of_another_user(folder: Path, refused: Tried, command: tuple[str, ...]) -> None:
    (folder / "watchword.sqlite").chmod(0o400)
    told = refused(*command)
    assert "it may only be read." in told
    assert "the user who owns" in told


def test_a_folder_of_another_user(folder: Path, refused: Tried) -> None:
    (folder / "secret").write_text("s")
    folder.chmod(0o500)
    try:
        told = refused("work")
    finally:
        folder.chmod(0o700)
    assert "the user who owns" in told or "this user own it" in told


def test_a_damaged_queue_says_that_it_may_be_deleted(folder: Path, refused: Tried) -> None:
    (folder / "queue.sqlite").write_bytes(NOISE)
    told = refused("work")
    assert f"The queue {folder}/queue.sqlite is damaged. Delete it" in told


@pytest.mark.parametrize("command", [("migrate",), ("audit", "verify")], ids=["migrate", "verify"])
@pytest.mark.parametrize("at", [0, 3], ids=["head", "middle"])
def test_a_damaged_database_is_refused(folder: Path, refused: Tried, command: tuple[str, ...], at: int) -> None:
    file = folder / "watchword.sqlite"
    size = file.stat().st_size
    with file.open("r+b") as opened:
        for page in range(at * 4096, size if at else 4096, 4096):
            opened.seek(page)
            opened.write(NOISE[:4096])
    told = refused(*command)
    assert "it is damaged. Restore a backup" in told


def test_an_address_that_another_program_listens_at(refused: Tried) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = refused("serve", "--port", port)  # and never that it is there
        assert f"127.0.0.1:{port}" in told
        assert "--port" in told


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])  # another machine's, and nobody's
def test_an_address_that_is_not_this_machines(refused: Tried, host: str) -> None:
    told = refused("serve", "--host", host)
    assert host in told
    assert "--host" in told
