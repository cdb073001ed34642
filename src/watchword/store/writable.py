"""Whether anything can be recorded: a database that answers may still take nothing, and then everything is refused."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from django.db import DatabaseError, connection
from django.utils import timezone

from watchword.errors import kind_of
from watchword.store.models import Remembered
from watchword.store.promptly import promptly

LOOK_SECONDS = 5.0  # one small write in so long, however often a monitor asks
BUSY_SECONDS = 0.5  # whoever keeps others waiting for longer is writing
ROOM = 1024 * 1024  # bytes: about what a call takes, and a write that is not seen before it fails
KEY = "written to see whether it can be"
FULL, ONLY_READ = "the disk is full", "it may only be read"
WHYS = {
    "SQLITE_FULL": FULL,
    "DiskFull": FULL,
    "SQLITE_READONLY": ONLY_READ,
    "ReadOnlySqlTransaction": ONLY_READ,
    "SQLITE_BUSY": "",
    "LockNotAvailable": "",
}
_lock = Lock()
_found: dict[str, tuple[float, str]] = {}  # by database: until when it counts, and what it was


def unwritable() -> str:
    """Why nothing can be recorded, in fixed words; empty while it can be."""
    name = str(connection.settings_dict["NAME"])
    with _lock:
        until, why = _found.get(name, (0.0, ""))
        if time.monotonic() >= until:
            why = _look(name)
            _found[name] = time.monotonic() + LOOK_SECONDS, why
        return why


def _look(name: str) -> str:
    try:
        if connection.vendor != "sqlite":
            _write()
            return ""
        _write_into(name)
        return FULL if shutil.disk_usage(Path(name).parent).free < ROOM else ""
    except (DatabaseError, sqlite3.Error) as error:
        kind = kind_of(error)
        return next((why for part, why in WHYS.items() if part in kind), kind)


def _write() -> None:
    with promptly():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        until = timezone.now() + timedelta(minutes=1)
        Remembered.objects.update_or_create(key=KEY, defaults={"value": None, "until": until})


def _write_into(file: str) -> None:
    """Past Django's connection, whose turn to write may come after half a minute."""
    where = f"file:{quote(file)}?mode=rw"
    with closing(sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as opened:
        opened.execute("PRAGMA synchronous=NORMAL")
        opened.execute("PRAGMA user_version=1")  # a number that SQLite keeps for programs, and this one does not use
