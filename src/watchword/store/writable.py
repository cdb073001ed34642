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

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from watchword.errors import StoreError, kind_of
from watchword.store.models import Remembered
from watchword.store.promptly import promptly
from watchword.store.trouble import FULL, Reason, known_reason, reason_of

LOOK_SECONDS = 5.0  # one small write in so long, however often a monitor asks
BUSY_SECONDS = 0.5  # whoever keeps others waiting for longer is writing
ROOM = 1024 * 1024  # bytes: about what a call takes, and a write that is not seen before it fails
KEY = "written to see whether it can be"
BUSY = ("SQLITE_BUSY", "LockNotAvailable")
_lock = Lock()
_found: dict[str, tuple[float, Reason | None]] = {}  # by database: until when it counts, and what it was


def unwritable() -> Reason | None:
    """Why nothing can be recorded, in fixed words; None while it can be."""
    name = str(connection.settings_dict["NAME"])
    with _lock:
        until, why = _found.get(name, (0.0, None))
        if time.monotonic() >= until:
            why = _look(name)
            _found[name] = time.monotonic() + LOOK_SECONDS, why
        return why


def met(reason: Reason) -> None:
    """Somebody has just been refused for this: a write as small as the one here may still find room where none is."""
    with _lock:
        _found[str(connection.settings_dict["NAME"])] = time.monotonic() + LOOK_SECONDS * 2, reason


def check_writable() -> None:
    """Raises StoreError when nothing can be recorded."""
    if reason := unwritable():
        raise StoreError(f"Nothing can be recorded: {reason.why}.", do=reason.do)


def not_done(error: BaseException | None, *, again: str = "Try once more.") -> StoreError | None:
    """The error as it is told to whoever asked the service for something; None when it is not the database that fails.

    ``again`` says how to ask once more.
    """
    reason = known_reason(error) if error is not None else None
    if reason is not None:
        met(reason)
        what = f"The database cannot be used, and nothing was done: {reason.why}."
        return StoreError(what, do=f"Whoever runs the service must mend that. {again}")
    if isinstance(error, OperationalError | InterfaceError):
        return StoreError("The database did not answer in time, and nothing was done.", do=again)
    return None


def _look(name: str) -> Reason | None:
    try:
        if connection.vendor != "sqlite":
            _write()
            return None
        _write_into(name)
        return FULL if shutil.disk_usage(Path(name).parent).free < ROOM else None
    except (DatabaseError, sqlite3.Error) as error:
        return None if any(name in kind_of(error) for name in BUSY) else reason_of(error)


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
