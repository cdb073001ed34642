"""Django set up from Watchword's own settings: nobody writes a Django settings file."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from watchword.errors import SettingsError
from watchword.settings import Settings

log = logging.getLogger(__name__)
STORE_APPS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",  # of people; workers clear away those that have ended
    "watchword.store.apps.StoreConfig",
)
BUSY_SECONDS = 30  # how long a writer waits for another one before it fails
KEPT_SECONDS = 600  # how long a connection to PostgreSQL is used before a new one is made
# WAL lets readers go on while one writes; FULL because a confirmed escalation must outlive a power cut.
SQLITE_OPENING = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
KEY_LENGTH = 50
IN_MEMORY = ":memory:"
BESIDE = ("", "-wal", "-shm", "-journal")  # SQLite's files, which take the first one's mode when they are made


def configure(settings: Settings, *, apps: Iterable[str] = (), **more: Any) -> None:
    """Set Django up for this process; a second call changes nothing.

    ``apps`` and ``more`` are what a front door adds: its own applications and Django settings.
    """
    import django
    from django.apps import apps as registry
    from django.conf import settings as active

    if not active.configured:
        active.configure(**django_settings(settings, apps=apps, **more))
    if not registry.ready:
        django.setup()


def django_settings(settings: Settings, *, apps: Iterable[str] = (), **more: Any) -> dict[str, Any]:
    """Everything Django needs to know."""
    return {
        "DATABASES": {"default": database(settings)},
        "INSTALLED_APPS": [*STORE_APPS, *apps],
        "SECRET_KEY": _secret(settings),
        "SECRET_KEY_FALLBACKS": [settings.secret_before] if settings.secret_before else [],
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "LOGGING_CONFIG": None,  # logging is the front door's; Django's own would print queries with customers' words
        **more,
    }


def database(settings: Settings) -> dict[str, Any]:
    """The database by DATABASE_URL, or SQLite in the data folder. Raises SettingsError."""
    url = settings.database_url
    if url is None:
        return _sqlite(settings.folder / "watchword.sqlite")
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return _sqlite(Path(url.removeprefix("sqlite:///")))
    if scheme in ("postgres", "postgresql"):
        return _postgresql(url)
    raise SettingsError(
        f"DATABASE_URL begins with {scheme or 'nothing'}:, which is no database Watchword knows.",
        do="Set it to postgresql://user:password@host:port/name, or unset it for SQLite.",
    )


def _sqlite(file: Path) -> dict[str, Any]:
    _make(file.parent)
    if str(file) != IN_MEMORY:
        for_owner_alone(file)
    return {
        "ENGINE": "watchword.store.sqlite",
        "NAME": str(file),
        # IMMEDIATE takes the write lock at the start: a transaction that reads first can never fail half-way for it.
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": BUSY_SECONDS, "init_command": SQLITE_OPENING},
    }


def _postgresql(url: str) -> dict[str, Any]:
    try:
        from psycopg.conninfo import conninfo_to_dict
    except ModuleNotFoundError as error:
        raise SettingsError(
            "DATABASE_URL names a PostgreSQL, and the part that speaks to it is not installed.",
            do="Install it: pip install 'watchword[server]'.",
        ) from error
    from psycopg import ProgrammingError

    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise SettingsError(
            "DATABASE_URL cannot be read.", do="Set it to postgresql://user:password@host:port/name."
        ) from error
    return {
        "ENGINE": "watchword.store.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", None) or "",
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler would hand them to another program between two pieces
    }


def _make(folder: Path) -> None:
    """Make the data folder, for its owner alone. Raises SettingsError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} cannot be made ({error.strerror}).", do="Set WATCHWORD_DATA to one that can."
        ) from error


def for_owner_alone(file: Path) -> None:
    """Make a file that its owner alone may read, or close one that was there; with it what SQLite puts beside it.

    The folder may be somebody else's and open to all, so nothing relies on it. Raises SettingsError.
    """
    try:
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        raise SettingsError(
            f"The file {file} cannot be made ({error.strerror}).", do="Set WATCHWORD_DATA to a folder where it can."
        ) from error
    for beside in BESIDE:
        one = file.with_name(file.name + beside)
        with suppress(FileNotFoundError):  # another process has just put it away
            mode = one.stat().st_mode
            if mode & 0o077:
                _close(one, mode & 0o700)


def _close(file: Path, mode: int) -> None:
    try:
        file.chmod(mode)
    except PermissionError:
        log.warning("%s can be read by others than its owner, who must say: chmod 600 %s", file, file)


def _secret(settings: Settings) -> str:
    """What sessions are signed with: from the settings, or made once and kept where only the owner can read it."""
    if settings.secret:
        return settings.secret
    file = settings.folder / "secret"
    _make(file.parent)
    made = file.with_name(f"secret.{os.getpid()}")
    if not file.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(KEY_LENGTH), encoding="ascii")
        try:
            file.hardlink_to(made)  # two that start at once agree on the one that was first
        except FileExistsError:
            pass
        finally:
            made.unlink()
    for_owner_alone(file)
    return file.read_text(encoding="ascii")
